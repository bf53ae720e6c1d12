import type { EntityManager } from 'typeorm';

import { holderOf } from '../../core/addresses/address-holder.js';
import { isAddress } from '../../core/users/names/account-names.js';
import { findUnconfirmed } from '../../core/users/names/unconfirmed-account.js';
import type { User } from '../../core/users/user.entity.js';
import type { Execution } from '../../flow-execution/execution.js';
import { upcomingKinds } from '../../flow-execution/upcoming-stages.js';
import type { UserChanges } from './user-changes.js';

/** The accounts that keep a sign-up from creating one. */
export interface AddressHolders {
  /** The account that has the address, and gets a mail about the sign-up. */
  readonly owner?: User | undefined;
  /** The account of an earlier sign-up with the same names, which waits for confirmation. */
  readonly unconfirmed?: User | undefined;
}

/**
 * Returns the accounts that have the names of a sign-up, if a later stage will mail their owner. Without such a mail the
 * flow cannot hide whether it creates an account.
 */
export async function holdersOf(
  { plan }: Pick<Execution, 'plan'>,
  manager: EntityManager,
  { username, email }: UserChanges,
): Promise<AddressHolders> {
  if (username === undefined || email === undefined || email === '') return {};
  if (!(await upcomingKinds(manager, plan)).has('email')) return {};
  const owner = await holderOf(manager, email, isAddress(username));
  const unconfirmed = await findUnconfirmed(manager, username, email);
  return { unconfirmed, owner: owner?.pk === unconfirmed?.pk ? undefined : owner };
}
