import { randomUUID } from 'node:crypto';

import { hash, verify } from '@node-rs/argon2';

/** The hash to store for a password: argon2id with the parameters that OWASP recommends as the library's default. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

let hashOfNobody: Promise<string> | undefined;

/** The hash of a password that nobody knows; made once, when it is needed first. */
function nobodysHash(): Promise<string> {
  return (hashOfNobody ??= hashPassword(randomUUID()));
}

/**
 * Whether this is the password that a hash was made of. It takes its time where there is no hash too, so that nobody
 * can measure who has a password, or who there is at all.
 *
 * @param stored what `hashPassword` gave; empty for somebody without a password
 */
export async function verifyPassword(stored: string, password: string): Promise<boolean> {
  // Made for both, or the first one without a password would take twice as long.
  const instead = await nobodysHash();
  const matches = await verify(stored === '' ? instead : stored, password);
  return matches && stored !== '';
}

/** Whether a hash was made with other parameters than new ones are, so that it should be made anew. */
export async function isOutdated(stored: string): Promise<boolean> {
  return parametersOf(stored) !== parametersOf(await nobodysHash());
}

/** Algorithm, version and costs: `$argon2id$v=19$m=19456,t=2,p=1`. */
function parametersOf(stored: string): string {
  return stored.split('$').slice(0, 4).join('$');
}
