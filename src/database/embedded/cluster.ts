import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import type { Binaries } from './binaries.js';
import { programOf } from './binaries.js';
import { roleName } from './connections.js';
import { copyPrograms, syncDirectory } from './durable-files.js';
import { errorCode, EmbeddedDatabaseError, messageOf, useOwnServer } from './embedded-database-error.js';
import type { Placement } from './placement.js';
import type { ServerUser } from './server-account.js';

/**
 * Whether the folder contains a cluster; false if it is empty or missing. Throws an `EmbeddedDatabaseError` for a
 * cluster of another major version and for a folder with other content.
 */
export async function hasCluster(cluster: string, binaries: Binaries): Promise<boolean> {
  const version = (await contentOf(join(cluster, 'PG_VERSION')))?.trim();
  if (version === String(binaries.major)) return true;
  if (version === undefined) {
    if (await isEmpty(cluster)) return false;
    throw new EmbeddedDatabaseError(
      `${cluster} is not a PostgreSQL database: it has no PG_VERSION. Nothing was changed. Restore it, or set ` +
        'DATA_DIR to another folder.',
    );
  }
  throw new EmbeddedDatabaseError(
    `The database in ${cluster} was created by PostgreSQL ${version}, but this is PostgreSQL ${binaries.major}. ` +
      'Nothing was changed. Run `email-stage db:upgrade` (in a checkout: npm run db:upgrade).',
  );
}

/**
 * Creates the cluster in a staging folder and renames it, so that it appears atomically. Removes staging folders of
 * killed processes. Requires the start lock. Throws an `EmbeddedDatabaseError` on failure.
 */
export async function installCluster(placement: Placement, binaries: Binaries): Promise<void> {
  const { cluster, user, state } = placement;
  const prefix = `${basename(cluster)}.initdb-`;
  const home = dirname(cluster);
  const abandoned = (await readdir(home)).filter((name) => name.startsWith(prefix));
  // Retries: a killed process's initdb may still be writing there.
  await Promise.all(abandoned.map((name) => rm(join(home, name), { recursive: true, force: true, maxRetries: 10 })));

  const stagingDir = join(home, prefix + randomUUID());
  try {
    await mkdir(stagingDir, { mode: 0o700 });
    const passwordFile = join(stagingDir, 'password');
    await writeFile(passwordFile, state.password, { mode: 0o600, flag: 'wx' });
    if (user !== undefined) {
      await chown(passwordFile, user.uid, user.gid);
      await chown(stagingDir, user.uid, user.gid);
    }
    await withQuotablePath(binaries, (plain) => runInitdb(plain, join(stagingDir, 'data'), passwordFile, user));
    await rename(join(stagingDir, 'data'), cluster);
    await syncDirectory(home);
  } catch (error) {
    if (error instanceof EmbeddedDatabaseError) throw error;
    throw new EmbeddedDatabaseError(
      `Cannot install PostgreSQL in ${cluster}: ${messageOf(error)}. Set DATA_DIR to another folder. ${useOwnServer}`,
    );
  } finally {
    await rm(stagingDir, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function runInitdb(binaries: Binaries, data: string, pwfile: string, user?: ServerUser): Promise<void> {
  const options = [
    `--pgdata=${data}`,
    `--username=${roleName}`,
    `--pwfile=${pwfile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The same collation and case rules on every machine, regardless of its locales.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ];
  const program = programOf(binaries, 'initdb');
  try {
    await promisify(execFile)(program, options, { cwd: dirname(data), env: serverEnvironment(), ...user });
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr?.trim();
    throw stderr ? new EmbeddedDatabaseError(`initdb failed: ${stderr}`) : cannotRun(program, error, user);
  }
}

/**
 * Returns the minimal environment of PostgreSQL's programs. The server may run as another user, whose processes can
 * read its environment; and variables such as PGDATA and PGPORT would change its behaviour.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'];
  const entries = kept.map((name) => [name, process.env[name]] as const).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(entries), LC_ALL: 'C', TZ: 'UTC' };
}

/** Returns the error for a program that could not be started. */
export function cannotRun(program: string, error: unknown, user: ServerUser | undefined): EmbeddedDatabaseError {
  const as = user === undefined ? '' : ` as user ${user.uid}`;
  const hints: Record<string, string> = {
    EACCES: ' (the file system may be mounted with noexec)',
    ENOENT: ' (the programs require the GNU C library)',
    EPERM: ' (root may lack the permission to change users)',
  };
  const hint = hints[errorCode(error) ?? ''] ?? '';
  return new EmbeddedDatabaseError(`Cannot run ${program}${as}: ${messageOf(error)}${hint}. ${useOwnServer}`);
}

async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function isEmpty(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true;
    throw error;
  }
}

/** Runs `work` with programs whose path is safe in double quotes: initdb puts its own path into a shell command. */
async function withQuotablePath(binaries: Binaries, work: (plain: Binaries) => Promise<void>): Promise<void> {
  if (process.platform === 'win32' || !/["$`\\]/.test(binaries.directory)) return work(binaries);
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'email-stage-initdb-'));
  try {
    await chmod(folder, 0o755);
    const directory = join(folder, 'postgresql');
    await copyPrograms(binaries.directory, directory);
    await work({ ...binaries, directory });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
