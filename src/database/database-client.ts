import { Client, type ClientConfig, type Connection } from 'pg';

import { closeWhenSilent } from './silent-connection.js';

/** The one value of `require_auth` that is known here. */
const scram = 'scram-sha-256';

/** Query of the URL of a server that has to prove that it knows the password; libpq 16 and later know it too. */
export const requireScram = `require_auth=${scram}`;

/** Messages of a SCRAM exchange, and what may come in between. */
const exchange = ['authenticationSASL', 'authenticationSASLContinue', 'authenticationSASLFinal', 'error', 'notice'];

/**
 * A client that obeys `require_auth=scram-sha-256` in its URL, which pg ignores: the server must prove by SCRAM-SHA-256
 * that it knows the password before anything else happens. A program that has taken the port of the server gets neither
 * the password nor a statement (RFC 5802, 9). It also closes a connection that has fallen silent.
 */
export class DatabaseClient extends Client {
  constructor(options: string | ClientConfig = {}) {
    const given = typeof options === 'string' ? { connectionString: options } : options;
    const config = { keepAlive: true, keepAliveInitialDelayMillis: 10_000, ...given };
    super(config);
    const { connectionString } = config;
    if (connectionString !== undefined && requiresScram(connectionString)) enforceScram(this.connection);
    this.once('connect', () => closeWhenSilent(this, (limits) => new DatabaseClient({ ...config, ...limits })));
  }
}

/** @throws Error for another value of `require_auth`, which would have no effect */
function requiresScram(url: string): boolean {
  const value = /[?&]require_auth=([^&#]*)/.exec(url)?.[1];
  if (value === undefined || value === scram) return value !== undefined;
  throw new Error(`require_auth=${value} of the database URL is not supported: only ${scram} is.`);
}

/** Watches the messages before pg acts on them, until the server has proved itself. */
function enforceScram(connection: Connection): void {
  let isFinal = false;
  let hasFailed = false;
  connection.once('error', () => (hasFailed = true));
  const watch = ({ name }: { name: string }): void => {
    if (name === 'authenticationSASLFinal') isFinal = true;
    if (exchange.includes(name)) return;
    // pg has verified the signature of the final message, or has emitted an error.
    if (name === 'authenticationOk' && isFinal && !hasFailed) {
      connection.off('message', watch);
      return;
    }
    connection.removeAllListeners(name);
    connection.stream.destroy();
    connection.emit('error', new Error(`The database server did not authenticate by ${scram} (${name}).`));
  };
  connection.on('message', watch);
}
