import type { OutgoingResponse } from '../../../outgoing/http-request.js';
import { jsonOf, textOf } from '../../../outgoing/json-response.js';
import { type HttpProvider, isRefusal, isSuccess, json, type ProviderAnswer } from './http-provider.js';

/** SendGrid: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send */
export const sendgrid: HttpProvider = {
  name: 'sendgrid',
  host: 'api.sendgrid.com',
  parameters: [],
  isIdempotent: false,
  send: (mail, { secret }) => ({
    method: 'POST',
    path: 'v3/mail/send',
    headers: { ...json, authorization: `Bearer ${secret}` },
    body: JSON.stringify({
      personalizations: [{ to: [person(mail.to)] }],
      from: person(mail.from),
      ...(mail.replyTo !== undefined && { reply_to: person(mail.replyTo) }),
      subject: mail.subject,
      content: [
        ...(mail.text === '' ? [] : [{ type: 'text/plain', value: mail.text }]),
        ...(mail.html === undefined || mail.html === '' ? [] : [{ type: 'text/html', value: mail.html }]),
      ],
      headers: { ...mail.headers, 'Message-ID': `<${mail.messageId}>`, 'Auto-Submitted': 'auto-generated' },
      // Links in these mails are secrets: they must not lead through a server of the provider.
      tracking_settings: { click_tracking: { enable: false }, open_tracking: { enable: false } },
      ...(mail.attachments.length > 0 && {
        attachments: mail.attachments.map(({ cid, filename, contentType, content }) => ({
          filename,
          content: content.toString('base64'),
          type: contentType,
          disposition: 'inline',
          content_id: cid,
        })),
      }),
    }),
  }),
  read: (response): ProviderAnswer => {
    if (isSuccess(response)) {
      const id = textOf(response.headers['x-message-id']);
      return { kind: 'accepted', messageId: id, text: id };
    }
    return { kind: isRefusal(response) ? 'refused' : 'deferred', text: errorText(response) };
  },
  check: ({ secret }) => ({
    method: 'GET',
    path: 'v3/scopes',
    headers: { ...json, authorization: `Bearer ${secret}` },
  }),
  readCheck: (response) => {
    if (!isSuccess(response)) return errorText(response);
    const { scopes } = jsonOf(response);
    return Array.isArray(scopes) && scopes.includes('mail.send') ? undefined : 'The API key lacks the scope mail.send.';
  },
};

function person({ name, address }: { name: string; address: string }): { email: string; name?: string } {
  return { email: address, ...(name !== '' && { name }) };
}

function errorText(response: OutgoingResponse): string {
  const { errors } = jsonOf(response);
  const list = Array.isArray(errors) ? (errors as readonly { message?: unknown; field?: unknown }[]) : [];
  return list.map(({ field, message }) => [textOf(field), textOf(message)].filter(Boolean).join(': ')).join('; ');
}
