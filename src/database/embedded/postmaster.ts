import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from './embedded-database-error.js';
import { findProcess } from './processes.js';

/** A server that runs on a cluster, possibly starting or stopping. */
export interface Postmaster {
  readonly pid: number;
  /** Undefined for the moment in which the server has not written it down yet. */
  readonly port: number | undefined;
  /** Whether it says that it takes connections: not yet when it starts or recovers, no longer when it stops. */
  readonly ready: boolean;
}

/** The server of this cluster that is alive, by its `postmaster.pid`; undefined when there is none. */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const recorded = await readPidFile(cluster);
  return recorded !== undefined && (await serves(recorded.pid, cluster)) ? recorded : undefined;
}

/**
 * Removes the `postmaster.pid` of a dead server if its process id belongs to an unrelated process now: PostgreSQL takes
 * that for the server and refuses to start. (A process id that belongs to nobody is left to PostgreSQL, which then
 * also checks that no backend of the dead server is left.) Only for a cluster without a live server.
 */
export async function forgetDeadPostmaster(cluster: string): Promise<void> {
  const recorded = await readPidFile(cluster);
  if (recorded === undefined || (await findProcess(recorded.pid)) === undefined) return;
  if (!(await serves(recorded.pid, cluster))) await rm(join(cluster, 'postmaster.pid'), { force: true });
}

/**
 * Lines, as PostgreSQL's miscadmin.h numbers them: process id, data directory, start time, port, socket directory,
 * address, shared memory key, status.
 */
async function readPidFile(cluster: string): Promise<Postmaster | undefined> {
  let content: string;
  try {
    content = await readFile(join(cluster, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const lines = content.split('\n');
  const pid = Number(lines[0]);
  // initdb and `postgres --single` write a negative number: no server to talk to.
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const port = Number(lines[3]);
  return { pid, port: port > 0 ? port : undefined, ready: lines[7]?.trim() === 'ready' };
}

/** Whether this process is alive, a PostgreSQL, and (where /proc exists) works in this cluster. */
async function serves(pid: number, cluster: string): Promise<boolean> {
  const running = await findProcess(pid);
  if (running === undefined) return false;
  if (running.command !== '' && !running.command.startsWith('postgres')) return false;
  if (process.platform !== 'linux') return true;
  try {
    const folder = await stat(`/proc/${pid}/cwd`);
    const ours = await stat(cluster);
    return folder.ino === ours.ino && folder.dev === ours.dev;
  } catch (error) {
    // It ended meanwhile, or it may not be looked at: then its name has to do.
    return errorCode(error) !== 'ENOENT';
  }
}
