import { jsonOf, textOf } from '../../../outgoing/json-response.js';
import { type HttpProvider, isSuccess, json, mailboxText, type ProviderAnswer } from './http-provider.js';

/** Codes that say that the mail is wrong: invalid, too large, or to a recipient that Postmark has deactivated. */
const refusals = [300, 406, 1235];

/** Postmark: https://postmarkapp.com/developer/api/email-api, codes: https://postmarkapp.com/developer/api/overview */
export const postmark: HttpProvider = {
  name: 'postmark',
  host: 'api.postmarkapp.com',
  parameters: ['stream'],
  isIdempotent: false,
  send: (mail, { secret, parameters }) => ({
    method: 'POST',
    path: 'email',
    headers: { ...json, 'x-postmark-server-token': secret },
    body: JSON.stringify({
      From: mailboxText(mail.from),
      To: mailboxText(mail.to),
      ...(mail.replyTo !== undefined && { ReplyTo: mailboxText(mail.replyTo) }),
      Subject: mail.subject,
      ...(mail.html !== undefined && mail.html !== '' && { HtmlBody: mail.html }),
      TextBody: mail.text,
      MessageStream: parameters['stream'] ?? 'outbound',
      // Links in these mails are secrets: they must not lead through a server of the provider.
      TrackOpens: false,
      TrackLinks: 'None',
      Headers: Object.entries({
        ...mail.headers,
        'Message-ID': `<${mail.messageId}>`,
        'X-PM-KeepID': 'true',
        'Auto-Submitted': 'auto-generated',
      }).map(([Name, Value]) => ({ Name, Value })),
      Attachments: mail.attachments.map(({ cid, filename, contentType, content }) => ({
        Name: filename,
        Content: content.toString('base64'),
        ContentType: contentType,
        ContentID: `cid:${cid}`,
      })),
    }),
  }),
  read: (response): ProviderAnswer => {
    const { MessageID: id, ErrorCode: code, Message: message } = jsonOf(response);
    const text = [textOf(code), textOf(message)].filter(Boolean).join(' ');
    if (isSuccess(response) && code === 0) return { kind: 'accepted', messageId: textOf(id), text };
    const isRefused = response.status === 413 || (response.status === 422 && refusals.includes(Number(code)));
    return { kind: isRefused ? 'refused' : 'deferred', text };
  },
  check: ({ secret }) => ({ method: 'GET', path: 'server', headers: { ...json, 'x-postmark-server-token': secret } }),
  readCheck: (response) => (isSuccess(response) ? undefined : textOf(jsonOf(response)['Message'])),
};
