import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';

import { expect, it } from 'vitest';

import { findProcess } from './processes.js';
import { waitUntil } from './wait-until.js';

it('returns the same start time in every call', async () => {
  const first = await findProcess(process.pid);
  expect(first).toBeDefined();
  expect(await findProcess(process.pid)).toEqual(first);
});

it('finds no process that has ended', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  expect(await findProcess(pid)).toBeUndefined();
});

it.runIf(process.platform === 'linux')('ignores zombie processes', async () => {
  // The shell starts a child, then replaces itself with a program that does not reap it.
  const script = 'cat <&3 & echo $!; exec sleep 60';
  const parent = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
  try {
    const [line] = (await once(parent.stdout!, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const becomesSleep = async () => (await findProcess(parent.pid ?? 0))?.command === 'sleep' || undefined;
    expect(await waitUntil(10_000, becomesSleep)).toBe(true);
    const becomesCat = async () => (await findProcess(pid))?.command === 'cat' || undefined;
    expect(await waitUntil(10_000, becomesCat)).toBe(true);
    (parent.stdio[3] as Writable).end();
    expect(await waitUntil(10_000, async () => (await findProcess(pid)) === undefined || undefined)).toBe(true);
    expect(process.kill(pid, 0)).toBe(true);
  } finally {
    parent.kill('SIGKILL');
  }
});
