import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { execute } from '../support/database-server.js';
import { startTestApp } from '../support/test-app.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Starts the service on the database, and stops it. */
async function start(environment: Record<string, string> = {}): Promise<void> {
  const app = await startTestApp(environment, { ...database, drop: () => Promise.resolve() });
  await app.stop();
}

describe('The start', () => {
  it('is refused with a SECRET_KEY other than that of the first start, at once', async () => {
    await start();
    const other = start({ SECRET_KEY: 'another-secret-key-of-the-tests-0123' });
    await expect(other).rejects.toThrow(
      'SECRET_KEY is not the key that this database was first started with. Set that key again, as SECRET_KEY or, to ' +
        'rotate it, as SECRET_KEY_PREVIOUS.',
    );
    await start();
  });

  it('is refused on a database migrated by a newer version, at once', async () => {
    const name = 'Future9999999999999';
    await execute(database.url, `insert into "migration" ("timestamp", name) values (9999999999999, '${name}')`);
    await expect(start()).rejects.toThrow(
      `The database was migrated by a newer version (${name}). Start that version again.`,
    );
    await execute(database.url, `delete from "migration" where name = '${name}'`);
    await start();
  });

  it('is refused with MIGRATE_AT_START=false if the job queue is not migrated, at once', async () => {
    await execute(database.url, 'delete from graphile_worker.migrations where id = 19');
    await expect(start({ MIGRATE_AT_START: 'false' })).rejects.toThrow(
      'The job queue is not migrated (version 18 instead of 19) and MIGRATE_AT_START is false. Run `email-stage migrate`',
    );
    await execute(database.url, 'insert into graphile_worker.migrations (id, breaking) values (19, false)');
    await start({ MIGRATE_AT_START: 'false' });
  });
});
