import { createHash, randomInt } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Length of a generated key: 357 bits of randomness. */
const keyLength = 60;

/** Characters that a key set by hand has at least: it is looked up by a plain digest, so it must not be guessable. */
export const shortestTokenKey = 32;

/** Where a token's key is kept, for the secret box. */
export const tokenKeyPlace = 'token.key';

/** A new random key of letters and digits. */
export function generateTokenKey(): string {
  return Array.from({ length: keyLength }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** What the database knows a key by. Keys are random, so a plain digest is enough. */
export function hashTokenKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
