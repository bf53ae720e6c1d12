import type { DataSource } from 'typeorm';

import { SealBrokenError, type SecretBox } from './secret-box.js';
import { StartRefused } from './start-refused.js';

const place = 'secret_check.sealed';

/**
 * Refuses a SECRET_KEY other than the one of the first start, whose sealed value is in the database: stored passwords, API
 * keys and links could not be read.
 *
 * @throws StartRefused
 */
export async function checkSecretKey(dataSource: DataSource, secrets: SecretBox): Promise<void> {
  await dataSource.query('insert into "secret_check" (sealed) values ($1) on conflict do nothing', [
    secrets.seal('email-stage', place),
  ]);
  const [row] = await dataSource.query<{ sealed: string }[]>('select sealed from "secret_check"');
  try {
    secrets.open(row?.sealed ?? '', place);
  } catch (error) {
    if (!(error instanceof SealBrokenError)) throw error;
    throw new StartRefused('SECRET_KEY is not the key that this database was first started with. Set that key again.');
  }
}
