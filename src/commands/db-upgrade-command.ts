import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { environment, readSettings } from '../config/read-settings.js';
import { dataSourceOptions } from '../data-source.js';
import { restoreDatabase } from '../database/dump/restore-database.js';
import { writeDump } from '../database/dump/write-dump.js';
import { upgradeCluster } from '../database/embedded/upgrade.js';
import { defaultDatabase } from '../database/embedded-database.js';
import { requireEmbedded } from './embedded-only.js';

/** Moves the embedded database to the installed major version of PostgreSQL. */
export async function run(args: string[]): Promise<void> {
  parseArgs({ args });
  const { settings } = readSettings(environment());
  requireEmbedded(settings, 'pg_upgrade');
  const file = join(settings.dataDir, 'upgrade.dump');
  const copy = async (from: string, to: string): Promise<void> => {
    // One of an interrupted call.
    await rm(file, { force: true });
    print('Copying the rows');
    await writeDump(from, file);
    await restoreDatabase(to, file, dataSourceOptions, print);
    await rm(file);
  };
  const kept = await upgradeCluster({ dataDir: settings.dataDir, database: defaultDatabase, report: print, copy });
  if (kept === undefined) print('There is nothing to upgrade');
  else print(`Upgraded. The old database is kept in ${kept}: delete it when the service works.`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
