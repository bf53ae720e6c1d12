import type { EntityManager } from 'typeorm';

import { nameKey } from '../users/names/account-names.js';

/** Records that a mail to an address has reached a user. The first time counts. */
export async function noteProvedAddress(manager: EntityManager, user: number, address: string): Promise<void> {
  await manager.query(
    `insert into "account_address" as a (user_id, address, proved) values ($1, $2, now())
     on conflict (user_id, address) do update set proved = coalesce(a.proved, excluded.proved)`,
    [user, address],
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
