import type { ChildProcess } from 'node:child_process';

import { nextMessage, startProgram } from './children.js';
import type { Cleanups } from './cleanups.js';

/** Requests to send over and over. `[<id>]` in a path or a body is another word each time. */
export interface Load {
  readonly url: string;
  readonly requests: readonly LoadRequest[];
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second at most; undefined for as many as are answered. */
  readonly rate?: number | undefined;
  /** The requests are those of one visitor, who keeps cookies; then comes the next visitor. */
  readonly isVisit?: boolean;
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

/** Sends requests from a process of its own, so that it takes nothing from the event loop of what is measured. */
export class LoadGenerator {
  private readonly child: ChildProcess;

  constructor(cleanups: Cleanups) {
    this.child = startProgram('load-process', cleanups);
  }

  /** @throws if anything else than just the statuses `expected` is answered, or nothing */
  async send(load: Load, expected: readonly number[]): Promise<LoadResult> {
    this.child.send(load);
    const result = await nextMessage<LoadResult>(this.child, load.seconds + 30);
    if (result.failures > 0 || result.statuses.join() !== expected.join()) {
      const { method, path } = load.requests[0] ?? { method: '', path: '' };
      const missing = result.failures > 0 ? `, and ${result.failures} times nothing` : '';
      throw new Error(`${method} ${load.url}${path} answered ${result.statuses.join(' and ')}${missing}`);
    }
    return result;
  }
}
