import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';

import type { DatabaseState } from './database-state.js';
import { newState, readState, writeState } from './database-state.js';
import { createDirectory } from './durable-files.js';
import { errorCode, EmbeddedDatabaseError, messageOf, useOwnServer } from './embedded-database-error.js';
import { accountName, nobody, serverAccount, type ServerUser } from './server-account.js';

/** Location of the cluster, with its server's user and state. */
export interface Placement {
  readonly dataDir: string;
  readonly cluster: string;
  /** User of the server; undefined for the user of this process. */
  readonly user: ServerUser | undefined;
  readonly state: DatabaseState;
}

/** Folder for clusters and programs that the server's user cannot reach in a private checkout. */
export const sharedDirectory = '/var/lib/email-stage';

/** Whether this process runs as root, so that the server needs another user. */
function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Creates the data directory if missing and returns its real path. It is private to its owner, except as root, where
 * the server's user must be able to traverse it (mode 755; secrets in it have mode 600).
 */
export async function prepareDataDirectory(dataDir: string): Promise<string> {
  const directory = resolve(dataDir);
  try {
    const open = runsAsRoot() && (await canEnter(nobody, await nearestExisting(directory)));
    await createDirectory(directory, open ? 0o755 : 0o700);
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return await realpath(directory);
  } catch (error) {
    throw new EmbeddedDatabaseError(
      `DATA_DIR ${directory} cannot be used: ${messageOf(error)}. Set DATA_DIR to another folder, or DATABASE_URL.`,
    );
  }
}

/**
 * Returns the location of the data directory's cluster; chooses and stores it on the first start. Requires the start
 * lock. Throws an `EmbeddedDatabaseError` if the server cannot reach any location, or if the cluster was lost.
 */
export async function placeCluster(
  dataDir: string,
  report: (line: string) => void,
  warn: (line: string) => void,
): Promise<Placement> {
  const stored = await readState(dataDir);
  const state = stored ?? newState(await chooseCluster(dataDir));
  const cluster = resolve(dataDir, state.cluster);
  const owner = await ownerOf(cluster);
  if (stored === undefined) {
    if (owner !== undefined) {
      throw new EmbeddedDatabaseError(
        `${cluster} exists, but ${join(dataDir, 'database.json')}, which holds its password, does not. ` +
          'Restore that file, or move the folder away to start with an empty database.',
      );
    }
    await writeState(dataDir, state);
  } else if (state.installed && owner === undefined) {
    const upgraded = (await readdir(dirname(cluster))).find((name) => name.startsWith(`${basename(cluster)}.new-`));
    if (upgraded !== undefined) {
      throw new EmbeddedDatabaseError(
        'An upgrade of the database was interrupted. Run `email-stage db:upgrade` (in a checkout: npm run db:upgrade) again.',
      );
    }
    // Creating an empty database instead would hide the loss.
    throw new EmbeddedDatabaseError(
      `The database in ${cluster} is gone. Restore that folder, or remove ${join(dataDir, 'database.json')} ` +
        'to start with an empty database.',
    );
  }
  if (relative(dataDir, cluster).startsWith('..')) {
    report(
      `Keeping the database in ${cluster}: the server cannot run as root, and other users cannot reach ${dataDir}`,
    );
  }
  return { dataDir, cluster, state, user: await serverUser(cluster, owner, report, warn) };
}

/** Returns a path relative to the data directory if the server can reach it there. */
async function chooseCluster(dataDir: string): Promise<string> {
  if (!runsAsRoot() || (await canEnter(nobody, dataDir))) return 'postgres';
  await prepareSharedDirectory();
  return join(sharedDirectory, randomBytes(8).toString('hex'));
}

/** Creates the shared folder; throws an `EmbeddedDatabaseError` if it cannot be used. */
export async function prepareSharedDirectory(): Promise<void> {
  try {
    await createDirectory(sharedDirectory, 0o755);
    const { uid, mode } = await stat(sharedDirectory);
    // Root runs programs from this folder.
    if (uid !== 0 || (mode & 0o022) !== 0) throw new Error(`users other than root can write to ${sharedDirectory}`);
    if (!(await canEnter(nobody, sharedDirectory))) throw new Error('other users cannot reach it');
  } catch (error) {
    throw new EmbeddedDatabaseError(
      'As root, the database server has to run as another user, who cannot reach this folder, and ' +
        `${sharedDirectory} cannot be used instead: ${messageOf(error)}. ` +
        `Start as an ordinary user, or set DATA_DIR to a folder that every user can reach. ${useOwnServer}`,
    );
  }
}

/**
 * Returns the user of the server. As root: the owner of an existing cluster, so that an ordinary user can use it again;
 * the database's own account for a new cluster and for one owned by `nobody`.
 */
async function serverUser(
  cluster: string,
  owner: ServerUser | undefined,
  report: (line: string) => void,
  warn: (line: string) => void,
): Promise<ServerUser | undefined> {
  if (!runsAsRoot()) {
    if (owner === undefined || owner.uid === process.getuid?.() || process.platform === 'win32') return undefined;
    throw new EmbeddedDatabaseError(
      `The database in ${cluster} belongs to user ${owner.uid}. Start as root or as that user, or set DATA_DIR.`,
    );
  }
  if (owner?.uid === 0) {
    throw new EmbeddedDatabaseError(
      `The database in ${cluster} belongs to root, and the server cannot run as root. ` +
        `Give it back to the server's user: chown -R ${accountName}: <folder>`,
    );
  }
  const user = owner === undefined || owner.uid === nobody.uid ? await serverAccount(report, warn) : owner;
  if (!(await canEnter(user, dirname(cluster)))) {
    throw new EmbeddedDatabaseError(
      `The database is in ${cluster}, which the server’s user, ${user.uid}, can no longer reach. ` +
        'Make every parent folder accessible again (chmod o+x), or move it and set DATA_DIR.',
    );
  }
  return user;
}

/** Returns the owner of a folder; undefined if it is missing or empty. */
async function ownerOf(folder: string): Promise<ServerUser | undefined> {
  try {
    const { uid, gid } = await stat(folder);
    const readable = runsAsRoot() || uid === process.getuid?.();
    return readable && (await readdir(folder)).length === 0 ? undefined : { uid, gid };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether the user can traverse a directory and all its parents. Ignores access control lists. */
export async function canEnter(user: ServerUser, directory: string): Promise<boolean> {
  for (let path = await realpath(directory); ; path = dirname(path)) {
    if (!(await allows(user, path, constants.X_OK))) return false;
    if (path === dirname(path)) return true;
  }
}

/** Whether the user can read all files directly in a directory, and execute the programs among them. */
export async function canUse(user: ServerUser, directory: string): Promise<boolean> {
  if (!(await allows(user, directory, constants.R_OK | constants.X_OK))) return false;
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(directory, entry.name);
    const program = entry.isDirectory() || ((await stat(path)).mode & 0o111) !== 0;
    if (!(await allows(user, path, program ? constants.R_OK | constants.X_OK : constants.R_OK))) return false;
  }
  return true;
}

/** `access(2)` for another user; `wanted` is a sum of R_OK, W_OK and X_OK. */
async function allows(user: ServerUser, path: string, wanted: number): Promise<boolean> {
  const { uid, gid, mode } = await stat(path);
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  return ((mode >> shift) & wanted) === wanted;
}

async function nearestExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return nearestExisting(dirname(path));
  }
}
