import type { EntityManager } from 'typeorm';

import { nameKey } from '../users/names/account-names.js';
import { User } from '../users/user.entity.js';
import { AccountAddress } from './account-address.entity.js';

/**
 * The account that has an address, as its address or as another name, in any spelling. An account that waits for
 * confirmation has proved nothing: only its user name counts, and only against another user name.
 *
 * @param asUsername whether the address is wanted as a user name too
 */
export async function holderOf(
  manager: EntityManager,
  address: string,
  asUsername: boolean,
): Promise<User | undefined> {
  const has = (column: string): string => `${nameKey(column)} = ${nameKey(':address')}`;
  const isHeld = `${has('u.username')} and (:asUsername or not u.awaitsConfirmation)
    or not u.awaitsConfirmation and (${has('u.email')} or ${has(`u.attributes ->> 'upn'`)})`;
  const user = await manager
    .createQueryBuilder(User, 'u')
    .leftJoin(AccountAddress, 'a', 'a.userId = u.pk and a.address = u.email')
    .where(isHeld, { address, asUsername })
    .orderBy(has('u.email'), 'DESC')
    .addOrderBy('a.proved', 'ASC', 'NULLS LAST')
    .addOrderBy('a.since', 'ASC', 'NULLS LAST')
    .addOrderBy('u.pk', 'ASC')
    .getOne();
  return user ?? undefined;
}
