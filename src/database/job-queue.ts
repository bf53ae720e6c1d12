import { Inject, Injectable } from '@nestjs/common';
import { runMigrations, type TaskList } from 'graphile-worker';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';

import { SETTINGS, type Settings } from '../config/settings.js';
import { DatabaseClient } from './database-client.js';
import { JobWorker } from './job-worker.js';

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

/** The jobs of this process. */
@Injectable()
export class JobQueue {
  private worker: JobWorker | undefined;
  private failed: () => void = () => undefined;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Registers what to do when the jobs cannot be kept running: the process should end, so that it is restarted. */
  onFailure(listener: () => void): void {
    this.failed = listener;
  }

  /** Runs jobs until `stop`. */
  async work(tasks: TaskList, concurrency: number): Promise<void> {
    // One connection listens, which no pooler in transaction mode supports.
    const url = this.settings.databaseDirectUrl ?? (this.dataSource.options as { url: string }).url;
    const worker = new JobWorker(url, tasks, concurrency, () => this.failed(), {
      prepare: this.settings.databasePrepare,
    });
    await worker.start();
    this.worker = worker;
  }

  /** Seconds since this process fetched jobs or ended one; undefined if it runs none. */
  get secondsSinceWork(): number | undefined {
    return this.worker?.secondsSinceWork;
  }

  /** Ends the jobs in progress. */
  async stop(): Promise<void> {
    await this.worker?.stop();
  }
}

/** Migrates the tables of the queue. */
export async function migrateJobs(url: string): Promise<void> {
  const pgPool = new Pool({ connectionString: url, max: 2, Client: DatabaseClient });
  // A connection that breaks while it is idle fails no statement.
  const ignore = (): void => undefined;
  pgPool.on('error', ignore).on('connect', (client) => client.on('error', ignore));
  try {
    await runMigrations({ pgPool });
  } finally {
    await pgPool.end();
  }
}
