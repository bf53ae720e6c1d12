import { hash } from '@node-rs/argon2';
import { expect, it } from 'vitest';

import { hashPassword, isOutdated, verifyPassword } from './password-hash.js';

it('verifies only the password of the hash', async () => {
  const stored = await hashPassword(' correct horse ');
  expect(stored).toMatch(/^\$argon2id\$/);
  expect(await verifyPassword(stored, ' correct horse ')).toBe(true);
  for (const other of ['', 'correct horse', ' Correct horse ', ' correct horse \0', 'x'.repeat(100_000)]) {
    expect(await verifyPassword(stored, other)).toBe(false);
  }
});

it('verifies no password for a user without a password', async () => {
  for (const password of ['', 'x']) expect(await verifyPassword('', password)).toBe(false);
});

it('detects hashes with outdated parameters', async () => {
  expect(await isOutdated(await hashPassword('x'))).toBe(false);
  expect(await isOutdated(await hash('x', { memoryCost: 8192 }))).toBe(true);
  expect(await isOutdated(await hash('x', { timeCost: 3 }))).toBe(true);
});
