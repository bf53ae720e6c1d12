import { createLogger } from '../config/logger.js';
import type { Settings } from '../config/settings.js';
import { type App, createApp } from '../configure-app.js';
import { startEmbeddedDatabase } from '../database/embedded-database.js';
import { keptSecretKey } from '../database/secret-key.js';
import { databaseOptions } from '../database-options.js';

/**
 * Calls `work` with the URL of the database. Without DATABASE_URL, the embedded server runs meanwhile.
 *
 * @param report receives progress, one line at a time
 */
export async function withDatabase<T>(
  { databaseUrl, dataDir }: Settings,
  report: (line: string) => void,
  work: (url: string) => Promise<T>,
): Promise<T> {
  if (databaseUrl !== undefined) return work(databaseUrl);
  const embedded = await startEmbeddedDatabase({ dataDir, report });
  try {
    return await work(embedded.url);
  } finally {
    await embedded.stop();
  }
}

/**
 * Calls `work` with the application, which does not listen.
 *
 * @param report receives progress, one line at a time
 */
export async function withApp<T>(
  settings: Settings,
  report: (line: string) => void,
  work: (app: App) => Promise<T>,
): Promise<T> {
  return withDatabase(settings, report, async (url) => {
    const secretKey = settings.secretKey ?? (await keptSecretKey(settings.dataDir));
    // A command may take longer than a request.
    const options = databaseOptions({ ...settings, statementTimeout: 0 }, url, secretKey, report);
    const app = await createApp(settings, options, createLogger(settings));
    try {
      return await work(app);
    } finally {
      await app.nest.close();
    }
  });
}
