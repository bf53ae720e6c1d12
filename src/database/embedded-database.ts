import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { Binaries } from './embedded/binaries.js';
import { installedBinaries, usableBinaries } from './embedded/binaries.js';
import { hasCluster, installCluster } from './embedded/cluster.js';
import type { Presence, ServerAddress } from './embedded/connections.js';
import { countOthers, createDatabase, joinServer, probe, urlOf } from './embedded/connections.js';
import { readState, writeState } from './embedded/database-state.js';
import { errorCode, EmbeddedDatabaseError, messageOf } from './embedded/embedded-database-error.js';
import type { Placement } from './embedded/placement.js';
import { placeCluster, prepareDataDirectory } from './embedded/placement.js';
import { findPostmaster } from './embedded/postmaster.js';
import { accountName, handOver } from './embedded/server-account.js';
import { findServer, startServer, stopServer } from './embedded/server.js';
import { withStartLock } from './embedded/start-lock.js';
import { waitUntil } from './embedded/wait-until.js';

/** A PostgreSQL server of our own, running. */
export interface EmbeddedDatabase {
  /** `postgres://` URL of the database, with the password. The port is another one after each start of the server. */
  readonly url: string;
  /** Folder of the cluster; the server's log, `server.log`, is in it. */
  readonly directory: string;
  /** The server was already running: left over from a process that was killed, or shared with one that runs. */
  readonly adopted: boolean;
  /**
   * Shuts the server down and waits until it is gone, unless other clients use it: then it goes on. Close connections
   * of this process first: they are other clients, too. May be called again; throws an `EmbeddedDatabaseError` when
   * the server does not stop.
   */
  stop(): Promise<void>;
}

/** What `startEmbeddedDatabase` needs to know. */
export interface EmbeddedDatabaseOptions {
  /** Folder that remembers the database and mostly holds it; created where it is missing. */
  readonly dataDir: string;
  /** Receives progress, one line at a time. */
  readonly report: (line: string) => void;
  /** Gets a line for what an operator should change; `report` by default. */
  readonly warn?: (line: string) => void;
  /** Name of the database, created where it is missing; `email_stage` by default. */
  readonly database?: string;
}

const defaultDatabase = 'email_stage';

/**
 * Brings up the PostgreSQL server of a data directory: makes it at the first start, uses the one that is running
 * already, starts it otherwise. Callers with the same data directory, in whatever process, share one server.
 * A process that is killed, at any moment, leaves something that the next start goes on from, and the server running.
 *
 * As root the server runs as an account of its own, `email-stage`; where that cannot be made, as `nobody`, with a
 * warning. Where other users cannot reach the data directory or the programs, these live below `/var/lib/email-stage`,
 * and `report` gets a line.
 *
 * Throws an `EmbeddedDatabaseError`, whose message says what to do, when there can be no server.
 */
export async function startEmbeddedDatabase(options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  const { report, warn = report, database = defaultDatabase } = options;
  const installed = await installedBinaries();
  const dataDir = await prepareDataDirectory(options.dataDir);
  const onWait = (pid: number): void =>
    report(`Waiting for process ${pid}, which is starting or stopping the database`);
  return withStartLock(dataDir, onWait, async () => {
    const placement = await placeCluster(dataDir, report, warn);
    const { address, adopted } = await bringUp(placement, installed, report);
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
 * URL of the server that is running for `dataDir` right now, waiting a few seconds for one that is just starting;
 * undefined when none runs. Starts and changes nothing.
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

async function bringUp(
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
    report(`Handing the database in ${cluster} over to the account ${accountName}`);
    await handOver(cluster, user);
  }
  if (!state.installed) await writeState(dataDir, { ...state, installed: true });

  report(`Starting PostgreSQL ${installed.major} in ${cluster}`);
  // Again when the reason passes: the port was taken meanwhile, or backends of a killed server have not ended yet.
  const result = await waitUntil(120_000, async () => {
    const address = await startServer(placement, binaries);
    if (address !== undefined) return { address, adopted: false };
    const other = await findServer(cluster, state.password);
    return other && adopt(other);
  });
  if (result !== undefined) return result;
  throw new EmbeddedDatabaseError(`PostgreSQL does not start: see ${cluster}/server.log.`);

  function adopt(address: ServerAddress): { address: ServerAddress; adopted: boolean } {
    report(`Using the PostgreSQL server that is already running in ${cluster}`);
    return { address, adopted: true };
  }
}

/**
 * Marks this process as a user of the server, and creates its database. Needs the start lock: a process that stops the
 * server asks under that lock who uses it.
 */
async function enter({ cluster }: Placement, address: ServerAddress, database: string): Promise<Presence> {
  const presence = await joinServer(address);
  try {
    await createDatabase(presence, database);
  } catch (error) {
    await presence.end();
    throw new EmbeddedDatabaseError(`Cannot create database ${database} in ${cluster}: ${messageOf(error)}`);
  }
  // From here on it must not keep a process alive that has nothing else to do.
  presence.unref();
  return presence;
}

/** Stops the server unless others use it. Needs the start lock. */
async function leave(
  { cluster, state }: Placement,
  presence: Presence,
  binaries: Binaries,
  report: (line: string) => void,
): Promise<void> {
  presence.ref();
  let others: number;
  try {
    others = await countOthers(presence);
  } catch {
    // The connection is broken; the server may have crashed, and even been started again by another process.
    const address = await findServer(cluster, state.password);
    if (address === undefined) return;
    presence = await joinServer(address);
    others = await countOthers(presence);
  }
  await presence.end().catch(() => undefined);
  if (others === 0) await stopServer(cluster, binaries);
  else report(`Leaving PostgreSQL in ${cluster} running: it has ${others} other client${others === 1 ? '' : 's'}`);
}
