import { DataSource, type QueryRunner } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { dataSourceOptions } from '../../src/data-source.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let dataSource: DataSource;
let connection: QueryRunner;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
  connection = dataSource.createQueryRunner();
});
afterAll(async () => {
  await connection.release();
  await dataSource.destroy();
  await database.drop();
});

async function prepared(): Promise<string[]> {
  const rows = (await connection.query('select statement from pg_prepared_statements')) as { statement: string }[];
  return rows.map(({ statement }) => statement);
}

it('a statement is prepared at its third use, with the same result', async () => {
  const statement = 'select $1::int + 1 as next';
  for (const [uses, expected] of [
    [2, []],
    [1, [statement]],
    [10, [statement]],
  ] as const) {
    for (let use = 0; use < uses; use += 1)
      expect(await connection.query(statement, [use])).toEqual([{ next: use + 1 }]);
    expect((await prepared()).filter((text) => text === statement)).toEqual(expected);
  }
});

it('a failing prepared statement leaves the connection usable', async () => {
  const statement = 'select 1 / $1::int as result';
  for (let use = 0; use < 5; use += 1) {
    await expect(connection.query(statement, [0])).rejects.toThrow('division by zero');
    expect(await connection.query(statement, [1])).toEqual([{ result: 1 }]);
  }
});

it('a connection keeps at most 300 prepared statements', async () => {
  for (let number = 0; number < 400; number += 1) {
    for (let use = 0; use < 3; use += 1) await connection.query(`select $1::int as "column ${number}"`, [1]);
  }
  expect((await prepared()).length).toBeLessThanOrEqual(300);
});
