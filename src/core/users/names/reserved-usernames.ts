import { createHash } from 'node:crypto';

import type { EntityManager } from 'typeorm';

import { skeletonOf } from './skeleton.js';

/**
 * Reserves a user name that a sign-up chose without getting an account, as an account that waits for confirmation
 * does. Otherwise a second sign-up with the name would reveal that the first one was not carried out.
 */
export async function reserveUsername(manager: EntityManager, username: string, days: number): Promise<void> {
  await manager.query(
    `insert into "request_limit" as l (key, count, ends) values ($1, 1, now() + $2 * interval '1 day')
     on conflict (key) do update set ends = greatest(l.ends, excluded.ends)`,
    [keyOf(username), days],
  );
}

/** Whether a user name, or one that looks like it, is reserved. */
export async function isReservedUsername(manager: EntityManager, username: string): Promise<boolean> {
  const [row] = await manager.query<[{ reserved: boolean }]>(
    `select exists (select from "request_limit" where key = $1 and ends > now()) as reserved`,
    [keyOf(username)],
  );
  return row.reserved;
}

function keyOf(username: string): string {
  return `sign-up:name:${createHash('sha256').update(skeletonOf(username)).digest('hex')}`;
}
