import type { EntityManager } from 'typeorm';

import { User } from '../user.entity.js';
import { nameKey } from './account-names.js';

/**
 * Returns the account with this user name and this address, in any spelling, that waits for confirmation: a sign-up
 * with both continues it. The user name alone is taken, whichever address it is wanted with.
 */
export async function findUnconfirmed(
  manager: EntityManager,
  username: string,
  email: string,
): Promise<User | undefined> {
  const user = await manager
    .createQueryBuilder(User, 'u')
    .where(`${nameKey('u.username')} = ${nameKey(':username')} and ${nameKey('u.email')} = ${nameKey(':email')}`)
    .andWhere(`u.awaitsConfirmation and u.email <> ''`)
    .setParameters({ username, email })
    .getOne();
  return user ?? undefined;
}
