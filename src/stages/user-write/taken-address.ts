import type { EntityManager } from 'typeorm';

import { holderOf } from '../../core/addresses/address-holder.js';
import { isAddress } from '../../core/users/names/account-names.js';
import type { User } from '../../core/users/user.entity.js';
import type { Execution } from '../../flow-execution/execution.js';
import { upcomingKinds } from '../../flow-execution/upcoming-stages.js';
import type { UserChanges } from './user-changes.js';

/**
 * Returns the account that has the address of a sign-up, if a later stage will mail the owner. Without such a mail the
 * flow cannot hide whether it creates an account.
 */
export async function ownerOfTakenAddress(
  { plan }: Pick<Execution, 'plan'>,
  manager: EntityManager,
  { username, email }: UserChanges,
): Promise<User | undefined> {
  if (username === undefined || email === undefined || email === '') return undefined;
  if (!(await upcomingKinds(manager, plan)).has('email')) return undefined;
  return holderOf(manager, email, isAddress(username));
}
