import { Injectable, Logger } from '@nestjs/common';
import { Logger as WorkerLogger, type LogLevel, run, type Runner, runMigrations, type TaskList } from 'graphile-worker';
import { DataSource } from 'typeorm';

import { JobConnections } from './job-connections.js';

/** A job for a worker; its properties are SQL expressions. */
export interface Job {
  readonly task: string;
  readonly payload: string;
  /** Of jobs with the same key only the last one added runs. */
  readonly key: string;
  /** Earliest time to run; immediately if not given, or null. */
  readonly runAt?: string;
  /** There was never a job with this key. Skips the look-up, which halves the cost. */
  readonly isFirst?: boolean;
}

/**
 * Returns the SQL expression that adds a job. It is part of the statement, and so of the transaction, that writes the rows
 * of the job: both exist or neither.
 */
export function addJob({ task, payload, key, runAt = 'null', isFirst = false }: Job): string {
  const mode = isFirst ? 'unsafe_dedupe' : 'replace';
  return `graphile_worker.add_job(${task}, ${payload}, run_at => ${runAt}, job_key => ${key}, job_key_mode => '${mode}')`;
}

/** Milliseconds to wait for a lost database at shutdown. */
const drainTime = 3000;

/** Runs the jobs in the database (graphile-worker). */
@Injectable()
export class JobQueue {
  private readonly logger = new Logger('Jobs');

  constructor(private readonly dataSource: DataSource) {}

  /** Runs jobs until the runner is stopped. Has its own connections, so that jobs never wait for requests. */
  async work(tasks: TaskList, concurrency: number): Promise<Runner> {
    const pool = this.pool(concurrency);
    const runner = await run({
      // Jobs are fetched and completed in batches. For jobs that a process fetched and did not start before it died, the
      // owners of their rows add new ones.
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
      // The runner does not end a pool that it was given, and an embedded server keeps running while it has clients.
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

/** Migrates the tables of the queue. */
export async function migrateJobs(url: string): Promise<void> {
  await runMigrations({ connectionString: url, maxPoolSize: 2 });
}
