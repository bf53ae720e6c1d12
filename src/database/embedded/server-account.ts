import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { messageOf } from './embedded-database-error.js';

/** The user that the server runs as when it must not be the user that we run as: PostgreSQL refuses to run as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody`. Its processes can read and stop each other's, so other services that run as it can read the database. */
export const nobody: ServerUser = { uid: 65_534, gid: 65_534 };

/** The system account of the embedded database. */
export const accountName = 'email-stage';

/** Needs no home and no shell: nobody signs in as it. */
const newAccount = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];

/** Root's PATH often lacks the folders of these commands. */
const commandPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`;

/**
 * The account that runs the database of root: `email-stage`, made with `useradd` where it is missing. Where that is not
 * possible it is `nobody`, and `warn` gets a line that says why (CIS Benchmark for PostgreSQL 1.x, ASVS 5.0, 13.2.2: a
 * service has an account of its own with the least rights).
 *
 * @param path folders of the commands, as in PATH
 */
export async function serverAccount(
  report: (line: string) => void,
  warn: (line: string) => void,
  path = commandPath,
): Promise<ServerUser> {
  const known = await findAccount(path);
  if (known !== undefined) return known;
  let reason = `it is root's`;
  try {
    await run('useradd', [...newAccount, '--shell', '/usr/sbin/nologin', accountName], path);
    report(`Made the system account ${accountName} (useradd), which runs the database`);
  } catch (error) {
    reason = messageOf(error);
  }
  // Also after a failure: another start may have made it in between.
  const made = await findAccount(path);
  if (made !== undefined) return made;
  warn(
    `The database runs as nobody, which other services may use too: the system account ${accountName} cannot be made ` +
      `(${reason.trim()}). Make it yourself and start again; the database is then handed over to it.`,
  );
  return nobody;
}

/** Hands the files of a cluster over to another user. No server may run on it. */
export async function handOver(cluster: string, { uid, gid }: ServerUser): Promise<void> {
  // chown does not follow links that a process of the old owner may plant meanwhile, and changes the folder itself last:
  // after a crash the next start sees the old owner, and does all of it again.
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
