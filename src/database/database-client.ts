import { Client, type ClientConfig } from 'pg';

import { type DatabaseUrl, readDatabaseUrl, type ServerAddress } from '../config/database-url.js';
import { DatabaseConnection } from './database-connection.js';
import { closeWhenSilent } from './silent-connection.js';
import { traceStatement } from './statement-span.js';

/** What pg has and its types lack. */
interface Session {
  readonly processID: number;
  readonly secretKey: number;
}

interface DatabaseClientConfig extends ClientConfig {
  /** The one server to connect to, of those of the URL. */
  readonly only?: ServerAddress;
}

/**
 * The client of every connection to the database. It reads the URL with the meaning of libpq, which pg does not do, and
 * closes a connection that has fallen silent.
 */
export class DatabaseClient extends Client {
  /** @throws Error for a URL that cannot be used */
  constructor({ connectionString = '', only, ...config }: DatabaseClientConfig = {}) {
    const url = readUrl(connectionString, only);
    const { user, password, database, session, connectTimeout, requireChannelBinding } = url;
    const perServer = connectTimeout && { connectionTimeoutMillis: connectTimeout * 1000 * url.addresses.length };
    const given: ClientConfig = { ...config, ...perServer };
    const connection = new DatabaseConnection(url, given.connectionTimeoutMillis);
    super({
      ...given,
      ...session,
      ...url.addresses[0],
      user,
      password,
      database,
      // The connection sees to TLS.
      ssl: false,
      enableChannelBinding: requireChannelBinding,
      connection,
    } as ClientConfig);
    // While a new connection goes from the pool to its first user, nobody else listens, and the error would end the process.
    this.on('error', () => undefined);
    this.once('connect', () =>
      closeWhenSilent(
        this,
        (limits) => new DatabaseClient({ ...given, connectionString, only: connection.address, ...limits }),
      ),
    );
  }

  /** Asks the server to cancel the statement in progress, and waits until it has taken the request. */
  async cancelStatement(): Promise<void> {
    const { processID, secretKey } = this as unknown as Session;
    await (this.connection as DatabaseConnection).cancel(processID, secretKey);
  }
}

// Not a method of the class: its type would need every overload of pg.
Object.assign(DatabaseClient.prototype, {
  query(this: DatabaseClient, ...given: unknown[]): unknown {
    const { query } = Client.prototype as unknown as { query: (...given: unknown[]) => unknown };
    return traceStatement(given[0], () => Reflect.apply(query, this, given));
  },
});

function readUrl(text: string, only: ServerAddress | undefined): DatabaseUrl {
  try {
    const url = readDatabaseUrl(text);
    return only === undefined ? url : { ...url, addresses: [only], target: 'any' };
  } catch (error) {
    throw new Error(`The database URL ${(error as Error).message}`, { cause: error });
  }
}
