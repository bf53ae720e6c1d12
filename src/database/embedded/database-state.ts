import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { writePrivateFile } from './durable-files.js';
import { errorCode, EmbeddedDatabaseError } from './embedded-database-error.js';

/** State of the embedded database, stored as `database.json` in the data directory. */
export interface DatabaseState {
  /** Path of the cluster; relative if it is inside the data directory, so that both can be moved. */
  readonly cluster: string;
  readonly password: string;
  /** Whether the cluster has been created: if it is missing afterwards, data was lost. */
  readonly installed: boolean;
}

/**
 * Reads the state of a data directory; undefined if it has none or does not exist.
 * Throws an `EmbeddedDatabaseError` if the file is unreadable or damaged.
 */
export async function readState(dataDir: string): Promise<DatabaseState | undefined> {
  const file = stateFile(dataDir);
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    if (errorCode(error) !== 'EACCES') throw error;
    throw new EmbeddedDatabaseError(
      `${file} belongs to another user. Start as that user, or set DATA_DIR to a folder of your own.`,
    );
  }
  const state = parseState(content);
  if (state === undefined) {
    throw new EmbeddedDatabaseError(
      `${file} is damaged: it must contain "cluster", "password" and "installed". ` +
        'Restore it, or set DATA_DIR to another folder to start with an empty database.',
    );
  }
  return state;
}

/** Writes the state durably. Requires the start lock. */
export async function writeState(dataDir: string, state: DatabaseState): Promise<void> {
  await writePrivateFile(stateFile(dataDir), `${JSON.stringify(state, undefined, 2)}\n`);
}

/** Returns the state of a cluster that is not created yet, with a password of 192 random bits. */
export function newState(cluster: string): DatabaseState {
  return { cluster, password: randomBytes(24).toString('base64url'), installed: false };
}

function stateFile(dataDir: string): string {
  return join(dataDir, 'database.json');
}

function parseState(content: string): DatabaseState | undefined {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { cluster, password, installed } = value as Partial<Record<keyof DatabaseState, unknown>>;
  if (typeof cluster !== 'string' || cluster === '' || typeof password !== 'string') return undefined;
  return { cluster, password, installed: installed === true };
}
