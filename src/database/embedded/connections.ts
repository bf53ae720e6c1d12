import type pg from 'pg';

import { DatabaseClient, requireScram } from '../database-client.js';
import { errorCode } from './embedded-database-error.js';
import { waitUntil } from './wait-until.js';

/** How to reach a running server. */
export interface ServerAddress {
  readonly port: number;
  readonly password: string;
}

/** The one role of the cluster, a superuser. */
export const roleName = 'email_stage';

/** Application name of the connection that marks a process as a user of the server. */
const presenceName = 'email-stage presence';

/** How long the connections of a pool that has just been ended may still be listed, in milliseconds. */
const lingering = 2_000;

/**
 * `postgres://` URL of a database on the server. Clients ask the server for a proof that it knows the password: another
 * program may have taken the port.
 */
export function urlOf(address: ServerAddress, database: string): string {
  const server = `${roleName}:${address.password}@127.0.0.1:${address.port}`;
  return `postgres://${server}/${encodeURIComponent(database)}?${requireScram}`;
}

/**
 * What answers at this address: `ready` is our server, which accepts the password; `denied` a server that does not
 * know it; `waiting` is a server that starts, stops or is full, or nothing at all.
 */
export async function probe(address: ServerAddress): Promise<'ready' | 'denied' | 'waiting'> {
  const client = newClient(address);
  try {
    await client.connect();
    return 'ready';
  } catch (error) {
    // invalid_password, invalid_authorization_specification; anything else may pass.
    return ['28P01', '28000'].includes(errorCode(error) ?? '') ? 'denied' : 'waiting';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Creates the database unless it is there. */
export async function createDatabase(client: pg.Client, name: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
  if (rowCount !== 0) return;
  try {
    await client.query(`create database ${client.escapeIdentifier(name)}`);
  } catch (error) {
    // duplicate_database, unique_violation: a process that was killed while it created the database has, in a way,
    // done so: its backend went on to the end.
    if (!['42P04', '23505'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** A client whose connection can be kept from keeping the process alive; missing in the types of pg. */
export type Presence = pg.Client & { ref(): void; unref(): void };

/**
 * Opens the connection that shows other processes that this one uses the server. It holds no database that anyone may
 * want to drop, and when it breaks nothing happens.
 */
export async function joinServer(address: ServerAddress): Promise<Presence> {
  const client = newClient(address, presenceName) as Presence;
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/**
 * How many clients use the server apart from `presence`. Other processes of ours count at once, any other connection
 * only if it stays: a connection that was closed just now is listed until its backend has noticed.
 */
export async function countOthers(presence: Presence): Promise<number> {
  const count = async (): Promise<{ processes: number; clients: number }> => {
    const { rows } = await presence.query<{ processes: number; clients: number }>(
      `select count(*)::int as clients, count(*) filter (where application_name = $1)::int as processes
         from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
      [presenceName],
    );
    return rows[0] ?? { processes: 0, clients: 0 };
  };
  const settled = await waitUntil(lingering, async () => {
    const { processes, clients } = await count();
    return processes > 0 || clients === 0 ? clients : undefined;
  });
  return settled ?? (await count()).clients;
}

function newClient(address: ServerAddress, name?: string): pg.Client {
  return new DatabaseClient({
    connectionString: urlOf(address, 'postgres'),
    // Stated because the environment (PGSSLMODE, PGAPPNAME) would fill the gap.
    ssl: false,
    application_name: name ?? 'email-stage probe',
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    keepAlive: true,
  });
}
