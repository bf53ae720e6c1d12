import type { Settings } from './config/settings.js';
import { dataSourceOptions } from './data-source.js';
import type { DatabaseModuleOptions } from './database/database.module.js';

/**
 * Returns how the application uses its database, for the service, its commands and the tests.
 *
 * @param url of the database: DATABASE_URL, or the embedded server
 * @param secretKey SECRET_KEY, or the generated one
 * @param report called before work that takes time
 */
export function databaseOptions(
  settings: Settings,
  url: string,
  secretKey: string,
  report: (line: string) => void,
): DatabaseModuleOptions {
  return {
    dataSource: dataSourceOptions(url, settings),
    directUrl: settings.databaseDirectUrl ?? url,
    secretKey,
    previousSecretKey: settings.secretKeyPrevious,
    connect: true,
    migrateAtStart: settings.migrateAtStart,
    report,
  };
}
