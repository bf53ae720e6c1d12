import type { ProviderCall, ProviderReply } from './mail-provider-server.js';

/**
 * Answers as Microsoft Graph does: https://learn.microsoft.com/en-us/graph/api/user-sendmail
 *
 * @param sender the mailbox that may send
 */
export function graphReply(
  { method, path, headers, body }: ProviderCall,
  isValid: (token: string) => boolean,
  sender: string,
): ProviderReply {
  if (!isValid(headers.authorization?.replace(/^Bearer /, '') ?? '')) {
    return graphFailure(401, 'InvalidAuthenticationToken', 'Access token has expired or is not yet valid.');
  }
  if (method !== 'POST' || path !== `/v1.0/users/${encodeURIComponent(sender)}/sendMail`) {
    return graphFailure(404, 'ErrorInvalidUser', `The requested user '${path}' is invalid.`);
  }
  const mime = Buffer.from(body, 'base64').toString();
  if (headers['content-type'] !== 'text/plain' || !/^MIME-Version: /m.test(mime)) {
    return graphFailure(400, 'ErrorMimeContentInvalidBase64String', 'Invalid base64 string for MIME content.');
  }
  return { status: 202, headers: { 'request-id': 'b0c2b1f4' } };
}

/** Returns an error of Microsoft Graph. */
export function graphFailure(status: number, code: string, message: string, headers = {}): ProviderReply {
  return { status, headers, body: { error: { code, message } } };
}
