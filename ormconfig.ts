import 'reflect-metadata';

import { DataSource } from 'typeorm';

import { environment, readSettings } from './src/config/read-settings.js';
import { dataSourceOptions } from './src/data-source.js';
import { findEmbeddedDatabase } from './src/database/embedded-database.js';

/** The DataSource of the TypeORM command line: DATABASE_URL, or the embedded server if it runs. */
async function dataSource(): Promise<DataSource> {
  const { settings } = readSettings(environment());
  const url = settings.databaseUrl ?? (await findEmbeddedDatabase(settings.dataDir));
  if (url === undefined) throw new Error('Set DATABASE_URL, or start the service to have its database running.');
  return new DataSource(dataSourceOptions(url));
}

export default dataSource();
