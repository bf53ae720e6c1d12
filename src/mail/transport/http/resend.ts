import { jsonOf, textOf } from '../../../outgoing/json-response.js';
import { type HttpProvider, isRefusal, isSuccess, json, mailboxText, type ProviderAnswer } from './http-provider.js';

/** Resend: https://resend.com/docs/api-reference/emails/send-email */
export const resend: HttpProvider = {
  name: 'resend',
  host: 'api.resend.com',
  parameters: [],
  // https://resend.com/docs/dashboard/emails/idempotency-keys: for 24 hours, as long as mails are retried.
  isIdempotent: true,
  send: (mail, { secret }) => ({
    method: 'POST',
    path: 'emails',
    headers: { ...json, authorization: `Bearer ${secret}`, 'idempotency-key': mail.pk },
    body: JSON.stringify({
      from: mailboxText(mail.from),
      to: [mailboxText(mail.to)],
      ...(mail.replyTo !== undefined && { reply_to: mailboxText(mail.replyTo) }),
      subject: mail.subject,
      ...(mail.html !== undefined && mail.html !== '' && { html: mail.html }),
      text: mail.text,
      headers: { ...mail.headers, 'Message-ID': `<${mail.messageId}>`, 'Auto-Submitted': 'auto-generated' },
      attachments: mail.attachments.map(({ cid, filename, contentType, content }) => ({
        filename,
        content: content.toString('base64'),
        content_type: contentType,
        content_id: cid,
      })),
    }),
  }),
  read: (response): ProviderAnswer => {
    const { id, name, message } = jsonOf(response);
    const text = [name, message].map(textOf).filter(Boolean).join(': ');
    if (isSuccess(response)) return { kind: 'accepted', messageId: textOf(id), text: textOf(id) };
    // The key belongs to an earlier attempt, whose mail had another content, such as a code that has expired since.
    if (name === 'invalid_idempotent_request') return { kind: 'accepted', text };
    return { kind: isRefusal(response) ? 'refused' : 'deferred', text };
  },
  check: ({ secret }) => ({
    method: 'GET',
    path: 'domains',
    headers: { ...json, authorization: `Bearer ${secret}` },
  }),
  readCheck: (response) => {
    const { name, message } = jsonOf(response);
    // A key that can only send mails is the right one.
    return isSuccess(response) || name === 'restricted_api_key' ? undefined : textOf(message);
  },
};
