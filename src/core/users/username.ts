import type { EntityManager } from 'typeorm';

/** Any number that no other lock has; the same in every process. */
const usernameLock = 731_004;

/**
 * Whether somebody has this name, in any letter case: who finds users by what they type would take them for each other.
 *
 * @param except key of a user who may have it
 */
export async function isUsernameTaken(manager: EntityManager, username: string, except?: number): Promise<boolean> {
  const [row] = await manager.query<{ taken: boolean }[]>(
    `select exists (select from "user" where lower(username) = lower($1) and id is distinct from $2) as taken`,
    [username, except ?? null],
  );
  return row?.taken ?? false;
}

/** Lets no other transaction that asks for it deal with this name, in any letter case, until this one ends. */
export async function lockUsername(manager: EntityManager, username: string): Promise<void> {
  await manager.query('select pg_advisory_xact_lock($1, hashtext(lower($2)))', [usernameLock, username]);
}
