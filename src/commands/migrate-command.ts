import { parseArgs } from 'node:util';

import { DataSource } from 'typeorm';

import { environment, readSettings } from '../config/read-settings.js';
import { dataSourceOptions } from '../data-source.js';
import { migrate } from '../database/migrate.js';
import { withDatabase } from './with-app.js';

/** Migrates the database. */
export async function run(args: string[]): Promise<void> {
  parseArgs({ args });
  const { settings } = readSettings(environment());
  await withDatabase(settings, print, async (url) => {
    const dataSource = await new DataSource(dataSourceOptions(url, settings)).initialize();
    try {
      await migrate(dataSource, print, settings.databaseDirectUrl);
    } finally {
      await dataSource.destroy();
    }
  });
  print('The database is up to date');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
