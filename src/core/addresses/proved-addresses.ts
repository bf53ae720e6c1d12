import type { EntityManager } from 'typeorm';

import { nameKey } from '../users/names/account-names.js';
import type { ProofMethod } from './account-address.entity.js';
import type { UserAddressDto } from './user-address.dto.js';

/** How an address was proved, and in which run. */
export interface AddressProof {
  readonly method: ProofMethod | null;
  readonly run?: string | null;
}

/**
 * Records that a mail to an address has reached a user. The first time counts. Does nothing for an address that is not the
 * user's current one: its proof counts once the user has it.
 */
export async function noteProvedAddress(
  manager: EntityManager,
  user: number,
  address: string,
  { method, run = null }: AddressProof = { method: 'link' },
): Promise<void> {
  await manager.query(
    `update "account_address" set proved = now(), method = $3, run = $4
      where user_id = $1 and address = $2 and until is null and proved is null`,
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

/** Returns the addresses that a user has and had: the current one first, then the latest. */
export function addressesOf(manager: EntityManager, user: number): Promise<UserAddressDto[]> {
  return manager.query<UserAddressDto[]>(
    `select address, until is null as is_current, since, until, proved as verified, method, run
       from "account_address" where user_id = $1 order by until desc nulls first, address`,
    [user],
  );
}

/** Whether another confirmed account has the address, in any spelling, and has proved it. */
export async function isProvedByAnother(manager: EntityManager, user: number, address: string): Promise<boolean> {
  const [row] = await manager.query<[{ proved: boolean }]>(
    `select exists (
       select from "user" u join "account_address" a on a.user_id = u.id and a.address = u.email
        where u.id <> $1 and not u.awaits_confirmation and a.proved is not null
          and ${nameKey('u.email')} = ${nameKey('$2::text')}) as proved`,
    [user, address],
  );
  return row.proved;
}
