import { createHash, randomInt } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Length of a generated key: 357 bits of randomness. */
const keyLength = 60;

/** Minimum length of a key set by a client. Keys are stored as unsalted digests, so they must not be guessable. */
export const minTokenKeyLength = 32;

/** Context for the seal of a token key: its column. */
export const tokenKeyPlace = 'token.key';

/** Returns a new random key of letters and digits. */
export function generateTokenKey(): string {
  return Array.from({ length: keyLength }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** Returns the stored digest of a key. Keys are random, so SHA-256 without salt suffices. */
export function hashTokenKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
