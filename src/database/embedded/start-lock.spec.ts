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

const failOnWait = (pid: number): void => expect.unreachable(`waits for process ${pid}`);

it('admits one caller at a time, and eventually every caller', async () => {
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

it('reports the holder once while waiting', async () => {
  const onWait = vi.fn();
  let second: Promise<string> | undefined;
  await withStartLock(directory, failOnWait, async () => {
    second = withStartLock(directory, onWait, () => Promise.resolve('in'));
    await expect.poll(() => onWait).toHaveBeenCalled();
  });
  expect(await second).toBe('in');
  expect(onWait.mock.calls).toEqual([[process.pid]]);
});

it('is released when the work fails', async () => {
  const failing = withStartLock(directory, failOnWait, () => Promise.reject(new Error('disk full')));
  await expect(failing).rejects.toThrow('disk full');
  expect(await withStartLock(directory, failOnWait, () => Promise.resolve('in'))).toBe('in');
});

it('takes over from a killed holder and removes its files', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  await writeFile(join(directory, 'start-lock.7'), `${pid} 12345`);
  await writeFile(join(directory, 'start-lock.draft-of-the-killed'), `${pid} 12345`);
  await withStartLock(directory, failOnWait, async () => {
    expect(await readdir(directory)).toEqual(['start-lock.8']);
  });
});

it.skipIf(process.platform === 'win32')('takes over if the process id of a killed holder was reused', async () => {
  expect((await findProcess(process.pid))?.started).not.toBe('1');
  await writeFile(join(directory, 'start-lock.1'), `${process.pid} 1`);
  expect(await withStartLock(directory, failOnWait, () => Promise.resolve('in'))).toBe('in');
});
