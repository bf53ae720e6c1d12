import { Client, type ClientConfig } from 'pg';

import { readDatabaseUrl, type DatabaseUrl } from '../config/database-url.js';
import { DatabaseConnection } from './database-connection.js';
import { closeWhenSilent } from './silent-connection.js';

/** What pg has and its types lack. */
interface Session {
  readonly processID: number;
  readonly secretKey: number;
}

/**
 * The client of every connection to the database. It reads the URL with the meaning of libpq, which pg does not do, and
 * closes a connection that has fallen silent.
 */
export class DatabaseClient extends Client {
  /** @throws Error for a URL that cannot be used */
  constructor({ connectionString = '', ...config }: ClientConfig = {}) {
    const url = readUrl(connectionString);
    const { user, password, database, session, connectTimeout, requireChannelBinding } = url;
    const given: ClientConfig = {
      ...config,
      ...(connectTimeout && { connectionTimeoutMillis: connectTimeout * 1000 }),
    };
    super({
      ...given,
      ...session,
      ...url.address,
      user,
      password,
      database,
      // The connection sees to TLS.
      ssl: false,
      enableChannelBinding: requireChannelBinding,
      connection: new DatabaseConnection(url),
    } as ClientConfig);
    this.once('connect', () =>
      closeWhenSilent(this, (limits) => new DatabaseClient({ ...given, connectionString, ...limits })),
    );
  }

  /** Asks the server to cancel the statement in progress, and waits until it has taken the request. */
  async cancelStatement(): Promise<void> {
    const { processID, secretKey } = this as unknown as Session;
    await (this.connection as DatabaseConnection).cancel(processID, secretKey);
  }
}

function readUrl(text: string): DatabaseUrl {
  try {
    return readDatabaseUrl(text);
  } catch (error) {
    throw new Error(`The database URL ${(error as Error).message}`, { cause: error });
  }
}
