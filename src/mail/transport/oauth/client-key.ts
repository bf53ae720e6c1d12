import { constants, createPrivateKey, type KeyObject, randomUUID, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A private key that proves who the client is. */
export interface ClientKey {
  readonly key: KeyObject;
  /** Header fields of a signed assertion that name the key. */
  readonly header: Readonly<Record<string, string>>;
  /** Address of a Google service account. */
  readonly account: string | undefined;
}

/** Where a key is: in the settings, or in a file. */
interface KeySource {
  /** The content of a key file in base64; empty for none. */
  readonly key: string;
  /** Path of a file; empty for none. */
  readonly keyFile: string;
}

/**
 * Reads an RSA key in PEM and, for Microsoft, its certificate, or the JSON key of a Google service account.
 *
 * @returns undefined if there is no key
 * @throws Error whose message completes the name of a setting
 */
export function readClientKey({ key, keyFile }: KeySource): ClientKey | undefined {
  if (key === '' && keyFile === '') return undefined;
  const name = key === '' ? 'key_file' : 'key';
  const text = key === '' ? contentOf(keyFile) : decodedKey(key);
  try {
    return text.trimStart().startsWith('{') ? serviceAccountKey(text) : pemKey(text);
  } catch (error) {
    throw new Error(`has a ${name} ${(error as Error).message}`, { cause: error });
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`has a key_file that cannot be read: ${(error as NodeJS.ErrnoException).code ?? ''}`, {
      cause: error,
    });
  }
}

/** Reads both alphabets of base64. A plus sign in a query is read as a blank. */
function decodedKey(key: string): string {
  const text = key.replaceAll(' ', '+');
  if (!/^[\w+/-]+={0,2}$/.test(text)) throw new Error('has a key that is not base64');
  return Buffer.from(text, 'base64').toString('utf8');
}

/** Returns a JSON Web Token with these claims, signed with RS256 or PS256 (RFC 7515, RFC 7523), valid for 5 minutes. */
export function signAssertion(
  { key, header }: ClientKey,
  algorithm: 'RS256' | 'PS256',
  claims: Readonly<Record<string, string>>,
  now: number,
): string {
  const issued = Math.floor(now / 1000);
  const times = { iat: issued, nbf: issued, exp: issued + 300, jti: randomUUID() };
  const content = [
    { alg: algorithm, typ: 'JWT', ...header },
    { ...claims, ...times },
  ]
    .map(encoded)
    .join('.');
  const padding = algorithm === 'PS256' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  // The salt is as long as the digest (RFC 7518, 3.5).
  const signature = sign('sha256', Buffer.from(content), {
    key,
    padding,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
  return `${content}.${signature.toString('base64url')}`;
}

/** https://learn.microsoft.com/en-us/entra/identity-platform/certificate-credentials */
function pemKey(text: string): ClientKey {
  const [certificate] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? [];
  const thumbprint = certificate === undefined ? undefined : thumbprintOf(certificate);
  return {
    key: rsaKey(text),
    header: thumbprint === undefined ? {} : { 'x5t#S256': thumbprint },
    account: undefined,
  };
}

/** https://developers.google.com/identity/protocols/oauth2/service-account */
function serviceAccountKey(text: string): ClientKey {
  const { client_email: account, private_key: key, private_key_id: id } = jsonIn(text);
  if (typeof account !== 'string' || typeof key !== 'string') {
    throw new Error('that is not the JSON key of a service account');
  }
  return { key: rsaKey(key), header: typeof id === 'string' ? { kid: id } : {}, account };
}

function jsonIn(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new Error('that is not JSON', { cause: error });
  }
}

function rsaKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw new Error('without a private key that can be read', { cause: error });
  }
  if (key.asymmetricKeyType !== 'rsa') throw new Error('whose key is not an RSA key');
  return key;
}

function thumbprintOf(pem: string): string {
  try {
    return Buffer.from(new X509Certificate(pem).fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
  } catch (error) {
    throw new Error('whose certificate cannot be read', { cause: error });
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
