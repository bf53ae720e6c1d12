import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether a request sent this secret. Takes the same time for every wrong value of any length (CWE-208). */
export function isSameSecret(expected: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}
