import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { Logger } from '@nestjs/common';
import {
  Logger as WorkerLogger,
  type LogLevel,
  run,
  type Runner,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';

import { JobConnections } from './job-connections.js';
import { isTransient } from './transient-errors.js';

/** Connections: one that listens, and those that fetch, complete and return jobs in batches. */
export const jobConnections = 4;

/** Milliseconds to wait for a lost database at shutdown. */
export const drainMs = 3000;

/** Runners in a row that end with a permanent error before a job was fetched; then the worker gives up. */
const maxFailures = 5;

/**
 * Runs the jobs in the database (graphile-worker). It has connections of its own, so that jobs never wait for requests. A
 * runner that ends by itself is started again.
 */
export class JobWorker {
  private readonly logger = new Logger('Jobs');
  private readonly stopping = new AbortController();
  private readonly events: WorkerEvents = new EventEmitter();
  private pool!: JobConnections;
  private runner!: Runner;
  private restarting: Promise<void> | undefined;
  private failures = 0;
  private lastSign = performance.now();

  /**
   * @param giveUp called when the runner cannot be kept running; the process should end
   * @param options milliseconds before the first restart, of which each further one in a row waits twice as long; whether to
   *   prepare statements
   */
  constructor(
    private readonly url: string,
    private readonly tasks: TaskList,
    private readonly concurrency: number,
    private readonly giveUp: () => void,
    private readonly options: { readonly restartMs?: number; readonly prepare?: boolean } = {},
  ) {
    const works = (): void => {
      this.failures = 0;
      this.lastSign = performance.now();
    };
    this.events.on('localQueue:getJobs:complete', works).on('job:complete', works);
  }

  /** Seconds since jobs were fetched or a job ended. An idle worker fetches once a second. */
  get secondsSinceWork(): number {
    return (performance.now() - this.lastSign) / 1000;
  }

  /** @throws if the runner cannot be started */
  async start(): Promise<void> {
    this.pool = this.connections();
    try {
      this.runner = await run({
        // Jobs are fetched and completed in batches. For jobs that a process fetched and did not start before it died,
        // the owners of their rows add new ones.
        preset: {
          worker: { localQueue: { size: this.concurrency }, completeJobBatchDelay: 20, failJobBatchDelay: 20 },
        },
        pgPool: this.pool,
        events: this.events,
        concurrency: this.concurrency,
        taskList: this.tasks,
        noHandleSignals: true,
        noPreparedStatements: this.options.prepare === false,
        pollInterval: 1000,
        logger: this.workerLogger(),
      });
    } catch (error) {
      await this.pool.end();
      throw error;
    }
    const ended = (error: unknown): void => {
      this.restarting = this.restart(error);
    };
    this.runner.promise.then(() => ended(new Error('the runner stopped')), ended);
  }

  /** Ends the jobs in progress, then the connections. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const timer = setTimeout(() => this.pool.giveUp(), drainMs);
    await this.restarting;
    // It fails if the runner has ended by itself.
    await this.runner.stop().catch(() => undefined);
    clearTimeout(timer);
    // The runner does not end a pool that it was given, and an embedded server keeps running while it has clients.
    if (!this.pool.ending) await this.pool.end();
  }

  private async restart(error: unknown): Promise<void> {
    if (this.isStopping()) return;
    this.logger.error(`The job runner ended: ${String(error)}`);
    if (!this.pool.ending) await this.pool.end();
    if (!isTransient(error)) this.failures += 1;
    if (this.failures > maxFailures) {
      this.giveUp();
      return;
    }
    const delay = (this.options.restartMs ?? 1000) * 2 ** Math.max(0, this.failures - 1);
    await sleep(delay, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    if (this.isStopping()) return;
    await this.start().catch((reason: unknown) => this.restart(reason));
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private connections(): JobConnections {
    const pool = new JobConnections({
      connectionString: this.url,
      max: jobConnections,
      application_name: 'email-stage worker',
      connectionTimeoutMillis: 10_000,
      statement_timeout: 60_000,
    });
    const lost = (error: Error): void => this.logger.warn(`connection lost: ${error.message}`);
    pool.on('error', lost).on('connect', (client) => client.on('error', lost));
    return pool;
  }

  private workerLogger(): WorkerLogger {
    const levels: Record<LogLevel, 'error' | 'warn' | 'verbose'> = {
      error: 'error',
      warning: 'warn',
      info: 'verbose',
      debug: 'verbose',
    };
    return new WorkerLogger(() => (level, message, meta) => {
      // A warning that the pool is smaller than the number of jobs at a time. It is for tasks that use the pool of the
      // runner; those of the service use its own, and the few statements of the runner are batched.
      if (meta?.['max'] === jobConnections && meta['concurrency'] === this.concurrency) return;
      this.logger[levels[level]](message);
    });
  }
}
