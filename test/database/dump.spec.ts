import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { dataSourceOptions } from '../../src/data-source.js';
import { loadDump, readHeader } from '../../src/database/dump/read-dump.js';
import { restoreDatabase } from '../../src/database/dump/restore-database.js';
import { writeDump } from '../../src/database/dump/write-dump.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const names = ['', 'no \\N null', 'tab\tand line\u2028end', '\\.', 'Ünï — 日本 "quoted"'];
const ignore = (): void => undefined;

let app: TestApp;
let target: TestDatabase;
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'email-stage-dump-'));
  file = join(folder, 'rows.dump');
  app = await startTestApp();
  for (const [index, name] of names.entries()) {
    await app.api.post('/core/users/', { username: `reader-${index}`, name, attributes: { name } });
  }
  await writeDump((app.dataSource.options as { url: string }).url, file);
  target = await createTestDatabase('nothing');
});
afterAll(async () => {
  await app.stop();
  await target.drop();
  await rm(folder, { recursive: true });
});

async function onTarget<T>(work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await new DataSource(dataSourceOptions(target.url)).initialize();
  return work(dataSource).finally(() => dataSource.destroy());
}

/** Returns the rows of every table but those that a dump omits. */
async function rowsOf(dataSource: DataSource): Promise<Record<string, unknown>> {
  const tables = await dataSource.query<{ name: string }[]>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
        and relname not in ('node', 'revision', 'migration') order by relname`,
  );
  const rows: Record<string, unknown> = {};
  for (const { name } of tables) {
    rows[name] = await dataSource.query(`select * from "${name}" as t order by t::text`);
  }
  return rows;
}

it('has every row of every table, and restores them into an empty database', async () => {
  await restoreDatabase(target.url, file, dataSourceOptions, ignore);
  const restored = await onTarget(rowsOf);
  expect(restored).toEqual(await rowsOf(app.dataSource));
  expect(restored['user']).toEqual(expect.arrayContaining(names.map((name) => expect.objectContaining({ name }))));
  const sequences = `select sequencename, last_value from pg_sequences where schemaname = 'public' order by 1`;
  expect(await onTarget((dataSource) => dataSource.query(sequences))).toEqual(await app.dataSource.query(sequences));
});

it('is refused if it is cut off, is no dump, or comes from a newer version, and then changes nothing', async () => {
  const before = await onTarget(rowsOf);
  const text = gunzipSync(await readFile(file)).toString();
  const other = join(folder, 'other.dump');
  for (const content of [
    (await readFile(file)).subarray(0, -100),
    gzipSync(text.slice(0, text.indexOf('reader-1'))),
    gzipSync(text.replace('-- complete\n', '')),
    gzipSync(text.replace('SELECT setval(', 'DROP TABLE "user"; SELECT setval(')),
  ]) {
    await writeFile(other, content);
    await expect(loadDump(target.url, other)).rejects.toThrow(/other\.dump (cannot be read|is not complete)/);
  }
  expect(await onTarget(rowsOf)).toEqual(before);

  await writeFile(other, 'no dump');
  await expect(readHeader(other)).rejects.toThrow('cannot be read');
  await writeFile(other, gzipSync('no dump\n'));
  await expect(readHeader(other)).rejects.toThrow('is not a dump of email-stage');
  await writeFile(other, gzipSync(text.replace('"Initial1795486875574"', '"Later1999000000000"')));
  await expect(restoreDatabase(target.url, other, dataSourceOptions, ignore)).rejects.toThrow('a newer version');
});
