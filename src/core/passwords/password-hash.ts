import { randomUUID } from 'node:crypto';

import { hash, verify } from '@node-rs/argon2';

/** Returns the argon2id hash of a password, with OWASP's recommended parameters, the defaults of the library. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

let hashOfNobody: Promise<string> | undefined;

/** Returns the hash of a random password, computed once on first use. */
function dummyHash(): Promise<string> {
  return (hashOfNobody ??= hashPassword(randomUUID()));
}

/**
 * Whether the password matches the hash. Without a hash it takes the same time, so that timing reveals neither unknown
 * users nor users without a password.
 *
 * @param stored result of `hashPassword`; empty for a user without a password
 */
export async function verifyPassword(stored: string, password: string): Promise<boolean> {
  // Computed in both cases; otherwise the first call without a hash would take twice as long.
  const instead = await dummyHash();
  const matches = await verify(stored === '' ? instead : stored, password);
  return matches && stored !== '';
}

/** Whether a hash has outdated parameters, so that it should be recomputed. */
export async function isOutdated(stored: string): Promise<boolean> {
  return parametersOf(stored) !== parametersOf(await dummyHash());
}

/** Algorithm, version and costs: `$argon2id$v=19$m=19456,t=2,p=1`. */
function parametersOf(stored: string): string {
  return stored.split('$').slice(0, 4).join('$');
}
