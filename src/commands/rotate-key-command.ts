import { parseArgs } from 'node:util';

import { DataSource } from 'typeorm';

import { environment, readSettings } from '../config/read-settings.js';
import { resealColumn } from '../database/reseal.js';
import { SecretBox } from '../database/secret-box.js';
import { CommandError } from './command-error.js';
import { sealedColumns } from './sealed-columns.js';
import { withApp } from './with-app.js';

/** Seals all stored secrets with SECRET_KEY. */
export async function run(args: string[]): Promise<void> {
  parseArgs({ args });
  const { settings: configured } = readSettings(environment());
  if (configured.secretKeyPrevious === undefined) {
    throw new CommandError('Set SECRET_KEY to the new key, and SECRET_KEY_PREVIOUS to the key of now.');
  }
  // It runs no jobs. The log would clutter the output.
  const settings = { ...configured, role: 'api', logLevel: 'fatal' } as const;
  await withApp(settings, print, ({ nest }) => rotate(nest.get(DataSource), nest.get(SecretBox)));
}

async function rotate(dataSource: DataSource, secrets: SecretBox): Promise<void> {
  for (const column of sealedColumns) {
    const name = `${column.table}.${column.column}`;
    const { rows, broken } = await resealColumn(dataSource, secrets, column, (soFar) => {
      print(`${name}: ${soFar.resealed} of ${soFar.rows} rows sealed again`);
    });
    if (rows === 0) print(`${name}: no rows`);
    if (broken > 0) print(`${name}: ${broken} rows cannot be read with either key`);
  }
  const until = await neededUntil(dataSource);
  if (until === undefined) {
    print('Done. Remove SECRET_KEY_PREVIOUS from the settings of every node.');
    return;
  }
  print(
    `Done. Keep SECRET_KEY_PREVIOUS until ${until.toISOString()}, when the links and codes of today have expired. Then ` +
      'remove it from the settings of every node.',
  );
}

/** Returns when the last valid link expires, with its code and its mail if that is still queued; undefined if there is none. */
async function neededUntil(dataSource: DataSource): Promise<Date | undefined> {
  const [row] = await dataSource.query<{ until: Date | null }[]>(
    `select max(expires) as until from (
       select expires from "flow_token" union all select expires from "verification" where status = 'pending'
     ) links where expires > now()`,
  );
  return row?.until ?? undefined;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
