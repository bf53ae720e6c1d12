import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
  /** Milliseconds from the start of the process until it listened. */
  readonly startTime: number;
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const ceiling = fileURLToPath(new URL('ceiling-process.ts', import.meta.url));

/**
 * The built service in one process, as in production: its log goes to a file. `environment` holds settings by name;
 * none is inherited.
 */
export async function startService(
  name: string,
  folder: string,
  environment: Record<string, string>,
): Promise<RunningService> {
  const token = 'key-of-the-administrator-in-benchmarks';
  const { PATH = '' } = process.env;
  const logFile = join(folder, `${name.replaceAll(/\W/g, '-')}.log`);
  const log = await open(logFile, 'w');
  const since = performance.now();
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env: { PATH, NODE_ENV: 'production', PORT: '0', BOOTSTRAP_TOKEN: token, ...environment },
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  for (;;) {
    const printed = await readFile(logFile, 'utf8');
    const url = /email-stage +(http:\S+)/.exec(printed)?.[1];
    if (url !== undefined) {
      return { name, url, token, pid: child.pid ?? 0, startTime: performance.now() - since, stop: () => end(child) };
    }
    if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}:\n${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The comparison: see `ceiling-process.ts`. */
export async function startCeiling(databaseUrl: string, token: string): Promise<Target & { stop(): Promise<void> }> {
  const child = fork(ceiling, { execArgv: process.execArgv, env: { ...process.env, DATABASE_URL: databaseUrl } });
  const [port] = (await once(child, 'message')) as [number];
  const url = `http://127.0.0.1:${port}`;
  return { name: 'ceiling', url, token, pid: child.pid ?? 0, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
