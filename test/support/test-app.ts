import 'reflect-metadata';

import { DataSource } from 'typeorm';

import { createLogger, type Logger } from '../../src/config/logger.js';
import { readSettings } from '../../src/config/read-settings.js';
import { type Settings } from '../../src/config/settings.js';
import { type App, createApp } from '../../src/configure-app.js';
import { BootstrapService } from '../../src/core/bootstrap/bootstrap.service.js';
import { dataSourceOptions } from '../../src/data-source.js';
import { ApiClient } from './api-client.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

/** The administrator's key in every test. */
export const adminKey = 'administrator-of-the-tests-0123456789';

export interface TestApp extends App {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  readonly dataSource: DataSource;
  /** A client of the administrator. */
  readonly api: ApiClient;
  /** A client with another key, or with none. */
  client(key: string | undefined): ApiClient;
  stop(): Promise<void>;
}

/**
 * The whole service, listening on a free port.
 *
 * @param environment settings by name
 * @param given a database; else it gets one of its own
 * @param logger where it logs to; else nothing is logged but what ends the process
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
    // Every visitor of the tests comes from one address.
    MAIL_CLIENT_LIMIT: '1000000',
    SIGN_UP_CLIENT_LIMIT: '1000000',
    GUESS_CLIENT_LIMIT: '1000000',
    ...environment,
  });
  const app = await createTestApp(settings, database.url, logger ?? createLogger(settings));
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

function createTestApp(settings: Settings, url: string, logger: Logger): Promise<App> {
  const options = {
    dataSource: dataSourceOptions(url, settings),
    secretKey: settings.secretKey ?? '',
    connect: true,
    report: () => undefined,
  };
  return createApp(settings, options, logger);
}
