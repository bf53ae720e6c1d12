import { createHash, timingSafeEqual } from 'node:crypto';

import type { SecretBox } from './secret-box.js';

/** A link as it is stored: everything but the secret, which is derived from `key`. */
export interface StoredLink {
  readonly path: string;
  /** Query without the secret; may be empty. */
  readonly query: string;
  /** Name of the query parameter for the secret. */
  readonly parameter: string;
  readonly key: string;
}

/** Derives the secret of a link from the stored key and SECRET_KEY, so that no table contains it: 256 bits as hex. */
export function linkSecret(key: string, secrets: SecretBox): string {
  return secrets.identifier(`link:${key}`);
}

/** Returns the digest that a table has of the secret of a link: SHA-256. */
export function secretDigest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Derives a one-time code: six decimal digits. */
export function oneTimeCode(key: string, secrets: SecretBox): string {
  return digitsOf(secrets.identifier(codeOf(key)));
}

/** Whether this is the one-time code, in constant time. @param code six ASCII digits */
export function isOneTimeCode(code: string, key: string, secrets: SecretBox): boolean {
  return secrets
    .identifiers(codeOf(key))
    .map((identifier) => timingSafeEqual(Buffer.from(code), Buffer.from(digitsOf(identifier))))
    .includes(true);
}

function codeOf(key: string): string {
  return `code:${key}`;
}

function digitsOf(identifier: string): string {
  return String(BigInt(`0x${identifier}`) % 1_000_000n).padStart(6, '0');
}

/**
 * Returns the URL of a link with its secret.
 *
 * @param publicUrl PUBLIC_URL; the host must not come from a request
 */
export function linkUrl({ path, query, parameter, key }: StoredLink, publicUrl: string, secrets: SecretBox): string {
  const secret = `${parameter}=${linkSecret(key, secrets)}`;
  return `${publicUrl}${path}?${query === '' ? secret : `${query}&${secret}`}`;
}
