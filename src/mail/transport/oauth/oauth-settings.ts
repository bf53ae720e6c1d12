import { loopbackHost } from '../../../config/local-trial.js';
import type { TransportUrl } from '../transport-url.js';
import { type ClientKey, readClientKey } from './client-key.js';

/** How access tokens are obtained (RFC 6749). */
export interface OAuthSettings {
  /** `microsoft`, `google` or `other`. */
  readonly provider: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Empty if a key or nothing proves who the client is. */
  readonly clientSecret: string;
  /** The private key that signs assertions, in base64; empty for none. */
  readonly key: string;
  /** File with that key instead; empty for none. */
  readonly keyFile: string;
  /** Empty for tokens of the client itself. */
  readonly refreshToken: string;
  /** Empty for the default of the server. */
  readonly scope: string;
  /** User of the tokens that a Google service account gets. */
  readonly user: string;
}

/** Names of the parameters of a URL. */
export const oauthParameters = [
  'oauth',
  'tenant',
  'token_url',
  'client_id',
  'client_secret',
  'key',
  'key_file',
  'refresh_token',
  'scope',
] as const;

/** Names of the parameters that are secret. */
export const oauthSecretParameters: readonly string[] = ['client_secret', 'key', 'refresh_token'];

/** Names of the settings that are secret. */
export const oauthSecrets: readonly string[] = ['clientSecret', 'key', 'refreshToken'];

/** What is usual at a provider. */
interface Preset {
  readonly tokenUrl: string;
  readonly scope: string;
}

/**
 * Returns the settings in the parameters of a transport's URL; undefined if it has no parameter `oauth`.
 *
 * - Microsoft: https://learn.microsoft.com/en-us/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
 * - Google: https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
 *
 * @throws as `readTransportUrl` does
 */
export function oauthSettingsIn({ parameters, username }: TransportUrl): OAuthSettings | undefined {
  const given = (name: (typeof oauthParameters)[number]): string => parameters.get(name) ?? '';
  const provider = given('oauth');
  const [alone] = oauthParameters.filter((name) => parameters.has(name));
  if (provider === '') {
    if (alone !== undefined) throw new Error(`has ${alone} without oauth=microsoft, oauth=google or oauth=other`);
    return undefined;
  }
  const { tokenUrl, scope } = presetOf(provider, given('tenant'));
  const settings = {
    provider,
    tokenUrl: given('token_url') || tokenUrl,
    clientId: given('client_id'),
    clientSecret: given('client_secret'),
    key: given('key'),
    keyFile: given('key_file'),
    refreshToken: given('refresh_token'),
    // Without it, a refresh token keeps the scope that it was issued for (RFC 6749, 6).
    scope: given('scope') || (given('refresh_token') === '' ? scope : ''),
    user: username,
  };
  const problem = problemOf(settings);
  if (problem !== undefined) throw new Error(problem);
  return settings;
}

/** Returns the settings for tokens of an application of Microsoft Entra. @throws as `readTransportUrl` does */
export function microsoftSettings(account: {
  readonly tenant: string;
  /** Only for national clouds. */
  readonly tokenUrl: string | undefined;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly key: string;
  readonly keyFile: string;
  /** The API that the tokens are for. */
  readonly endpoint: string;
}): OAuthSettings {
  const { tenant, tokenUrl, clientId, clientSecret, key, keyFile, endpoint } = account;
  if (!URL.canParse(endpoint) || !isSafe(new URL(endpoint)))
    throw new Error('must have an https:// address as endpoint');
  const settings = {
    provider: 'microsoft',
    tokenUrl: tokenUrl ?? microsoftTokenUrl(tenant),
    clientId,
    clientSecret,
    key,
    keyFile,
    refreshToken: '',
    scope: `${new URL(endpoint).origin}/.default`,
    user: clientId,
  };
  const problem = problemOf(settings);
  if (problem !== undefined) throw new Error(problem);
  return settings;
}

/** @throws as `readTransportUrl` does */
function presetOf(provider: string, tenant: string): Preset {
  if (provider === 'other') return { tokenUrl: '', scope: '' };
  if (provider === 'google')
    return { tokenUrl: 'https://oauth2.googleapis.com/token', scope: 'https://mail.google.com/' };
  if (provider !== 'microsoft') throw new Error('must have microsoft, google or other as oauth');
  return { tokenUrl: microsoftTokenUrl(tenant), scope: 'https://outlook.office365.com/.default' };
}

/** Returns the address of tokens for a tenant of Microsoft Entra. @throws as `readTransportUrl` does */
function microsoftTokenUrl(tenant: string): string {
  if (!/^[a-z0-9.-]+$/i.test(tenant)) throw new Error('needs the tenant, its ID or its domain');
  return `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;
}

/** What proves who the client is: the settings by their parameters. */
const proofSettings = { client_secret: 'clientSecret', key: 'key', key_file: 'keyFile' } as const;

/** Returns what is wrong with the settings, as the end of a sentence; undefined if nothing is. */
function problemOf(settings: OAuthSettings): string | undefined {
  const { provider, tokenUrl, clientId, refreshToken, user } = settings;
  if (user === '') return 'has no user name';
  if (tokenUrl === '') return 'needs token_url with oauth=other';
  if (!URL.canParse(tokenUrl) || !isSafe(new URL(tokenUrl))) return 'must have an https:// address as token_url';
  const proofs = Object.entries(proofSettings).flatMap(([name, setting]) => (settings[setting] === '' ? [] : name));
  if (proofs.length > 1) return `has both ${proofs.slice(0, 2).join(' and ')}; one of them is enough`;
  const key = readClientKey(settings);
  if (provider === 'google' && refreshToken === '') {
    if (isServiceAccount(key)) return undefined;
    return 'needs key_file or key with the JSON key of a service account, or refresh_token, with oauth=google';
  }
  if (clientId === '') return 'needs client_id';
  if (refreshToken === '' && proofs.length === 0) return 'needs client_secret, key_file or key';
  return undefined;
}

/** Only a test server on this machine is reached without TLS. */
function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && loopbackHost.test(hostname));
}

function isServiceAccount(key: ClientKey | undefined): boolean {
  return key?.account !== undefined;
}
