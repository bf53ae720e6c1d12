import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { keptSecretKey } from './secret-key.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secret key '));
});
afterAll(() => rm(folder, { recursive: true }));

it('creates a key once, readable only by its owner', async () => {
  const keys = await Promise.all([keptSecretKey(join(folder, 'a')), keptSecretKey(join(folder, 'a'))]);
  expect(new Set([...keys, await keptSecretKey(join(folder, 'a'))]).size).toBe(1);
  expect(keys[0]).toHaveLength(64);
  expect((await stat(join(folder, 'a', 'secret.key'))).mode & 0o777).toBe(0o600);
});

it('throws on an empty file and leaves it unchanged', async () => {
  await writeFile(join(folder, 'secret.key'), '');
  await expect(keptSecretKey(folder)).rejects.toThrow(/is empty/);
  expect(await readFile(join(folder, 'secret.key'), 'utf8')).toBe('');
});
