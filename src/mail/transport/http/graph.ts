import type { OutgoingResponse } from '../../../outgoing/http-request.js';
import { jsonOf, textOf } from '../../../outgoing/json-response.js';
import { compose } from '../composition.js';
import { microsoftSettings } from '../oauth/oauth-settings.js';
import type { HttpProvider, HttpSettings, ProviderAnswer, ProviderRequest } from './http-provider.js';

/** Errors that say that the mail is wrong. */
const refusals = ['ErrorInvalidRecipients', 'ErrorMessageSizeExceeded', 'ErrorInvalidInternetHeader'];

/** What to do about errors, by their code. */
const advices: Readonly<Record<string, string>> = {
  ErrorAccessDenied: 'Give the application the permission Mail.Send, with the consent of an administrator.',
  ErrorSendAsDenied:
    'The application may not send as this mailbox: check the sender and the access policies in Exchange Online.',
  ErrorInvalidUser: 'The sender must be a mailbox of the tenant.',
  ResourceNotFound: 'The sender must be a mailbox of the tenant.',
  MailboxNotEnabledForRESTAPI: 'The sender must be a mailbox in Exchange Online, with a licence.',
};

/**
 * Microsoft Graph: https://learn.microsoft.com/en-us/graph/api/user-sendmail, errors:
 * https://learn.microsoft.com/en-us/graph/errors, limits: https://learn.microsoft.com/en-us/graph/throttling
 */
export const graph: HttpProvider = {
  name: 'graph',
  host: 'graph.microsoft.com',
  parameters: ['key', 'key_file', 'token_url', 'endpoint'],
  // A repeated mail is sent again.
  isIdempotent: false,
  parse: ({ username, password, host, port, path, parameters }) => {
    if (port !== undefined || path !== '') throw new Error('must be graph://<client ID>:<secret>@<tenant>');
    const endpoint = parameters.get('endpoint') ?? 'https://graph.microsoft.com';
    const oauth = microsoftSettings({
      tenant: host,
      tokenUrl: parameters.get('token_url'),
      clientId: username,
      clientSecret: password,
      key: parameters.get('key') ?? '',
      keyFile: parameters.get('key_file') ?? '',
      endpoint,
    });
    return { endpoint: new URL('/', endpoint).href, secret: password, oauth };
  },
  send: (mail) => sendMail(mail.from.address, compose(mail).raw.toString('base64')),
  read: (response): ProviderAnswer => {
    if (response.status === 202) return { kind: 'accepted', text: textOf(response.headers['request-id']) };
    const { code, text } = errorOf(response);
    const kind = refusals.includes(code) || response.status === 413 ? 'refused' : 'deferred';
    return { kind, text, advice: advices[code] };
  },
  // Graph refuses a body that is not MIME with a documented text if the application may send.
  check: (_settings: HttpSettings, _now: Date, sender: string) => sendMail(sender, '!'),
  readCheck: (response) => {
    const { code, text } = errorOf(response);
    if (response.status === 400 && /invalid base64 string for MIME content/i.test(text)) return undefined;
    return [advices[code], text].filter(Boolean).join(' ');
  },
};

function sendMail(sender: string, body: string): ProviderRequest {
  const path = `v1.0/users/${encodeURIComponent(sender)}/sendMail`;
  return { method: 'POST', path, headers: { 'content-type': 'text/plain', accept: 'application/json' }, body };
}

function errorOf(response: OutgoingResponse): { code: string; text: string } {
  const { code, message } = (jsonOf(response)['error'] ?? {}) as { code?: unknown; message?: unknown };
  return { code: textOf(code), text: [code, message].map(textOf).filter(Boolean).join(': ') };
}
