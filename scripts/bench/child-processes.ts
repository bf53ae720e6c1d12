import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { Cleanups } from './cleanups.js';

/** Milliseconds between SIGTERM and SIGKILL. */
const gracePeriod = 10_000;

/** Starts a program of this folder, named without its extension, and registers its termination as a cleanup. */
export function startChild(name: string, cleanups: Cleanups, options: ForkOptions = {}): ChildProcess {
  // Tests run compiled sources: the program then has the extension of this file, `.js`.
  const program = fileURLToPath(new URL(`${name}${import.meta.url.slice(-3)}`, import.meta.url));
  const child = fork(program, { execArgv: process.execArgv, ...options });
  cleanups.add(() => terminate(child));
  return child;
}

/** Returns the next IPC message of a child process. @throws if it exits, or after `seconds` without a message */
export async function nextMessage<T>(child: ChildProcess, seconds: number): Promise<T> {
  const listeners = new AbortController();
  const { signal } = listeners;
  try {
    const [value] = (await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`child process exited with ${code}`))),
      once(AbortSignal.timeout(seconds * 1000), 'abort', { signal }).then(() =>
        Promise.reject(new Error(`no message from the child process for ${seconds} seconds`)),
      ),
    ])) as [T];
    return value;
  } finally {
    listeners.abort();
  }
}

/** Terminates a process and waits for its exit; kills it after a grace period. */
export async function terminate(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), gracePeriod);
  await exited;
  clearTimeout(kill);
}

/** Polls until `condition` holds. @throws after `seconds`, naming `what` was awaited */
export async function waitFor(what: string, seconds: number, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`timed out after ${seconds} seconds waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
