import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { Cleanups } from './cleanups.js';

/** Milliseconds that a process has to end by itself. */
const grace = 10_000;

/** Starts a program of this folder, by its name without an ending. It is ended with everything else. */
export function startProgram(name: string, cleanups: Cleanups, options: ForkOptions = {}): ChildProcess {
  // Compiled for a test it lies beside this file as JavaScript.
  const program = fileURLToPath(new URL(`${name}${import.meta.url.slice(-3)}`, import.meta.url));
  const child = fork(program, { execArgv: process.execArgv, ...options });
  cleanups.add(() => end(child));
  return child;
}

/** The next message of a program. @throws if it ends, or sends nothing for this many seconds */
export async function nextMessage<T>(child: ChildProcess, seconds: number): Promise<T> {
  const given = new AbortController();
  const { signal } = given;
  try {
    const [value] = (await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`a program ended with ${code}`))),
      once(AbortSignal.timeout(seconds * 1000), 'abort', { signal }).then(() =>
        Promise.reject(new Error(`a program said nothing for ${seconds} seconds`)),
      ),
    ])) as [T];
    return value;
  } finally {
    given.abort();
  }
}

/** Ends a process and waits for it, with force if it takes too long. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), grace);
  await ended;
  clearTimeout(force);
}

/** Waits until it is so. @throws if it is not after so many seconds */
export async function until(what: string, seconds: number, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited ${seconds} seconds for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
