import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';
import { DataSource } from 'typeorm';
import type { TestProject } from 'vitest/node';

import { dataSourceOptions } from '../../src/data-source.js';
import { startEmbeddedDatabase } from '../../src/database/embedded-database.js';
import { migrate } from '../../src/database/migrate.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a server on which databases can be created. */
    databaseServer: string;
    /** Name of a migrated, empty database that tests clone. */
    databaseTemplate: string;
  }
}

/**
 * Starts the PostgreSQL server that all tests share (TEST_DATABASE_URL, or an embedded one) and creates the migrated
 * database that every test file clones.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env['TEST_DATABASE_URL'] ?? undefined;
  const { url, stop } = server === undefined ? await embedded() : { url: server, stop: () => Promise.resolve() };
  const template = `template_${process.pid}_${Date.now()}`;
  await execute(url, `create database "${template}"`);
  const dataSource = await new DataSource(dataSourceOptions(withDatabase(url, template))).initialize();
  await migrate(dataSource, () => undefined);
  await dataSource.destroy();
  project.provide('databaseServer', url);
  project.provide('databaseTemplate', template);
  return async () => {
    await execute(url, `drop database "${template}"`);
    await stop();
  };
}

async function embedded(): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'email-stage-test-'));
  // As root, the server runs as another user, who needs access.
  await chmod(folder, 0o755);
  const database = await startEmbeddedDatabase({ dataDir: join(folder, 'data'), report: () => undefined });
  // Tests need no durability, and with fsync each dropped database would wait a second for the disk.
  await execute(database.url, 'alter system set fsync = off');
  await execute(database.url, 'select pg_reload_conf()');
  const stop = async (): Promise<void> => {
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: database.url, stop };
}

/** Runs one statement on a server. */
export async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Returns the URL of another database on the same server. */
export function withDatabase(url: string, database: string): string {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.href;
}
