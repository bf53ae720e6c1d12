import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { nextMessage, startChild, terminate, waitFor } from './child-processes.js';
import type { Cleanups } from './cleanups.js';

/** A service with this API, and an API token of it. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  /** Its process; undefined if the benchmark did not start it. */
  readonly pid?: number;
}

export interface RunningService extends Target {
  readonly pid: number;
  /** Milliseconds from the start of the process until it reported that it is ready. */
  readonly startupMs: number;
  stop(): Promise<void>;
}

// Tests run compiled sources, in which this file is beside the compiled service.
const built = import.meta.url.endsWith('.ts') ? '../../dist/main.js' : '../../src/main.js';
const main = fileURLToPath(new URL(built, import.meta.url));
const token = 'key-of-the-administrator-in-benchmarks';

/**
 * Starts the built service in one process, as in production, with its log in a file, and waits until it is ready.
 * `environment` has the settings; none is inherited.
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
  cleanups.add(() => terminate(child));
  await log.close();
  let url = '';
  await waitFor(`${name} to be ready`, 60, async () => {
    const output = await readFile(logFile, 'utf8');
    if (child.exitCode !== null) throw new Error(`${name} exited with ${child.exitCode}:\n${output}`);
    url = /email-stage +(http:\S+)/.exec(output)?.[1] ?? '';
    return url !== '' && (await fetch(`${url}/-/health/ready/`)).ok;
  });
  return { name, url, token, pid: child.pid ?? 0, startupMs: performance.now() - since, stop: () => terminate(child) };
}

/** Starts the ceiling (`ceiling-process.ts`). */
export async function startCeiling(databaseUrl: string, cleanups: Cleanups): Promise<Target> {
  const child = startChild('ceiling-process', cleanups, { env: { ...process.env, DATABASE_URL: databaseUrl } });
  const port = await nextMessage<number>(child, 30);
  return { name: 'ceiling', url: `http://127.0.0.1:${port}`, token, pid: child.pid ?? 0 };
}
