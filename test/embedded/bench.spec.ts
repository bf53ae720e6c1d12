import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, inject, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'email-stage-'));
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the benchmark and interrupts it (SIGINT) when it has printed `signalAt`. @returns the exit code */
async function bench(args: readonly string[], signalAt?: string): Promise<number> {
  const program = join(inject('compiledSources'), '../scripts/bench/bench.js');
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const isBefore = !printed.includes(signalAt ?? '\0');
    printed += chunk.toString();
    if (isBefore && printed.includes(signalAt ?? '\0')) child.kill('SIGINT');
  });
  const [code] = (await once(child, 'exit')) as [number];
  return code;
}

/** Returns processes whose command line, environment or working directory contains the folder's path. */
async function processesOf(): Promise<string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const texts = await Promise.all(
    ids.map((id) => {
      const parts = [readFile(`/proc/${id}/cmdline`, 'utf8'), readFile(`/proc/${id}/environ`, 'utf8')];
      return Promise.all([...parts, readlink(`/proc/${id}/cwd`)].map((part) => part.catch(() => '')));
    }),
  );
  return texts.map((parts) => parts.join(' ')).filter((text) => text.includes(folder));
}

const short = ['--quick', '--only', 'retrieve'];

it.each([
  ['is interrupted while it starts', short, 'Starting the database', 130],
  ['is interrupted while it measures', short, 'retrieve', 130],
  ['fails due to an unreachable peer', [...short, '--peer', 'peer=http://127.0.0.1:1'], undefined, 1],
])('the benchmark leaves no files or processes behind when it %s', async (_, args, signalAt, code) => {
  expect(await bench(args, signalAt)).toBe(code);
  expect(await readdir(folder)).toEqual([]);
  expect(await processesOf()).toEqual([]);
});
