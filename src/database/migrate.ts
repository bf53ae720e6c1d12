import { DataSource } from 'typeorm';

import { migrateJobs } from './job-queue.js';

/** Any number; the same in every process. */
const lock = 731_000;

/**
 * Migrates the schema and the tables of the job queue. Of several processes that start at once, one migrates and the
 * others wait.
 *
 * @param report called before a migration
 */
export async function migrate(dataSource: DataSource, report: (line: string) => void): Promise<void> {
  const { url } = dataSource.options as { url: string };
  if (!(await dataSource.showMigrations())) return migrateJobs(url);
  // A migration of large tables takes longer than STATEMENT_TIMEOUT allows a request.
  const extra = { ...(dataSource.options.extra as object), statement_timeout: 0 };
  const migrating = await new DataSource({ ...dataSource.options, extra }).initialize();
  const connection = migrating.createQueryRunner();
  try {
    await connection.query('select pg_advisory_lock($1)', [lock]);
    report('Migrating the database');
    await migrating.runMigrations();
    await migrateJobs(url);
  } finally {
    await connection.query('select pg_advisory_unlock($1)', [lock]);
    await connection.release();
    await migrating.destroy();
  }
}
