import type { DataSource } from 'typeorm';

import { SealBrokenError, type SecretBox } from './secret-box.js';
import { StartRefused } from './start-refused.js';

/** Place of the sealed check value. */
export const checkPlace = 'secret_check.sealed';

/** Place of the sealed key of lasting identifiers. */
export const lastingKeyPlace = 'secret_check.lasting_key';

interface SecretCheck {
  readonly sealed: string;
  readonly lasting_key: string | null;
}

/**
 * Refuses a SECRET_KEY other than the one of the first start, whose sealed value is in the database: stored passwords, API
 * keys and links could not be read. Loads the key of lasting identifiers, which the first start derives and stores.
 *
 * @throws StartRefused
 */
export async function checkSecretKey(dataSource: DataSource, secrets: SecretBox): Promise<void> {
  await dataSource.query('insert into "secret_check" (sealed) values ($1) on conflict do nothing', [
    secrets.seal('email-stage', checkPlace),
  ]);
  try {
    const { sealed, lasting_key: known } = await read(dataSource);
    secrets.open(sealed, checkPlace);
    if (known === null) {
      const key = secrets.seal(secrets.lastingKeyFor(sealed, checkPlace), lastingKeyPlace);
      // Another process may have been faster.
      await dataSource.query('update "secret_check" set lasting_key = $1 where lasting_key is null', [key]);
    }
    const { lasting_key: stored } = await read(dataSource);
    secrets.useLastingKey(secrets.open(stored ?? '', lastingKeyPlace));
  } catch (error) {
    if (!(error instanceof SealBrokenError)) throw error;
    throw new StartRefused(
      'SECRET_KEY is not the key that this database was first started with. Set that key again, as SECRET_KEY or, to ' +
        'rotate it, as SECRET_KEY_PREVIOUS.',
    );
  }
}

async function read(dataSource: DataSource): Promise<SecretCheck> {
  const [row] = await dataSource.query<SecretCheck[]>('select sealed, lasting_key from "secret_check"');
  if (row === undefined) throw new Error('the table secret_check is empty');
  return row;
}
