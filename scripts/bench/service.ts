import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { end, nextMessage, startProgram, until } from './children.js';
import type { Cleanups } from './cleanups.js';

/** Something that answers this API, and the key that it knows. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  /** Its process, if it is one of ours. */
  readonly pid?: number;
}

export interface RunningService extends Target {
  readonly pid: number;
  /** Milliseconds from the start of the process until it said that it is ready. */
  readonly startTime: number;
  stop(): Promise<void>;
}

// Compiled for a test this file lies beside the service as JavaScript.
const built = import.meta.url.endsWith('.ts') ? '../../dist/main.js' : '../../src/main.js';
const main = fileURLToPath(new URL(built, import.meta.url));
const token = 'key-of-the-administrator-in-benchmarks';

/**
 * The built service in one process, as in production: its log goes to a file. `environment` holds settings by name;
 * none is inherited.
 */
export async function startService(
  name: string,
  folder: string,
  environment: Record<string, string>,
  cleanups: Cleanups,
): Promise<RunningService> {
  const { PATH = '' } = process.env;
  const logFile = join(folder, `${name.replaceAll(/\W/g, '-')}.log`);
  const log = await open(logFile, 'w');
  const since = performance.now();
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env: { PATH, NODE_ENV: 'production', PORT: '0', BOOTSTRAP_TOKEN: token, ...environment },
    stdio: ['ignore', log.fd, log.fd],
  });
  cleanups.add(() => end(child));
  await log.close();
  let url = '';
  await until(`${name} to be ready`, 60, async () => {
    const printed = await readFile(logFile, 'utf8');
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${printed}`);
    url = /email-stage +(http:\S+)/.exec(printed)?.[1] ?? '';
    return url !== '' && (await fetch(`${url}/-/health/ready/`)).ok;
  });
  return { name, url, token, pid: child.pid ?? 0, startTime: performance.now() - since, stop: () => end(child) };
}

/** The comparison: see `ceiling-process.ts`. */
export async function startCeiling(databaseUrl: string, cleanups: Cleanups): Promise<Target> {
  const child = startProgram('ceiling-process', cleanups, { env: { ...process.env, DATABASE_URL: databaseUrl } });
  const port = await nextMessage<number>(child, 30);
  return { name: 'ceiling', url: `http://127.0.0.1:${port}`, token, pid: child.pid ?? 0 };
}
