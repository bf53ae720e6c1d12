import { createHash, randomBytes } from 'node:crypto';

/** A new secret for the session's cookie: 256 bits. */
export function generateSessionKey(): string {
  return randomBytes(32).toString('base64url');
}

/** What the database knows a session by. Keys are random, so a plain digest is enough. */
export function hashSessionKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
