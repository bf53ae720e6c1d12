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
import { findPostmaster, removeStalePidFile } from './postmaster.js';
import { waitUntil } from './wait-until.js';

/** Timeout for starting (including crash recovery) and stopping a server, in milliseconds. */
const timeout = 120_000;

/** Transient failures: the port was taken, or backends of a killed server are still running. */
const transientFailure = /could not bind|pre-existing shared memory block|lock file "postmaster\.pid" already exists/;

/** Size in bytes at which a start rotates the log; the previous one is kept as `server.log.1`. */
const logLimit = 10_000_000;

const settings = {
  listen_addresses: '127.0.0.1',
  // Sockets are not used, and their path could be too long or not writable.
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '96MB',
  // Little gain at this size, and containers without access to them kill the server when it first uses them.
  huge_pages: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
};

/**
 * Returns the address of the cluster's running server; undefined if there is none. Waits until a starting server is
 * ready or a stopping one has stopped. Removes the stale pid file of a dead server. Throws an `EmbeddedDatabaseError`
 * after two minutes, or if the server rejects the password.
 */
export async function findServer(cluster: string, password: string): Promise<ServerAddress | undefined> {
  const found = await waitUntil(timeout, async () => {
    const running = await findPostmaster(cluster);
    if (running === undefined) return { address: undefined };
    if (running.port === undefined || !running.ready) return undefined;
    const address = { port: running.port, password };
    const status = await probe(address);
    if (status === 'denied') {
      throw new EmbeddedDatabaseError(
        `Process ${running.pid} is a PostgreSQL server on ${cluster} that does not accept the password in ` +
          'database.json. Restore that file, or stop the server.',
      );
    }
    return status === 'ready' ? { address } : undefined;
  });
  if (found === undefined) {
    throw new EmbeddedDatabaseError(
      `The PostgreSQL server on ${cluster} neither responds nor stops. See ${logOf(cluster)}; stop it if it hangs.`,
    );
  }
  if (found.address === undefined) await removeStalePidFile(cluster);
  return found.address;
}

/**
 * Starts a server on the cluster, on a free port of 127.0.0.1, and waits until it is ready. The server has its own
 * session: Ctrl-C in the terminal does not reach it, and it survives the death of this process.
 * Returns undefined after a transient failure, so that the caller can retry. Throws an `EmbeddedDatabaseError` with the
 * end of the server's log for any other failure. Requires the start lock.
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
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const outcome = await waitUntil(timeout, async () => {
    if (hasExited()) return 'exited';
    // Probe only a server that is ready: another program on the port might accept connections and never reply.
    const running = await findPostmaster(cluster);
    if (running?.pid !== child.pid || !running?.ready) return undefined;
    return (await probe(address)) === 'ready' ? 'ready' : undefined;
  });
  if (outcome === 'ready') return address;
  const logged = await readLog(cluster, logStart);
  if (outcome === 'exited' && transientFailure.test(logged)) return undefined;
  // A late server is not killed: a long recovery would then start over at every start.
  const late = `is not ready after ${timeout / 1000} seconds; it may be recovering and keeps running: try again later`;
  const failure = outcome === 'exited' ? 'exited during its start' : late;
  throw new EmbeddedDatabaseError(
    `The PostgreSQL server on ${cluster} ${failure}. The end of ${logOf(cluster)}:\n${logged}`,
  );
}

/**
 * Shuts down the cluster's server, if there is one, and waits until it has stopped. Clients are disconnected and their
 * transactions rolled back. Throws an `EmbeddedDatabaseError` after two minutes.
 */
export async function stopServer(cluster: string, binaries: Binaries): Promise<void> {
  const running = await findPostmaster(cluster);
  if (running === undefined) return;
  if (process.platform === 'win32') {
    // Windows has no signals; pg_ctl emulates them.
    await promisify(execFile)(programOf(binaries, 'pg_ctl'), ['kill', 'INT', String(running.pid)]);
  } else {
    try {
      // SIGINT is the server's "fast shutdown".
      process.kill(running.pid, 'SIGINT');
    } catch (error) {
      // ESRCH: it has stopped meanwhile.
      if (errorCode(error) !== 'ESRCH') throw error;
    }
  }
  const gone = await waitUntil(timeout, async () => (await findPostmaster(cluster))?.pid !== running.pid || undefined);
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
  // As root, this writes to a folder that the server's user owns, so it must not follow links.
  const noFollow = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
  const log = await open(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | noFollow, 0o600);
  if (user !== undefined) await log.chown(user.uid, user.gid);
  return log;
}

/** Returns the log from this offset on, at most the last 2,000 bytes. */
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

/** Returns a port that is free now; another program may take it before the server does. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has no port');
  return address.port;
}
