import { randomBytes } from 'node:crypto';

import { inject } from 'vitest';

import { execute, withDatabase } from './database-server.js';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Creates a database: migrated, or without tables. */
export async function createTestDatabase(content: 'migrated' | 'nothing' = 'migrated'): Promise<TestDatabase> {
  const server = inject('databaseServer');
  const name = `test_${randomBytes(8).toString('hex')}`;
  const template = content === 'migrated' ? inject('databaseTemplate') : 'template0';
  await execute(server, `create database "${name}" template "${template}" strategy file_copy`);
  return { url: withDatabase(server, name), drop: () => execute(server, `drop database "${name}" with (force)`) };
}
