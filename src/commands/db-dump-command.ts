import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { environment, readSettings } from '../config/read-settings.js';
import { writeDump } from '../database/dump/write-dump.js';
import { CommandError } from './command-error.js';
import { fileArgument, requireEmbedded } from './embedded-only.js';
import { withDatabase } from './with-app.js';

/** Writes the rows of the embedded database to a file. */
export async function run(args: string[]): Promise<void> {
  const file = fileArgument(parseArgs({ args, allowPositionals: true }).positionals);
  const { settings } = readSettings(environment());
  requireEmbedded(settings, 'pg_dump');
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) throw new CommandError(`${file} exists already.`);
  await withDatabase(settings, print, (url) => writeDump(url, file));
  const key = settings.secretKey === undefined ? join(settings.dataDir, 'secret.key') : 'SECRET_KEY';
  print(`The rows are in ${file}. Back up ${key} too: stored secrets cannot be read without it.`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
