import { createHash } from 'node:crypto';

import type { EntityManager } from 'typeorm';

import { foldedName, skeletonOf } from './skeleton.js';

/** The names that a sign-up asks for. */
export interface WantedNames {
  readonly username: string;
  readonly email: string;
}

/**
 * Reserves a user name that a sign-up chose without getting an account, as an account that waits for confirmation
 * does. Otherwise a second sign-up with the name would reveal that the first one was not carried out. One with the same
 * address may have it, as it would continue such an account.
 *
 * @returns whether the name, or one that looks like it, was reserved before, for any sign-up
 */
export async function reserveUsername(manager: EntityManager, wanted: WantedNames, days: number): Promise<boolean> {
  const [row] = await manager.query<[{ reserved: boolean }]>(
    `with reservation as (
       insert into "request_limit" as l (key, count, ends)
       select key, 1, now() + $3 * interval '1 day' from unnest(array[$1, $2]) as key order by key
       on conflict (key) do update set ends = greatest(l.ends, excluded.ends)
     )
     select exists (select from "request_limit" where key = $1 and ends > now()) as reserved`,
    [keyOf(wanted), keyWithAddress(wanted), days],
  );
  return row.reserved;
}

/** Whether a user name, or one that looks like it, is reserved for sign-ups with another address. */
export async function isReservedUsername(manager: EntityManager, wanted: WantedNames): Promise<boolean> {
  const [row] = await manager.query<[{ reserved: boolean }]>(
    `select exists (select from "request_limit" where key = $1 and ends > now())
        and not exists (select from "request_limit" where key = $2 and ends > now()) as reserved`,
    [keyOf(wanted), keyWithAddress(wanted)],
  );
  return row.reserved;
}

/** Ends the reservation of a user name. */
export async function releaseUsername(manager: EntityManager, wanted: WantedNames): Promise<void> {
  await manager.query('delete from "request_limit" where key = any($1)', [[keyOf(wanted), keyWithAddress(wanted)]]);
}

function keyOf({ username }: WantedNames): string {
  return `sign-up:name:${digest(skeletonOf(username))}`;
}

function keyWithAddress({ username, email }: WantedNames): string {
  return `sign-up:names:${digest(JSON.stringify([username, email].map(foldedName)))}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
