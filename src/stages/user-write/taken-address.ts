import type { EntityManager } from 'typeorm';

import { holderOf } from '../../core/addresses/address-holder.js';
import { isAddress } from '../../core/users/names/account-names.js';
import type { Execution } from '../../flow-execution/execution.js';
import { upcomingKinds } from '../../flow-execution/upcoming-stages.js';
import type { UserChanges } from './user-changes.js';

/**
 * Whether a sign-up uses the address of an existing account and a later stage will mail the owner. Without such a mail
 * the flow cannot hide whether it creates an account.
 */
export async function hasTakenAddress(
  { plan }: Pick<Execution, 'plan'>,
  manager: EntityManager,
  { username, email }: UserChanges,
): Promise<boolean> {
  if (username === undefined || email === undefined || email === '') return false;
  if (!(await upcomingKinds(manager, plan)).has('email')) return false;
  return (await holderOf(manager, email, isAddress(username))) !== undefined;
}
