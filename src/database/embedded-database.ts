import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { Binaries } from './embedded/binaries.js';
import { installedBinaries, usableBinaries } from './embedded/binaries.js';
import { hasCluster, installCluster } from './embedded/cluster.js';
import type { Presence, ServerAddress } from './embedded/connections.js';
import { countOtherClients, createDatabase, openPresence, probe, urlOf } from './embedded/connections.js';
import { readState, writeState } from './embedded/database-state.js';
import { errorCode, EmbeddedDatabaseError, messageOf } from './embedded/embedded-database-error.js';
import type { Placement } from './embedded/placement.js';
import { placeCluster, prepareDataDirectory } from './embedded/placement.js';
import { findPostmaster } from './embedded/postmaster.js';
import { accountName, changeOwner } from './embedded/server-account.js';
import { findServer, startServer, stopServer } from './embedded/server.js';
import { withStartLock } from './embedded/start-lock.js';
import { waitUntil } from './embedded/wait-until.js';

/** A running embedded PostgreSQL server. */
export interface EmbeddedDatabase {
  /** `postgres://` URL of the database, with the password. The port changes with each start of the server. */
  readonly url: string;
  /** Folder of the cluster, which also contains the server's log, `server.log`. */
  readonly directory: string;
  /** Whether the server was already running: left by a killed process, or shared with another one. */
  readonly adopted: boolean;
  /**
   * Shuts the server down and waits until it has stopped, unless it has other clients. Close this process's connections
   * first: they count as other clients. Idempotent; throws an `EmbeddedDatabaseError` if the server does not stop.
   */
  stop(): Promise<void>;
}

/** Options of `startEmbeddedDatabase`. */
export interface EmbeddedDatabaseOptions {
  /** Folder of the database's state and, where possible, its files; created if missing. */
  readonly dataDir: string;
  /** Receives progress, one line at a time. */
  readonly report: (line: string) => void;
  /** Receives warnings that an operator should act on; `report` by default. */
  readonly warn?: (line: string) => void;
  /** Name of the database, created if missing; `email_stage` by default. */
  readonly database?: string;
}

/** Name of the database of the embedded server. */
export const defaultDatabase = 'email_stage';

/**
 * Starts the PostgreSQL server of a data directory, or adopts the running one; the first start creates the cluster.
 * Callers with the same data directory share one server, also across processes. A process may be killed at any moment:
 * the server keeps running, and the next start continues from the state left behind.
 *
 * PostgreSQL refuses to run as root: then it runs as the account `email-stage`, or as `nobody`, with a warning, if that
 * account cannot be created. If other users cannot reach the data directory or the programs, they are kept in
 * `/var/lib/email-stage`, which is reported.
 *
 * Throws an `EmbeddedDatabaseError`, whose message says what to do, if the server cannot be started.
 */
export async function startEmbeddedDatabase(options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  const { report, warn = report, database = defaultDatabase } = options;
  const installed = await installedBinaries();
  const dataDir = await prepareDataDirectory(options.dataDir);
  const onWait = (pid: number): void =>
    report(`Waiting for process ${pid}, which is starting or stopping the database`);
  return withStartLock(dataDir, onWait, async () => {
    const placement = await placeCluster(dataDir, report, warn);
    const { address, adopted } = await ensureRunning(placement, installed, report);
    const presence = await enter(placement, address, database).catch(async (error: unknown) => {
      if (!adopted) await stopServer(placement.cluster, installed);
      throw error;
    });
    const leaveOnce = (): Promise<void> => leave(placement, presence, installed, report);
    let stopping: Promise<void> | undefined;
    const stop = (): Promise<void> =>
      (stopping ??= withStartLock(dataDir, onWait, leaveOnce).catch((error: unknown) => {
        stopping = undefined;
        throw error;
      }));
    return { url: urlOf(address, database), directory: placement.cluster, adopted, stop };
  });
}

/**
 * Returns the URL of the server that is running for `dataDir`; undefined if none is. Waits a few seconds for a server
 * that is starting. Starts and changes nothing.
 */
export async function findEmbeddedDatabase(dataDir: string, database = defaultDatabase): Promise<string | undefined> {
  const directory = await realpath(resolve(dataDir)).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  const state = directory === undefined ? undefined : await readState(directory);
  if (directory === undefined || state === undefined) return undefined;
  const found = await waitUntil(5_000, async () => {
    const running = await findPostmaster(resolve(directory, state.cluster));
    if (running === undefined) return { url: undefined };
    if (running.port === undefined || !running.ready) return undefined;
    const address = { port: running.port, password: state.password };
    return (await probe(address)) === 'ready' ? { url: urlOf(address, database) } : undefined;
  });
  return found?.url;
}

async function ensureRunning(
  placement: Placement,
  installed: Binaries,
  report: (line: string) => void,
): Promise<{ address: ServerAddress; adopted: boolean }> {
  const { cluster, state, dataDir, user } = placement;
  const running = (await hasCluster(cluster, installed)) ? await findServer(cluster, state.password) : undefined;
  if (running !== undefined) return adopt(running);

  const binaries = await usableBinaries(installed, user, dataDir, report);
  if (!(await hasCluster(cluster, installed))) {
    report(`Installing PostgreSQL ${installed.major} in ${cluster} (only at the first start)`);
    await installCluster(placement, binaries);
  } else if (user !== undefined && (await stat(cluster)).uid !== user.uid) {
    report(`Changing the owner of the database in ${cluster} to the account ${accountName}`);
    await changeOwner(cluster, user);
  }
  if (!state.installed) await writeState(dataDir, { ...state, installed: true });

  report(`Starting PostgreSQL ${installed.major} in ${cluster}`);
  // Retries transient failures: the port was taken meanwhile, or backends of a killed server are still running.
  const result = await waitUntil(120_000, async () => {
    const address = await startServer(placement, binaries);
    if (address !== undefined) return { address, adopted: false };
    const other = await findServer(cluster, state.password);
    return other && adopt(other);
  });
  if (result !== undefined) return result;
  throw new EmbeddedDatabaseError(`PostgreSQL does not start. See ${cluster}/server.log.`);

  function adopt(address: ServerAddress): { address: ServerAddress; adopted: boolean } {
    report(`Using the PostgreSQL server that is already running in ${cluster}`);
    return { address, adopted: true };
  }
}

/**
 * Registers this process as a client of the server and creates its database. Requires the start lock, under which other
 * processes count clients before they stop the server.
 */
async function enter({ cluster }: Placement, address: ServerAddress, database: string): Promise<Presence> {
  const presence = await openPresence(address);
  try {
    await createDatabase(presence, database);
  } catch (error) {
    await presence.end();
    throw new EmbeddedDatabaseError(`Cannot create database ${database} in ${cluster}: ${messageOf(error)}`);
  }
  // The presence connection must not keep the process alive.
  presence.unref();
  return presence;
}

/** Stops the server unless it has other clients. Requires the start lock. */
async function leave(
  { cluster, state }: Placement,
  presence: Presence,
  binaries: Binaries,
  report: (line: string) => void,
): Promise<void> {
  presence.ref();
  let others: number;
  try {
    others = await countOtherClients(presence);
  } catch {
    // The connection is broken: the server may have crashed, and another process may have restarted it.
    const address = await findServer(cluster, state.password);
    if (address === undefined) return;
    presence = await openPresence(address);
    others = await countOtherClients(presence);
  }
  await presence.end().catch(() => undefined);
  if (others === 0) await stopServer(cluster, binaries);
  else report(`Leaving PostgreSQL in ${cluster} running: it has ${others} other client${others === 1 ? '' : 's'}`);
}
