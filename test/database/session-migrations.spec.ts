import 'reflect-metadata';

import { DataSource, type DataSourceOptions } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { dataSourceOptions } from '../../src/data-source.js';
import { migrations } from '../../src/database/migrations/migrations.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase('nothing');
});
afterAll(() => database.drop());

/** Runs the migrations up to this timestamp, and returns what `read` finds then. */
async function migrateTo<T>(last: number, read: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const known = migrations.filter(({ name }) => Number(/\d+$/.exec(name)?.[0]) <= last);
  const options = { ...dataSourceOptions(database.url), migrations: known } as DataSourceOptions;
  const dataSource = await new DataSource(options).initialize();
  try {
    await dataSource.runMigrations();
    return await read(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

/** Where the rows of sessions are stored, and which transactions have written them. */
const storageOf = (dataSource: DataSource): Promise<unknown> =>
  dataSource.query(
    `select pg_relation_filenode('session') as file, count(*)::int as rows, count(distinct xmin::text)::int as writers
       from "session"`,
  );

it('The migrations of sessions write no row while the table is locked, and name existing sessions afterwards', async () => {
  const before = await migrateTo(1_795_901_000_000, async (dataSource) => {
    await dataSource.query(
      `insert into "session" (key_hash, state, expires)
       select sha256(number::text::bytea), '', now() + interval '1 day' from generate_series(1, 4500) number`,
    );
    return storageOf(dataSource);
  });
  await migrateTo(1_795_905_000_000, async (dataSource) => {
    expect(await storageOf(dataSource)).toEqual(before);
    await dataSource.query(`insert into "session" (key_hash, state, expires) values ('new', '', now())`);
  });
  await migrateTo(Number.MAX_SAFE_INTEGER, async (dataSource) => {
    const [row] = await dataSource.query(
      `select count(distinct session_uuid)::int as named, count(distinct xmin::text)::int as writers,
              count(*) filter (where authenticated > now() - interval '1 hour')::int as fresh from "session"`,
    );
    // One batch does not hold the rows of the others.
    expect(row).toEqual({ named: 4501, writers: 4, fresh: 1 });
  });
});
