import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from './embedded-database-error.js';
import { findProcess } from './processes.js';

/** A live server process of a cluster; it may be starting or stopping. */
export interface Postmaster {
  readonly pid: number;
  /** Undefined until the server has recorded it. */
  readonly port: number | undefined;
  /** Whether it accepts connections: false while it starts, recovers or stops. */
  readonly ready: boolean;
}

/** Returns the cluster's live server according to `postmaster.pid`; undefined if there is none. */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const recorded = await readPidFile(cluster);
  return recorded !== undefined && (await serves(recorded.pid, cluster)) ? recorded : undefined;
}

/**
 * Removes the `postmaster.pid` of a dead server if an unrelated process has its process id: PostgreSQL would mistake
 * that for the server and refuse to start. If no process has the id, the file is left to PostgreSQL, which also checks
 * that no backend of the dead server remains. Only for a cluster without a live server.
 */
export async function removeStalePidFile(cluster: string): Promise<void> {
  const recorded = await readPidFile(cluster);
  if (recorded === undefined || (await findProcess(recorded.pid)) === undefined) return;
  if (!(await serves(recorded.pid, cluster))) await rm(join(cluster, 'postmaster.pid'), { force: true });
}

/**
 * Parses `postmaster.pid`. Its lines, in the order of PostgreSQL's miscadmin.h: process id, data directory, start time,
 * port, socket directory, address, shared memory key, status.
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
  // initdb and `postgres --single` write a negative number: they accept no connections.
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const port = Number(lines[3]);
  return { pid, port: port > 0 ? port : undefined, ready: lines[7]?.trim() === 'ready' };
}

/** Whether the process is a live PostgreSQL server and, on Linux, its working directory is this cluster. */
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
    // ENOENT: it has ended. Without permission to look, its name has to suffice.
    return errorCode(error) !== 'ENOENT';
  }
}
