import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { writePrivateFile } from './durable-files.js';
import { errorCode, EmbeddedDatabaseError } from './embedded-database-error.js';

/** What `database.json` in the data directory remembers of the embedded database. */
export interface DatabaseState {
  /** Where the cluster lives or will live: relative to the data directory when inside it, so that both can be moved. */
  readonly cluster: string;
  readonly password: string;
  /** Whether the cluster has been there: one that is gone later is a loss, not a first start. */
  readonly installed: boolean;
}

/**
 * Reads what the data directory remembers; undefined when it remembers nothing (or does not exist).
 * Throws an `EmbeddedDatabaseError` when the file is unreadable or damaged.
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
      `${file} is damaged: it must hold "cluster", "password" and "installed". ` +
        'Restore it, or set DATA_DIR to another folder to begin with an empty database.',
    );
  }
  return state;
}

/** Remembers `state`; when this returns, it survives a crash. Needs the start lock. */
export async function writeState(dataDir: string, state: DatabaseState): Promise<void> {
  await writePrivateFile(stateFile(dataDir), `${JSON.stringify(state, undefined, 2)}\n`);
}

/** A state for a cluster that is still to be made, with a password of 192 random bits. */
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
