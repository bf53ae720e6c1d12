import type { EntityManager } from 'typeorm';

import { claimNames, nameKey, NamesRefused } from '../users/names/account-names.js';
import type { User } from '../users/user.entity.js';
import type { ProofMethod } from './account-address.entity.js';
import type { UserAddressDto } from './user-address.dto.js';

/** How an address was proved, and in which run. */
export interface AddressProof {
  readonly method: ProofMethod | null;
  readonly run?: string | null;
}

/**
 * Records that a mail to an address has reached a user. The first time counts. Does nothing for an address that is not the
 * user's primary one: its proof counts once the user has it. Further addresses are proved by verifications.
 */
export async function noteProvedAddress(
  manager: EntityManager,
  user: number,
  address: string,
  { method, run = null }: AddressProof = { method: 'link' },
): Promise<void> {
  await manager.query(
    `update "account_address" a set proved = now(), method = $3, run = $4 from "user" u
      where a.user_id = $1 and u.id = a.user_id and a.address = $2 and u.email = $2 and a.until is null
        and a.proved is null`,
    [user, address, method, run],
  );
}

/** Whether a mail to an address, as it is spelled in the account, has reached the user. */
export async function isProved(manager: EntityManager, user: number, address: string): Promise<boolean> {
  const found = await manager.query<unknown[]>(
    'select from "account_address" where user_id = $1 and address = $2 and proved is not null',
    [user, address],
  );
  return found.length > 0;
}

/** A person's account, for a mail to its owner. */
export interface NotifiedOwner {
  /** The address of the account that was asked for, in its stored spelling, if it is proved; else the primary one. */
  readonly address: string;
  readonly attributes: Record<string, unknown>;
}

/**
 * Returns the recipient of a mail to the owner of an account about a use of one of its addresses; undefined for deactivated
 * accounts and service accounts. One statement, so that it takes no longer than a sign-up with a free address.
 */
export async function ownerToNotify(
  manager: EntityManager,
  user: number,
  typed: string,
): Promise<NotifiedOwner | undefined> {
  const [row] = await manager.query<NotifiedOwner[]>(
    `select coalesce(
              (select a.address from "account_address" a
                where a.user_id = u.id and ${nameKey('a.address')} = ${nameKey('$2::text')} and a.until is null
                  and a.proved is not null limit 1),
              u.email) as address,
            u.attributes
       from "user" u
      where u.id = $1 and (u.is_active or u.awaits_confirmation) and u.type in ('internal', 'external')`,
    [user, typed],
  );
  return row;
}

/**
 * Returns the address of a user that mails to recover the account go to, among those that the user has proved: the one that
 * was typed, else the primary one, else the one that was proved first; undefined if they have proved none.
 *
 * @param user null for an unknown user: the same statement runs
 */
export async function provedForRecovery(
  manager: EntityManager,
  user: number | null,
  typed: string,
): Promise<string | undefined> {
  const [row] = await manager.query<{ address: string }[]>(
    `select a.address from "account_address" a join "user" u on u.id = a.user_id
      where a.user_id = $1 and a.until is null and a.proved is not null
      order by ${nameKey('a.address')} = ${nameKey('$2::text')} desc, a.address = u.email desc, a.proved, a.address
      limit 1`,
    [user, typed],
  );
  return row?.address;
}

/** How many earlier addresses of a user are kept. */
const maxEarlierAddresses = 20;

/** Deletes earlier addresses of a user, except the latest ones. */
export async function deleteOldAddresses(manager: EntityManager, user: number): Promise<void> {
  await manager.query(
    `delete from "account_address" where user_id = $1 and until is not null and address in (
       select address from "account_address" where user_id = $1 and until is not null
        order by until desc, address offset $2)`,
    [user, maxEarlierAddresses],
  );
}

/** Returns the addresses that a user has and had: the primary one first, then the others, then earlier ones. */
export function addressesOf(manager: EntityManager, user: number): Promise<UserAddressDto[]> {
  return manager.query<UserAddressDto[]>(
    `select a.address, a.until is null as is_current, a.since, a.until, a.proved as verified, a.method, a.run,
            a.until is null and a.address = u.email as is_primary
       from "account_address" a join "user" u on u.id = a.user_id
      where a.user_id = $1 order by is_primary desc, a.until desc nulls first, a.address`,
    [user],
  );
}

/** Whether another confirmed account has the address, in any spelling, and has proved it. */
async function isProvedByAnother(manager: EntityManager, user: number, address: string): Promise<boolean> {
  const [row] = await manager.query<[{ proved: boolean }]>(
    `select exists (
       select from "account_address" a join "user" u on u.id = a.user_id
        where u.id <> $1 and not u.awaits_confirmation and a.until is null and a.proved is not null
          and ${nameKey('a.address')} = ${nameKey('$2::text')}) as proved`,
    [user, address],
  );
  return row.proved;
}

/**
 * Whether an account can have an address: no other account has it as a name, or has proved it. Serializes with concurrent
 * claims of the address.
 */
export async function isFreeFor(manager: EntityManager, stored: User, address: string): Promise<boolean> {
  try {
    await claimNames(manager, { email: address }, stored);
  } catch (error) {
    if (error instanceof NamesRefused) return false;
    throw error;
  }
  return !(await isProvedByAnother(manager, stored.pk, address));
}

/** Ends all addresses of a user other than the primary one. */
export async function endFurtherAddresses(manager: EntityManager, user: number): Promise<void> {
  await manager.query(
    `update "account_address" a set until = now() from "user" u
      where a.user_id = $1 and u.id = a.user_id and a.address <> u.email and a.until is null`,
    [user],
  );
}
