import { Injectable, Logger } from '@nestjs/common';
import { Logger as WorkerLogger, type LogLevel, run, type Runner, runMigrations, type TaskList } from 'graphile-worker';
import { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { DataSource } from 'typeorm';

/** A piece of work for a worker. */
export interface Job {
  readonly task: string;
  readonly payload: Readonly<Record<string, string>>;
  /** Of jobs with the same key only the last one added is done. */
  readonly key: string;
  /** Not before this moment; at once if not given. */
  readonly runAt?: Date;
}

/**
 * Jobs on the database that is there anyway (graphile-worker): added by SQL in the caller's transaction, so that a job
 * exists exactly when what it works on does.
 */
@Injectable()
export class JobQueue {
  private readonly logger = new Logger('Jobs');

  constructor(private readonly dataSource: DataSource) {}

  /** Adds the job when the transaction of `manager` commits. */
  async add(manager: EntityManager, { task, payload, key, runAt }: Job): Promise<void> {
    await manager.query(
      `select graphile_worker.add_job($1, $2::json, run_at => $3::timestamptz, job_key => $4, max_attempts => 25::smallint)`,
      [task, JSON.stringify(payload), runAt ?? null, key],
    );
  }

  /** Does jobs until the runner is stopped. Has connections of its own, so that work never waits for requests. */
  async work(tasks: TaskList, concurrency: number): Promise<Runner> {
    const pool = this.pool(concurrency);
    const runner = await run({
      // Jobs are fetched and ticked off by the batch. What a process has fetched and not begun when it dies is given a
      // new job by whoever knows what it was about.
      preset: { worker: { localQueue: { size: concurrency }, completeJobBatchDelay: 20 } },
      pgPool: pool,
      concurrency,
      taskList: tasks,
      noHandleSignals: true,
      noPreparedStatements: false,
      pollInterval: 1000,
      logger: this.workerLogger(),
    });
    const stop = async (): Promise<void> => {
      await runner.stop();
      // It does not end a pool that it was given, and an embedded server is left running while it has clients.
      await pool.end();
    };
    return { ...runner, stop };
  }

  private pool(max: number): Pool {
    const { url } = this.dataSource.options as { url: string };
    const pool = new Pool({ connectionString: url, max, application_name: 'email-stage worker' });
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
