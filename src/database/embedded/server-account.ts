import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { messageOf } from './embedded-database-error.js';

/** User of the server if this process runs as root, which PostgreSQL refuses. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody`. Other services that run as it can read the database and stop the server. */
export const nobody: ServerUser = { uid: 65_534, gid: 65_534 };

/** The system account of the embedded database. */
export const accountName = 'email-stage';

/** Options of `useradd`: no home and no shell, because the account is not for logins. */
const newAccount = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];

/** PATH for commands; root's PATH often lacks these folders. */
const commandPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`;

/**
 * Returns the account of the database server as root: `email-stage`, created with `useradd` if missing. Falls back to
 * `nobody` with a warning that says why (CIS Benchmark for PostgreSQL 1.x, ASVS 5.0, 13.2.2: a service has its own
 * account with least privileges).
 *
 * @param path folders of the commands, as in PATH
 */
export async function serverAccount(
  report: (line: string) => void,
  warn: (line: string) => void,
  path = commandPath,
): Promise<ServerUser> {
  const existing = await findAccount(path);
  if (existing !== undefined) return existing;
  let reason = 'it has the user id of root';
  try {
    await run('useradd', [...newAccount, '--shell', '/usr/sbin/nologin', accountName], path);
    report(`Created the system account ${accountName} (useradd), which runs the database`);
  } catch (error) {
    reason = messageOf(error);
  }
  // Also after a failure: another process may have created it concurrently.
  const created = await findAccount(path);
  if (created !== undefined) return created;
  warn(
    `The database runs as nobody, which other services may use too: the system account ${accountName} cannot be ` +
      `created (${reason.trim()}). Create it yourself and restart; the database then changes its owner to it.`,
  );
  return nobody;
}

/** Changes the owner of a cluster's files. No server may be running on it. */
export async function changeOwner(cluster: string, { uid, gid }: ServerUser): Promise<void> {
  // -h does not follow links that a process of the old owner may plant meanwhile. chown changes the folder itself last:
  // after a crash, the next start sees the old owner and repeats it.
  await run('chown', ['-Rh', `${uid}:${gid}`, cluster], commandPath);
}

async function findAccount(path: string): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (what) => Number(await run('id', [what, accountName], path))),
    );
    return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
}

async function run(command: string, parameters: string[], path: string): Promise<string> {
  const { stdout } = await promisify(execFile)(command, parameters, { env: { PATH: path, LC_ALL: 'C' } });
  return stdout;
}
