import { parseArgs } from 'node:util';

import { environment, readSettings } from '../config/read-settings.js';
import { dataSourceOptions } from '../data-source.js';
import { readHeader } from '../database/dump/read-dump.js';
import { replaceDatabase, replacedName } from '../database/dump/replace-database.js';
import { restoreDatabase } from '../database/dump/restore-database.js';
import { fileArgument, requireEmbedded } from './embedded-only.js';
import { withDatabase } from './with-app.js';

/** Replaces the embedded database by a dump. */
export async function run(args: string[]): Promise<void> {
  const file = fileArgument(parseArgs({ args, allowPositionals: true }).positionals);
  const { settings } = readSettings(environment());
  requireEmbedded(settings, 'pg_restore or psql');
  await readHeader(file);
  await withDatabase(settings, print, (url) =>
    replaceDatabase(url, (next) => restoreDatabase(next, file, dataSourceOptions, print)),
  );
  print(`Restored ${file}. The database of before is kept as ${replacedName} until the next restore.`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
