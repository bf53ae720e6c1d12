import { readClientKey, signAssertion } from './client-key.js';
import type { OAuthSettings } from './oauth-settings.js';

/**
 * Returns the fields of a request for a token: with a refresh token (RFC 6749, 6), as a Google service account (RFC 7523,
 * 2.1), or else for the client itself (RFC 6749, 4.4). The client proves itself with its secret or its key (RFC 7523, 2.2).
 *
 * @param refreshToken the latest one; empty for none
 * @param now milliseconds since 1970
 * @throws Error if the key cannot be read; its message completes EMAIL_URL
 */
export function tokenRequest(settings: OAuthSettings, refreshToken: string, now: number): URLSearchParams {
  const { provider, tokenUrl, clientId, clientSecret, scope, user } = settings;
  const key = readClientKey(settings);
  if (key?.account !== undefined && refreshToken === '') {
    const claims = { iss: key.account, sub: user, aud: tokenUrl, scope };
    return fields({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: signAssertion(key, 'RS256', claims, now),
    });
  }
  const claims = { iss: clientId, sub: clientId, aud: tokenUrl };
  return fields({
    grant_type: refreshToken === '' ? 'client_credentials' : 'refresh_token',
    refresh_token: refreshToken,
    scope,
    client_id: clientId,
    client_secret: clientSecret,
    ...(key !== undefined && {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: signAssertion(key, provider === 'microsoft' ? 'PS256' : 'RS256', claims, now),
    }),
  });
}

function fields(values: Readonly<Record<string, string>>): URLSearchParams {
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ''));
}
