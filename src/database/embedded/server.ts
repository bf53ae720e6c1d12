import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Binaries } from './binaries.js';
import { programOf } from './binaries.js';
import { cannotRun, serverEnvironment } from './cluster.js';
import type { ServerAddress } from './connections.js';
import { probe } from './connections.js';
import { errorCode, EmbeddedDatabaseError } from './embedded-database-error.js';
import type { Placement } from './placement.js';
import { findPostmaster, forgetDeadPostmaster } from './postmaster.js';
import { waitUntil } from './wait-until.js';

/** How long a server may take to start, recovery after a crash included, or to stop, in milliseconds. */
const patience = 120_000;

/** Failures that pass: the port was taken, or the backends of a killed server have not ended yet. */
const passing = /could not bind|pre-existing shared memory block|lock file "postmaster\.pid" already exists/;

/** Bytes after which a start begins a new log; the one before is kept as `server.log.1`. */
const logLimit = 10_000_000;

const settings = {
  listen_addresses: '127.0.0.1',
  // Nobody needs a socket, and its path could be too long or not writable.
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '96MB',
  // Too little memory to be worth it, and a container that may not use them kills the server at its first touch.
  huge_pages: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
};

/**
 * The server that runs on this cluster already; undefined when none does. Waits for one that is starting (to use it)
 * or stopping (until it is gone). Throws an `EmbeddedDatabaseError` when it does neither within two minutes, or does
 * not know the password. Clears away what a dead server left that would keep a new one from starting.
 */
export async function findServer(cluster: string, password: string): Promise<ServerAddress | undefined> {
  const found = await waitUntil(patience, async () => {
    const running = await findPostmaster(cluster);
    if (running === undefined) return { address: undefined };
    if (running.port === undefined || !running.ready) return undefined;
    const address = { port: running.port, password };
    const answer = await probe(address);
    if (answer === 'denied') {
      throw new EmbeddedDatabaseError(
        `Process ${running.pid} is a PostgreSQL server on ${cluster} that does not accept the password in ` +
          'database.json. Restore that file, or stop the server.',
      );
    }
    return answer === 'ready' ? { address } : undefined;
  });
  if (found === undefined) {
    throw new EmbeddedDatabaseError(
      `The PostgreSQL server on ${cluster} neither answers nor ends. See ${logOf(cluster)}; stop it if it hangs.`,
    );
  }
  if (found.address === undefined) await forgetDeadPostmaster(cluster);
  return found.address;
}

/**
 * Starts a server on the cluster, on a free port of 127.0.0.1, and waits until it answers. It is in a session of its
 * own: a Ctrl-C in our terminal does not reach it, and it goes on when we are killed.
 * Undefined when something failed that may be gone now: look again, and try again. Throws an `EmbeddedDatabaseError`
 * with the end of the server's log for any other failure. Needs the start lock.
 */
export async function startServer(
  placement: Placement,
  binaries: Binaries,
  choosePort = freePort,
): Promise<ServerAddress | undefined> {
  const { cluster, user, state } = placement;
  const address = { port: await choosePort(), password: state.password };
  const log = await openLog(placement);
  const program = programOf(binaries, 'postgres');
  const options = Object.entries({ ...settings, port: String(address.port) });
  let child: ChildProcess;
  let logStart: number;
  try {
    logStart = (await log.stat()).size;
    child = spawn(program, ['-D', cluster, ...options.flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
      ...user,
      cwd: cluster,
      env: serverEnvironment(),
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await once(child, 'spawn');
  } catch (error) {
    throw cannotRun(program, error, user);
  } finally {
    await log.close();
  }
  child.unref();
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const outcome = await waitUntil(patience, async () => {
    if (ended()) return 'ended';
    // Not before: another program may listen on the port, and never say a word.
    const running = await findPostmaster(cluster);
    if (running?.pid !== child.pid || !running?.ready) return undefined;
    return (await probe(address)) === 'ready' ? 'ready' : undefined;
  });
  if (outcome === 'ready') return address;
  const said = await readLog(cluster, logStart);
  if (outcome === 'ended' && passing.test(said)) return undefined;
  // Not killed when it is late: a recovery that takes this long would then begin anew at every start.
  const late = `has not answered for ${patience / 1000} seconds; it may be recovering and goes on, so try again later`;
  const what = outcome === 'ended' ? 'ended at once' : late;
  throw new EmbeddedDatabaseError(
    `The PostgreSQL server on ${cluster} ${what}. The end of ${logOf(cluster)}:\n${said}`,
  );
}

/**
 * Shuts the server of this cluster down, if there is one, and waits until it is gone. Its clients are disconnected,
 * their open transactions rolled back. Throws an `EmbeddedDatabaseError` when it is still there after two minutes.
 */
export async function stopServer(cluster: string, binaries: Binaries): Promise<void> {
  const running = await findPostmaster(cluster);
  if (running === undefined) return;
  if (process.platform === 'win32') {
    // Windows has no signals; PostgreSQL brings its own.
    await promisify(execFile)(programOf(binaries, 'pg_ctl'), ['kill', 'INT', String(running.pid)]);
  } else {
    try {
      // SIGINT is the server's "fast shutdown".
      process.kill(running.pid, 'SIGINT');
    } catch (error) {
      // It may have ended meanwhile.
      if (errorCode(error) !== 'ESRCH') throw error;
    }
  }
  const gone = await waitUntil(patience, async () => (await findPostmaster(cluster))?.pid !== running.pid || undefined);
  if (gone === undefined) {
    throw new EmbeddedDatabaseError(
      `The PostgreSQL server on ${cluster} (process ${running.pid}) did not stop. See ${logOf(cluster)}.`,
    );
  }
}

function logOf(cluster: string): string {
  return join(cluster, 'server.log');
}

async function openLog({ cluster, user }: Placement): Promise<FileHandle> {
  const file = logOf(cluster);
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > logLimit) await rename(file, `${file}.1`);
  // As root we write into a folder that the server's user owns: never through a link that leads elsewhere.
  const noFollow = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
  const log = await open(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | noFollow, 0o600);
  if (user !== undefined) await log.chown(user.uid, user.gid);
  return log;
}

/** The log from this byte on, at most the last 2,000 characters. */
async function readLog(cluster: string, start: number): Promise<string> {
  const log = await open(logOf(cluster), 'r');
  try {
    const { size } = await log.stat();
    const from = Math.max(start, size - 2_000);
    const { buffer, bytesRead } = await log.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await log.close();
  }
}

/** A port that was free a moment ago; the server that takes it may still be too late. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has no port');
  return address.port;
}
