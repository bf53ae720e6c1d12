import { migrations as jobMigrations } from 'graphile-worker/dist/generated/sql.js';
import { DataSource, type DataSourceOptions } from 'typeorm';

import { DatabaseClient } from './database-client.js';
import { migrateJobs } from './job-queue.js';
import { StartRefused } from './start-refused.js';

/** Any number; the same in every process. */
const lock = 731_000;

/** Version of the job queue's tables that this version of graphile-worker needs. */
const latestJobsVersion = Math.max(...Object.keys(jobMigrations).map((file) => Number.parseInt(file, 10)));

/**
 * Migrates the schema and the tables of the job queue. Of several processes that start at once, one migrates and the
 * others wait.
 *
 * @param report called before a migration
 * @param url that leads to the server without a pooler: the lock of a migration belongs to a session
 * @throws StartRefused if a newer version has migrated the database
 */
export async function migrate(
  dataSource: DataSource,
  report: (line: string) => void,
  url = (dataSource.options as { url: string }).url,
): Promise<void> {
  const isPending = await dataSource.showMigrations();
  await refuseNewerSchema(dataSource);
  if (!isPending) return migrateJobs(url);
  // A migration of large tables takes longer than STATEMENT_TIMEOUT allows a request.
  const extra = { ...(dataSource.options.extra as object), statement_timeout: 0, Client: DatabaseClient };
  const migrating = await new DataSource({ ...dataSource.options, url, extra } as DataSourceOptions).initialize();
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

/**
 * Checks that nothing is left to migrate, without changing the database.
 *
 * @throws StartRefused if this or a newer version has to migrate the database, or has done so
 */
export async function requireMigrated(dataSource: DataSource): Promise<void> {
  const done = (await hasTable(dataSource, 'migration'))
    ? await dataSource.query<{ name: string }[]>('select name from "migration"')
    : [];
  const names = new Set(done.map(({ name }) => name));
  const pending = dataSource.migrations.filter(({ name = '' }) => !names.has(name)).length;
  if (pending > 0) throw notMigrated(`The database is not migrated (${pending} migrations to run)`);
  const jobs = await jobsVersion(dataSource);
  if (jobs < latestJobsVersion) {
    throw notMigrated(`The job queue is not migrated (version ${jobs} instead of ${latestJobsVersion})`);
  }
  await refuseNewerSchema(dataSource);
}

function notMigrated(reason: string): StartRefused {
  return new StartRefused(
    `${reason} and MIGRATE_AT_START is false. Run \`email-stage migrate\` (in a checkout: npm run migrate) first.`,
  );
}

/** Returns the version of the job queue's tables; 0 if there are none. */
async function jobsVersion(dataSource: DataSource): Promise<number> {
  if (!(await hasTable(dataSource, 'graphile_worker.migrations'))) return 0;
  const [row] = await dataSource.query<{ version: number | null }[]>(
    'select max(id) as version from graphile_worker.migrations',
  );
  return row?.version ?? 0;
}

async function hasTable(dataSource: DataSource, name: string): Promise<boolean> {
  const [row] = await dataSource.query<{ exists: boolean }[]>('select to_regclass($1) is not null as exists', [name]);
  return row?.exists === true;
}

async function refuseNewerSchema(dataSource: DataSource): Promise<void> {
  const known = dataSource.migrations.map(({ name = '' }) => name);
  const [newer] = await dataSource.query<{ name: string }[]>(
    'select name from "migration" where not name = any($1) order by "timestamp" desc limit 1',
    [known],
  );
  if (newer === undefined) return;
  throw new StartRefused(`The database was migrated by a newer version (${newer.name}). Start that version again.`);
}
