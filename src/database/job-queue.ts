import { Injectable, Logger } from '@nestjs/common';
import { Logger as WorkerLogger, type LogLevel, run, type Runner, runMigrations, type TaskList } from 'graphile-worker';
import { DataSource } from 'typeorm';

import { JobConnections } from './job-connections.js';

/** A piece of work for a worker; its parts are SQL expressions. */
export interface Job {
  readonly task: string;
  readonly payload: string;
  /** Of jobs with the same key only the last one added is done. */
  readonly key: string;
  /** Not before this moment; at once if not given, or null. */
  readonly runAt?: string;
  /** There has never been a job with this key. Then it is not looked for, which makes it cheaper by half. */
  readonly isFirst?: boolean;
}

/**
 * The SQL expression that adds a job: a part of the statement, and so of the transaction, that makes what the job works
 * on. A job exists exactly when that does.
 */
export function addJob({ task, payload, key, runAt = 'null', isFirst = false }: Job): string {
  const mode = isFirst ? 'unsafe_dedupe' : 'replace';
  return `graphile_worker.add_job(${task}, ${payload}, run_at => ${runAt}, job_key => ${key}, job_key_mode => '${mode}')`;
}

/** Milliseconds that a database which is away has to come back when the process is to end. */
const drainTime = 3000;

/** Does the jobs that are in the database (graphile-worker). */
@Injectable()
export class JobQueue {
  private readonly logger = new Logger('Jobs');

  constructor(private readonly dataSource: DataSource) {}

  /** Does jobs until the runner is stopped. Has connections of its own, so that work never waits for requests. */
  async work(tasks: TaskList, concurrency: number): Promise<Runner> {
    const pool = this.pool(concurrency);
    const runner = await run({
      // Jobs are fetched and ticked off by the batch. What a process has fetched and not begun when it dies is given a
      // new job by whoever knows what it was about.
      preset: { worker: { localQueue: { size: concurrency }, completeJobBatchDelay: 20, failJobBatchDelay: 20 } },
      pgPool: pool,
      concurrency,
      taskList: tasks,
      noHandleSignals: true,
      noPreparedStatements: false,
      pollInterval: 1000,
      logger: this.workerLogger(),
    });
    const stop = async (): Promise<void> => {
      const timer = setTimeout(() => pool.giveUp(), drainTime);
      await runner.stop();
      clearTimeout(timer);
      // It does not end a pool that it was given, and an embedded server is left running while it has clients.
      await pool.end();
    };
    return { ...runner, stop };
  }

  private pool(max: number): JobConnections {
    const { url } = this.dataSource.options as { url: string };
    const pool = new JobConnections({ connectionString: url, max, application_name: 'email-stage worker' });
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
    return new WorkerLogger(() => (level, message) => this.logger[levels[level]](message));
  }
}

/** Brings the tables of the queue up to date. */
export async function migrateJobs(url: string): Promise<void> {
  await runMigrations({ connectionString: url, maxPoolSize: 2 });
}
