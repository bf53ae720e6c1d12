import { jsonOf, textOf } from '../../../outgoing/json-response.js';
import { signedHeaders } from '../../../outgoing/standard-webhook.js';
import { webhookSecretProblem } from '../../../syntax/webhook-secret.js';
import { compose } from '../composition.js';
import type { OutgoingMail } from '../outgoing-mail.js';
import { type HttpProvider, isRefusal, isSuccess, json, type ProviderAnswer } from './http-provider.js';

/** A service of the operator, described in docs/mail.md. Requests are signed as Standard Webhooks. */
export const webhook: HttpProvider = {
  name: 'https',
  host: undefined,
  parameters: [],
  problem: ({ secret }) => {
    const problem = webhookSecretProblem(secret);
    return problem === undefined ? undefined : `needs a secret as the password of the URL, which ${problem}.`;
  },
  // The receiver can recognize a repeated mail by webhook-id, but need not.
  isIdempotent: false,
  send: (mail, { secret }, now) => signed(mail.pk, { type: 'mail.send', data: content(mail) }, secret, now),
  read: (response): ProviderAnswer => {
    const { id, message } = jsonOf(response);
    if (isSuccess(response)) return { kind: 'accepted', messageId: textOf(id), text: textOf(message) };
    return { kind: isRefusal(response) ? 'refused' : 'deferred', text: textOf(message) };
  },
  check: ({ secret }, now) => signed(`check-${now.getTime()}`, { type: 'mail.check', data: {} }, secret, now),
  readCheck: (response) => (isSuccess(response) ? undefined : textOf(jsonOf(response)['message'])),
};

function signed(id: string, body: object, secret: string, now: Date): ReturnType<HttpProvider['send']> {
  const text = JSON.stringify(body);
  const headers = { ...json, ...signedHeaders({ id, body: text }, [secret], now) };
  return { method: 'POST', path: '', headers, body: text };
}

function content(mail: OutgoingMail): object {
  return {
    id: mail.pk,
    message_id: mail.messageId,
    from: mail.from,
    to: mail.to,
    reply_to: mail.replyTo ?? null,
    subject: mail.subject,
    text: mail.text,
    html: mail.html ?? '',
    headers: mail.headers ?? {},
    date: mail.date.toISOString(),
    // The whole mail as MIME, for receivers that pass it on.
    raw: compose(mail).raw.toString('base64'),
  };
}
