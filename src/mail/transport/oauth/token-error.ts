import { type OutgoingResponse, RequestFailedError } from '../../../outgoing/http-request.js';
import { jsonOf, textOf } from '../../../outgoing/json-response.js';
import { sanitize } from '../sanitize.js';

/** No token could be obtained. The message is for administrators and contains no secret. */
export class TokenError extends Error {
  override readonly name = 'TokenError';

  /** @param advice how an administrator can fix it, in sentences; empty if waiting is all that helps */
  constructor(
    message: string,
    readonly advice: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }

  /** Whether the server of tokens has not answered: no mail of this account can be sent, but another transport may work. */
  get isUnreachable(): boolean {
    return this.cause instanceof RequestFailedError;
  }
}

/** What a text of a provider means, and what to do. */
interface Meaning {
  readonly text: RegExp;
  readonly says: string;
  readonly advice: string;
}

/**
 * Microsoft: https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
 * Google: https://developers.google.com/identity/protocols/oauth2/service-account#jwt-error-codes
 */
const meanings: readonly Meaning[] = [
  {
    text: /AADSTS7000222\b/,
    says: 'that the client secret has expired',
    advice:
      'Create a new secret in Microsoft Entra (App registrations, Certificates & secrets), and set it as client_secret.',
  },
  {
    text: /AADSTS7000215\b/,
    says: 'that the client secret is wrong',
    advice: 'Set client_secret to the value of the secret, not to its ID.',
  },
  {
    text: /AADSTS700016\b/,
    says: 'that the tenant has no such application',
    advice: 'Check client_id and tenant.',
  },
  { text: /AADSTS90002\b/, says: 'that there is no such tenant', advice: 'Check tenant.' },
  {
    text: /AADSTS700027\b/,
    says: 'that it does not know the certificate',
    advice: 'Upload the certificate of key_file or key to the application in Microsoft Entra (Certificates & secrets).',
  },
  {
    text: /AADSTS7000112\b/,
    says: 'that the application is disabled',
    advice: 'Enable it in Microsoft Entra (Enterprise applications).',
  },
  {
    text: /unauthorized_client.*(unauthorized to retrieve|not authorized)/is,
    says: 'that the service account may not act for this mailbox',
    advice:
      'Enter the client ID of the service account with the scope https://mail.google.com/ at Domain-wide delegation in the Google Admin console.',
  },
  {
    text: /Invalid JWT Signature/i,
    says: 'that it does not know the key of the service account',
    advice: 'Create a new key for the service account, and set its JSON file as key_file, or as key in base64.',
  },
  {
    text: /Invalid email or User ID/i,
    says: 'that there is no such mailbox',
    advice: 'The user name of the URL must be the address of a mailbox of the domain.',
  },
  {
    text: /invalid_grant.*(expired or revoked|AADSTS(70008|700082|50173))/is,
    says: 'that the refresh token has expired or was revoked',
    advice: 'Obtain a new one, and set it as refresh_token.',
  },
  {
    text: /invalid_client/,
    says: 'that the client is wrong',
    advice: 'Check client_id, and client_secret, key_file or key.',
  },
  { text: /invalid_scope/, says: 'that the scope is wrong', advice: 'Check scope.' },
];

/** Returns the error of a response without a token. @param redact removes secrets */
export function tokenErrorOf(response: OutgoingResponse, host: string, redact: (text: string) => string): TokenError {
  const { error, error_description: description } = jsonOf(response);
  // What Microsoft adds changes with each request.
  const detail = textOf(description).replace(/\s*Trace ID: .*/s, '');
  const text = sanitize(redact([textOf(error), detail].filter(Boolean).join(': ')));
  const quote = text === '' ? '' : `: "${text}"`;
  const known = meanings.find((meaning) => meaning.text.test(text));
  if (known !== undefined) return new TokenError(`${host} says ${known.says}${quote}.`, known.advice);
  if (response.status === 429 || response.status >= 500) {
    return new TokenError(`${host} gives no token now: status ${response.status}${quote}.`, '');
  }
  const message = `${host} refuses to give a token: status ${response.status}${quote}.`;
  return new TokenError(message, 'Check the oauth parameters of the URL.');
}
