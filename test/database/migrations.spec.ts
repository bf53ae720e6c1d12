import 'reflect-metadata';

import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { dataSourceOptions } from '../../src/data-source.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { type Schema, schemaOf } from './schema-of.js';

let database: TestDatabase;
let dataSource: DataSource;
let migrated: Schema;

beforeAll(async () => {
  database = await createTestDatabase('nothing');
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
  await dataSource.runMigrations();
  migrated = await schemaOf(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const nothing: Schema = { columns: [], constraints: [], indexes: [] };

describe('The migrations', () => {
  it('create the tables of the entities, without a difference left to generate', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    const tables = new Set(migrated.columns.map((line) => line.split('.')[0]));
    for (const { tableName } of dataSource.entityMetadatas) expect(tables).toContain(tableName);
  });

  it('name every constraint and index by convention', () => {
    expect(migrated.constraints.filter((line) => !/^(pk|uq|fk|ck)_[a-z0-9_]+ on /.test(line))).toEqual([]);
    expect(migrated.indexes.filter((line) => !/^(pk|uq|ix)_[a-z0-9_]+ on /.test(line))).toEqual([]);
    expect(migrated.constraints.length).toBeGreaterThan(20);
    for (const line of [...migrated.constraints, ...migrated.indexes]) {
      const [, name = '', table = ''] = /^[a-z]+_(\w+) on (\w+):/.exec(line) ?? [];
      expect(name.startsWith(table), line).toBe(true);
    }
  });

  it('create an index for every foreign key, so that deletions scan no table', async () => {
    const unindexed = await dataSource.query<{ conname: string }[]>(`
      select k.conname from pg_constraint k
       where k.contype = 'f' and k.connamespace = 'public'::regnamespace
         and not exists (select from pg_index x where x.indrelid = k.conrelid and x.indkey[0] = k.conkey[1])`);
    expect(unindexed).toEqual([]);
  });

  it('can be reverted one by one until the schema is empty, and run again with the same result', async () => {
    for (const _ of dataSource.migrations) await dataSource.undoLastMigration();
    expect(await schemaOf(dataSource)).toEqual(nothing);
    expect(await dataSource.query('select from migration')).toEqual([]);
    await dataSource.runMigrations();
    expect(await schemaOf(dataSource)).toEqual(migrated);
    expect(await dataSource.showMigrations()).toBe(false);
  });
});
