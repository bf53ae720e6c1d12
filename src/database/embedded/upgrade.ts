import { lstat, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { type Binaries, installedBinaries, usableBinaries } from './binaries.js';
import { installCluster } from './cluster.js';
import { countOtherClients, createDatabase, openPresence, type ServerAddress, urlOf } from './connections.js';
import { readState } from './database-state.js';
import { syncDirectory } from './durable-files.js';
import { EmbeddedDatabaseError } from './embedded-database-error.js';
import { withOldBinaries } from './old-binaries.js';
import { placeCluster, type Placement, prepareDataDirectory } from './placement.js';
import { findServer, startServer, stopServer } from './server.js';
import { withStartLock } from './start-lock.js';
import { waitUntil } from './wait-until.js';

/** What `upgradeCluster` needs. */
export interface UpgradeOptions {
  readonly dataDir: string;
  readonly database: string;
  readonly report: (line: string) => void;
  /** Copies the database at the first URL into the empty one at the second. */
  readonly copy: (from: string, to: string) => Promise<void>;
}

/**
 * Moves the database of a data directory to the installed major version of PostgreSQL. The old cluster is kept as
 * `<cluster>.old-<major>`. It can be killed at any step: until the new cluster is complete, the old one stays in its place,
 * and the next call starts over; then it completes the exchange.
 *
 * @returns the folder of the old cluster; undefined if there is nothing to upgrade
 */
export async function upgradeCluster(options: UpgradeOptions): Promise<string | undefined> {
  const { report } = options;
  const installed = await installedBinaries();
  const dataDir = await prepareDataDirectory(options.dataDir);
  const onWait = (pid: number): void => report(`Waiting for process ${pid}, which uses the database`);
  return withStartLock(dataDir, onWait, async () => {
    await completeExchange(dataDir, installed);
    const placement = await placeCluster(dataDir, report, report);
    const { cluster } = placement;
    const major = Number(await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => installed.major));
    if (major === installed.major) return undefined;
    if (major > installed.major) {
      throw new EmbeddedDatabaseError(
        `The database in ${cluster} was created by PostgreSQL ${major}, which is newer than this one, ${installed.major}.`,
      );
    }
    const kept = `${cluster}.old-${major}`;
    if (await exists(kept)) throw new EmbeddedDatabaseError(`${kept} exists already. Move it away or delete it.`);
    const binaries = await usableBinaries(installed, placement.user, dataDir, report);
    const next = { ...placement, cluster: `${cluster}.upgrading` };
    await remove(next, binaries);
    await rm(completed(cluster, installed), { recursive: true, force: true });
    await withOldBinaries(major, placement, report, (old) => copyCluster(placement, old, next, binaries, options));
    await rename(next.cluster, completed(cluster, installed));
    await syncDirectory(dirname(cluster));
    await rename(cluster, kept);
    await completeExchange(dataDir, installed);
    return kept;
  });
}

/** A complete new cluster, before it takes the place of the old one. */
function completed(cluster: string, { major }: Binaries): string {
  return `${cluster}.new-${major}`;
}

/** Puts a complete new cluster into the place of the old one, if that has been moved away. */
async function completeExchange(dataDir: string, installed: Binaries): Promise<void> {
  const state = await readState(dataDir);
  if (state === undefined) return;
  const cluster = resolve(dataDir, state.cluster);
  const next = completed(cluster, installed);
  if ((await exists(cluster)) || !(await exists(next))) return;
  await rename(next, cluster);
  await syncDirectory(dirname(cluster));
}

async function copyCluster(
  from: Placement,
  old: Binaries,
  to: Placement,
  binaries: Binaries,
  { database, report, copy }: UpgradeOptions,
): Promise<void> {
  report(`Starting PostgreSQL ${old.major} in ${from.cluster}`);
  const source = await running(from, old);
  await requireNoClients(source);
  report(`Installing PostgreSQL ${binaries.major} in ${to.cluster}`);
  await installCluster(to, binaries);
  const target = await running(to, binaries);
  const client = await openPresence(target);
  try {
    await createDatabase(client, database);
    await copy(urlOf(source, database), urlOf(target, database));
  } finally {
    await client.end();
    await stopServer(to.cluster, binaries);
    await stopServer(from.cluster, old);
  }
}

/** Returns the address of the cluster's server, which it starts unless an interrupted call has left it running. */
async function running(placement: Placement, binaries: Binaries): Promise<ServerAddress> {
  const { cluster, state } = placement;
  const address =
    (await findServer(cluster, state.password)) ?? (await waitUntil(120_000, () => startServer(placement, binaries)));
  if (address === undefined) throw new EmbeddedDatabaseError(`PostgreSQL does not start. See ${cluster}/server.log.`);
  return address;
}

async function requireNoClients(address: ServerAddress): Promise<void> {
  const presence = await openPresence(address);
  const others = await countOtherClients(presence).finally(() => presence.end());
  if (others > 0) throw new EmbeddedDatabaseError('The service is running. Stop it first. Nothing was changed.');
}

/** Removes what an interrupted call has left. */
async function remove({ cluster }: Placement, binaries: Binaries): Promise<void> {
  if (!(await exists(cluster))) return;
  await stopServer(cluster, binaries);
  await rm(cluster, { recursive: true, force: true, maxRetries: 10 });
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
