import { DataSource, type DataSourceOptions } from 'typeorm';

import { migrate } from '../migrate.js';
import { DumpError, loadDump, readHeader } from './read-dump.js';

/**
 * Fills an empty database from a dump: migrates it as far as the dumped one was, loads the rows, and migrates the rest.
 *
 * @param optionsOf returns the options of the application for a URL
 * @throws DumpError if the dump cannot be used, or comes from a newer version
 */
export async function restoreDatabase(
  url: string,
  file: string,
  optionsOf: (url: string) => DataSourceOptions,
  report: (line: string) => void,
): Promise<void> {
  const header = await readHeader(file);
  const options = optionsOf(url);
  const known = new Map((options.migrations as (new () => object)[]).map((migration) => [migration.name, migration]));
  const unknown = header.migrations.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new DumpError(`${file} was written by a newer version (${unknown}). Use that version.`);
  await withDataSource(
    {
      ...options,
      migrations: [...known].filter(([name]) => header.migrations.includes(name)).map(([, migration]) => migration),
    },
    (dataSource) => dataSource.runMigrations(),
  );
  report('Loading the rows');
  await loadDump(url, file);
  await withDataSource(options, (dataSource) => migrate(dataSource, report));
}

async function withDataSource(
  options: DataSourceOptions,
  work: (dataSource: DataSource) => Promise<unknown>,
): Promise<void> {
  const dataSource = await new DataSource(options).initialize();
  try {
    await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
