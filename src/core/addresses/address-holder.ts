import type { EntityManager } from 'typeorm';

import { nameKey, provedHolders } from '../users/names/account-names.js';
import { User } from '../users/user.entity.js';
import { AccountAddress } from './account-address.entity.js';

/**
 * The account that has an address, as its primary address, as a further one that it has proved, or as another name, in
 * any spelling. An account that waits for confirmation has proved nothing: only its user name counts, and only against
 * another user name.
 *
 * @param asUsername whether the address is wanted as a user name too
 */
export async function holderOf(
  manager: EntityManager,
  address: string,
  asUsername: boolean,
): Promise<User | undefined> {
  const has = (column: string): string => `${nameKey(column)} = ${nameKey(':address')}`;
  const hasOther = `${has('u.email')} or ${has(`u.attributes ->> 'upn'`)} or u.pk = any(${provedHolders(':address')})`;
  const isHeld = `${has('u.username')} and (:asUsername or not u.awaitsConfirmation)
    or not u.awaitsConfirmation and (${hasOther})`;
  const user = await manager
    .createQueryBuilder(User, 'u')
    .leftJoin(AccountAddress, 'a', `a.userId = u.pk and a.until is null and ${has('a.address')}`)
    .addSelect(`(coalesce(${has('u.email')}, false) or a.proved is not null)::int`, 'has_address')
    .where(isHeld, { address, asUsername })
    .orderBy('has_address', 'DESC')
    .addOrderBy('a.proved', 'ASC', 'NULLS LAST')
    .addOrderBy('a.since', 'ASC', 'NULLS LAST')
    .addOrderBy('u.pk', 'ASC')
    .getOne();
  return user ?? undefined;
}
