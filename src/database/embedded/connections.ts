import type pg from 'pg';

import { DatabaseClient } from '../database-client.js';
import { errorCode } from './embedded-database-error.js';
import { waitUntil } from './wait-until.js';

/** Address and password of a running server. */
export interface ServerAddress {
  readonly port: number;
  readonly password: string;
}

/** The only role of the cluster, a superuser. */
export const roleName = 'email_stage';

/** Application name of presence connections, which register a process as a client of the server. */
const presenceName = 'email-stage presence';

/** How long closed connections may still be listed, in milliseconds. */
const disconnectDelay = 2_000;

/**
 * Returns the `postgres://` URL of a database on the server. It requires SCRAM, so that the server proves that it knows
 * the password: another program may have taken the port.
 */
export function urlOf(address: ServerAddress, database: string): string {
  const server = `${roleName}:${address.password}@127.0.0.1:${address.port}`;
  return `postgres://${server}/${encodeURIComponent(database)}?sslmode=disable&require_auth=scram-sha-256`;
}

/**
 * Returns the status of a server: `ready` if it accepts the password, `denied` if it rejects the password, `waiting` if
 * it is starting, stopping, full or unreachable.
 */
export async function probe(address: ServerAddress): Promise<'ready' | 'denied' | 'waiting'> {
  const client = newClient(address);
  try {
    await client.connect();
    return 'ready';
  } catch (error) {
    // invalid_password, invalid_authorization_specification; any other error may be transient.
    return ['28P01', '28000'].includes(errorCode(error) ?? '') ? 'denied' : 'waiting';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Creates the database unless it exists. */
export async function createDatabase(client: pg.Client, name: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
  if (rowCount !== 0) return;
  try {
    await client.query(`create database ${client.escapeIdentifier(name)}`);
  } catch (error) {
    // duplicate_database, unique_violation: the backend of a killed process can complete its CREATE DATABASE meanwhile.
    if (!['42P04', '23505'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** A client whose connection can be unreferenced; `ref` and `unref` are missing in pg's types. */
export type Presence = pg.Client & { ref(): void; unref(): void };

/**
 * Opens the presence connection, which registers this process as a client of the server. It connects to the `postgres`
 * database, so that it does not block DROP DATABASE, and ignores connection errors.
 */
export async function openPresence(address: ServerAddress): Promise<Presence> {
  const client = newClient(address, presenceName) as Presence;
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/**
 * Returns the number of clients other than `presence`. Presence connections count immediately; other connections only
 * if they persist, because a closed connection stays listed until its backend notices.
 */
export async function countOtherClients(presence: Presence): Promise<number> {
  const count = async (): Promise<{ processes: number; clients: number }> => {
    const { rows } = await presence.query<{ processes: number; clients: number }>(
      `select count(*)::int as clients, count(*) filter (where application_name = $1)::int as processes
         from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
      [presenceName],
    );
    return rows[0] ?? { processes: 0, clients: 0 };
  };
  const settled = await waitUntil(disconnectDelay, async () => {
    const { processes, clients } = await count();
    return processes > 0 || clients === 0 ? clients : undefined;
  });
  return settled ?? (await count()).clients;
}

function newClient(address: ServerAddress, name?: string): pg.Client {
  return new DatabaseClient({
    connectionString: urlOf(address, 'postgres'),
    // Explicit, because PGAPPNAME would otherwise apply.
    application_name: name ?? 'email-stage probe',
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    keepAlive: true,
  });
}
