import { createHash, randomBytes } from 'node:crypto';

/** Returns a new session key with 256 bits of randomness. */
export function generateSessionKey(): string {
  return randomBytes(32).toString('base64url');
}

/** Returns the stored digest of a key. Keys are random, so SHA-256 without salt suffices. */
export function hashSessionKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
