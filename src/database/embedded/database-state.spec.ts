import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { newState, readState, writeState } from './database-state.js';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'database-state-'));
});

afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

it('returns undefined before anything was written', async () => {
  expect(await readState(dataDir)).toBeUndefined();
  expect(await readState(join(dataDir, 'missing'))).toBeUndefined();
});

it('stores the state in a file that only its owner can read', async () => {
  const state = newState('postgres');
  await writeState(dataDir, state);
  expect(await readState(dataDir)).toEqual(state);
  expect((await stat(join(dataDir, 'database.json'))).mode & 0o777).toBe(0o600);
});

it('generates a new password each time, without characters that need escaping in a URL', () => {
  const passwords = [newState('postgres').password, newState('postgres').password];
  expect(passwords[0]).not.toBe(passwords[1]);
  for (const password of passwords) expect(password).toMatch(/^[\w-]{32}$/);
});

it.each(['', '{', 'null', '[]', '{"cluster":"postgres"}', '{"cluster":"","password":"x"}'])(
  'throws on a damaged file (%j) instead of starting with an empty database',
  async (content) => {
    await writeFile(join(dataDir, 'database.json'), content);
    await expect(readState(dataDir)).rejects.toThrow('database.json is damaged');
  },
);
