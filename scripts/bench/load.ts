import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Requests to send over and over. `[<id>]` in a body is another word each time. */
export interface Load {
  readonly url: string;
  readonly requests: readonly LoadRequest[];
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** Times in milliseconds, `rate` in requests a second. */
export interface LoadResult {
  readonly rate: number;
  readonly requests: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly failures: number;
  readonly statuses: readonly number[];
}

const program = fileURLToPath(new URL('load-process.ts', import.meta.url));

/**
 * Sends the requests from a process of its own.
 *
 * @throws if anything else than `expected` is answered, or nothing
 */
export async function send(load: Load, expected: number): Promise<LoadResult> {
  const child = fork(program, { execArgv: process.execArgv });
  child.send(load);
  const [result] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [LoadResult | number];
  if (typeof result === 'number') throw new Error(`the load generator ended with ${result}`);
  if (result.failures > 0 || result.statuses.some((status) => status !== expected)) {
    const { method, path } = load.requests[0] ?? { method: '', path: '' };
    throw new Error(
      `${method} ${load.url}${path} answered ${result.statuses.join(', ')}, and ${result.failures} times nothing`,
    );
  }
  return result;
}
