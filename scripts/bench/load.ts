import type { ChildProcess } from 'node:child_process';

import { nextMessage, startChild } from './child-processes.js';
import type { Cleanups } from './cleanups.js';

/** Requests to send repeatedly. Each `[<id>]` in a path or body is replaced by a unique value. */
export interface Load {
  readonly url: string;
  readonly requests: readonly LoadRequest[];
  readonly connections: number;
  readonly seconds: number;
  /** Maximum requests per second; undefined for no limit. */
  readonly rate?: number | undefined;
  /** The requests form one visit: cookies are kept, and each repetition is a new visitor. */
  readonly isVisit?: boolean;
}

export interface LoadRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** Result of a load: latencies in milliseconds, `rate` in requests per second. */
export interface LoadResult {
  readonly rate: number;
  readonly requests: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly failures: number;
  readonly statuses: readonly number[];
}

/** Sends requests from a separate process, so that it does not share an event loop with the target. */
export class LoadGenerator {
  private readonly child: ChildProcess;

  constructor(cleanups: Cleanups) {
    this.child = startChild('load-process', cleanups);
  }

  /** Sends the requests for `load.seconds`. @throws if a request fails, or the set of statuses is not `expected` */
  async run(load: Load, expected: readonly number[]): Promise<LoadResult> {
    this.child.send(load);
    const result = await nextMessage<LoadResult>(this.child, load.seconds + 30);
    if (result.failures > 0 || result.statuses.join() !== expected.join()) {
      const { method, path } = load.requests[0] ?? { method: '', path: '' };
      const failures = result.failures > 0 ? `; ${result.failures} requests failed` : '';
      throw new Error(`${method} ${load.url}${path} answered ${result.statuses.join(' and ')}${failures}`);
    }
    return result;
  }
}
