import 'reflect-metadata';

import { DataSource } from 'typeorm';

import { createLogger, type Logger } from '../../src/config/logger.js';
import { readSettings } from '../../src/config/read-settings.js';
import { type App, createApp } from '../../src/configure-app.js';
import { BootstrapService } from '../../src/core/bootstrap/bootstrap.service.js';
import { databaseOptions } from '../../src/database-options.js';
import { ApiClient } from './api-client.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

/** API token of the administrator in every test. */
export const adminKey = 'administrator-of-the-tests-0123456789';

export interface TestApp extends App {
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly dataSource: DataSource;
  /** API client with the administrator's token. */
  readonly api: ApiClient;
  /** Returns an API client with another token, or without one. */
  client(key: string | undefined): ApiClient;
  stop(): Promise<void>;
}

/**
 * Starts the whole service on a free port.
 *
 * @param environment settings by name
 * @param given database to use instead of a new one
 * @param logger by default, only fatal errors are logged
 */
export async function startTestApp(
  environment: Record<string, string> = {},
  given?: TestDatabase,
  logger?: Logger,
): Promise<TestApp> {
  const database = given ?? (await createTestDatabase());
  const { settings } = readSettings({
    LOG_LEVEL: 'fatal',
    PORT: '0',
    DATABASE_URL: database.url,
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
    BOOTSTRAP_TOKEN: adminKey,
    // All visitors of a test have the same address.
    MAIL_CLIENT_LIMIT: '1000000',
    SIGN_UP_CLIENT_LIMIT: '1000000',
    GUESS_CLIENT_LIMIT: '1000000',
    // Nobody answers there: only tests with a name server of their own look up names.
    DNS_SERVERS: '127.0.0.1:1',
    ...environment,
  });
  const options = databaseOptions(settings, database.url, settings.secretKey ?? '', () => undefined);
  const app = await createApp(settings, options, logger ?? createLogger(settings));
  await app.nest.get(BootstrapService).run();
  await app.nest.listen(0, '127.0.0.1');
  const url = await app.nest.getUrl();
  const client = (key: string | undefined): ApiClient => new ApiClient(url, key);
  return {
    ...app,
    url,
    dataSource: app.nest.get(DataSource),
    api: client(adminKey),
    client,
    stop: async () => {
      await app.nest.close();
      await database.drop();
    },
  };
}
