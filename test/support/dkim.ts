import { createPrivateKey } from 'node:crypto';

import { dkimVerify } from 'mailauth';

import { dkimRecord, generateDkimKeys } from '../../src/mail/domains/dkim-keys.js';
import type { SigningKey } from '../../src/mail/transport/dkim-signature.js';

/** Keys of a domain, and a receiver that knows their records. */
export interface TestSigner {
  readonly keys: readonly SigningKey[];
  /** Returns the result of each signature, and whether it is aligned with `From:`. */
  verify(mail: Buffer): Promise<(readonly [string, unknown])[]>;
}

/** Makes keys for a domain. */
export async function newSigner(domain: string): Promise<TestSigner> {
  const pairs = await generateDkimKeys();
  const published = pairs.map((pair) => dkimRecord(domain, pair));
  return {
    keys: pairs.map(({ selector, privateKey }) => ({ domain, selector, privateKey: createPrivateKey(privateKey) })),
    verify: (mail) => verifyDkim(mail, (name) => published.filter((record) => record.name === name)),
  };
}

/** Verifies the signatures of a mail as receivers do. @param recordsOf returns the TXT records of a name */
export async function verifyDkim(
  mail: Buffer,
  recordsOf: (name: string) => readonly { readonly value: string }[],
): Promise<(readonly [string, unknown])[]> {
  const { results } = await dkimVerify(mail, {
    resolver: (name: string) => Promise.resolve(recordsOf(name).map(({ value }) => [value])),
  });
  return results.map(({ status }) => [status.result, status.aligned]);
}
