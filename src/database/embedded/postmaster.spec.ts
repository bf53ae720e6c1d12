import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { findPostmaster, removeStalePidFile } from './postmaster.js';

let cluster: string;

beforeEach(async () => {
  cluster = await mkdtemp(join(tmpdir(), 'postmaster-'));
});

afterEach(async () => {
  await rm(cluster, { recursive: true });
});

const record = (pid: number): Promise<void> =>
  writeFile(join(cluster, 'postmaster.pid'), `${pid}\n${cluster}\n1700000000\n54321\n\n127.0.0.1\n`);

it('finds no server in a new cluster', async () => {
  expect(await findPostmaster(cluster)).toBeUndefined();
});

it('finds no server if its process has ended, and leaves the pid file to PostgreSQL', async () => {
  await record(spawnSync(process.execPath, ['--version']).pid);
  expect(await findPostmaster(cluster)).toBeUndefined();
  await removeStalePidFile(cluster);
  expect(await readdir(cluster)).toEqual(['postmaster.pid']);
});

it.skipIf(process.platform === 'win32')(
  'finds no server if its process id was reused, and removes the pid file',
  async () => {
    await record(process.pid);
    expect(await findPostmaster(cluster)).toBeUndefined();
    await removeStalePidFile(cluster);
    expect(await readdir(cluster)).toEqual([]);
  },
);

it('finds no server in the pid file of a single-user session or in an incomplete pid file', async () => {
  await record(-process.pid);
  expect(await findPostmaster(cluster)).toBeUndefined();
  await writeFile(join(cluster, 'postmaster.pid'), '');
  expect(await findPostmaster(cluster)).toBeUndefined();
});
