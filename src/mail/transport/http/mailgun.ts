import { randomBytes } from 'node:crypto';

import { jsonOf, textOf } from '../../../outgoing/json-response.js';
import { compose } from '../composition.js';
import { base64 } from '../secret-mask.js';
import { type HttpProvider, isSuccess, mailboxText, type ProviderAnswer } from './http-provider.js';

/** Mailgun: https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages */
export const mailgun: HttpProvider = {
  name: 'mailgun',
  host: 'api.mailgun.net',
  parameters: ['domain'],
  isIdempotent: false,
  problem: ({ parameters }) =>
    /^[a-z0-9.-]+$/i.test(parameters['domain'] ?? '') ? undefined : 'needs ?domain= with the domain at Mailgun.',
  send: (mail, { secret, parameters }) => {
    const boundary = `email-stage-${randomBytes(12).toString('hex')}`;
    const field = (name: string, value: string): string =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const file =
      `--${boundary}\r\nContent-Disposition: form-data; name="message"; filename="message.mime"\r\n` +
      'Content-Type: message/rfc822\r\n\r\n';
    return {
      method: 'POST',
      path: `v3/${parameters['domain'] ?? ''}/messages.mime`,
      headers: { authorization: basic(secret), 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: Buffer.concat([
        // Links in these mails are secrets: they must not lead through a server of the provider.
        Buffer.from(field('to', mailboxText(mail.to)) + field('o:tracking', 'no') + file),
        compose(mail).raw,
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ]),
    };
  },
  read: (response): ProviderAnswer => {
    const { id, message } = jsonOf(response);
    const text = textOf(message);
    if (isSuccess(response)) return { kind: 'accepted', messageId: textOf(id), text };
    // 400 is also the answer to a domain or a sender that is not set up.
    const isRefused = response.status === 413 || (response.status === 400 && /^to parameter is not /i.test(text));
    return { kind: isRefused ? 'refused' : 'deferred', text };
  },
  check: ({ secret, parameters }) => ({
    method: 'GET',
    path: `v4/domains/${parameters['domain'] ?? ''}`,
    headers: { authorization: basic(secret) },
  }),
  readCheck: (response) => (isSuccess(response) ? undefined : textOf(jsonOf(response)['message'])),
};

function basic(key: string): string {
  return `Basic ${base64(`api:${key}`)}`;
}
