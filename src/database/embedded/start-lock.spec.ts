import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { findProcess } from './processes.js';
import { withStartLock } from './start-lock.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'start-lock-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const nobodyWaits = (pid: number): void => expect.unreachable(`waits for process ${pid}`);

it('lets one in at a time, and everyone in the end', async () => {
  let inside = 0;
  let visits = 0;
  const visit = (): Promise<void> =>
    withStartLock(
      directory,
      () => undefined,
      async () => {
        inside += 1;
        expect(inside).toBe(1);
        for (let turn = 0; turn < 5; turn++) await nextTurn();
        inside -= 1;
        visits += 1;
      },
    );
  await Promise.all(Array.from({ length: 12 }, visit));
  expect(visits).toBe(12);
  expect(await readdir(directory)).toEqual(['start-lock.12']);
});

it('reports once which process it waits for', async () => {
  const onWait = vi.fn();
  let second: Promise<string> | undefined;
  await withStartLock(directory, nobodyWaits, async () => {
    second = withStartLock(directory, onWait, () => Promise.resolve('in'));
    await vi.waitFor(() => {
      expect(onWait).toHaveBeenCalled();
    });
  });
  expect(await second).toBe('in');
  expect(onWait.mock.calls).toEqual([[process.pid]]);
});

it('is free after work that failed', async () => {
  const failing = withStartLock(directory, nobodyWaits, () => Promise.reject(new Error('disk full')));
  await expect(failing).rejects.toThrow('disk full');
  expect(await withStartLock(directory, nobodyWaits, () => Promise.resolve('in'))).toBe('in');
});

it('takes over from a holder that was killed, and clears away what it left', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  await writeFile(join(directory, 'start-lock.7'), `${pid} 12345`);
  await writeFile(join(directory, 'start-lock.draft-of-the-killed'), `${pid} 12345`);
  await withStartLock(directory, nobodyWaits, async () => {
    expect(await readdir(directory)).toEqual(['start-lock.8']);
  });
});

it.skipIf(process.platform === 'win32')(
  'takes over when the process id of a killed holder is in use again',
  async () => {
    expect((await findProcess(process.pid))?.started).not.toBe('1');
    await writeFile(join(directory, 'start-lock.1'), `${process.pid} 1`);
    expect(await withStartLock(directory, nobodyWaits, () => Promise.resolve('in'))).toBe('in');
  },
);
