import type { EntityManager } from 'typeorm';

import { User } from '../core/users/user.entity.js';
import type { Visitor } from './execution.js';
import type { PlanContext, ProvedAccount } from './plan.js';

type Account = Pick<User, 'pk' | 'email' | 'passwordChangeDate'>;

/**
 * Records the account that a proof was given for, in its state when the proof was verified. Only the first proof of an
 * account counts: a later one does not renew a proof with an older password or address.
 */
export function recordProof(context: PlanContext, account: Account): void {
  if (context.proved_account?.user !== account.pk) context.proved_account = stateOf(account);
}

/**
 * Whether the visitor has proved to own the account: by a proof in this run, or by being signed in to it. A run that
 * mails to an address other than the account's own proves nothing about the account.
 */
export function hasProof(
  { plan: { context }, visitor }: { readonly plan: { readonly context: PlanContext }; readonly visitor: Visitor },
  { pk, email }: Pick<User, 'pk' | 'email'>,
): boolean {
  if (visitor.user?.pk === pk) return true;
  return context.proved_account?.user === pk && [undefined, '', email].includes(context.email);
}

/** Updates the recorded state after a change that this run has made itself. The caller has locked the user's row. */
export async function recordOwnChange(manager: EntityManager, context: PlanContext, pk: number): Promise<void> {
  context.proved_account = stateOf(await manager.findOneByOrFail(User, { pk }));
}

/**
 * Locks a user's row until the transaction ends, so that the password and address cannot change between this check and
 * the caller's writes.
 *
 * @returns `changed` if the account has changed since the proof, undefined for an unknown user
 */
export async function lockProvedUser(
  manager: EntityManager,
  { proved_account: proved }: PlanContext,
  pk: number,
): Promise<User | 'changed' | undefined> {
  const user = await manager.findOne(User, { where: { pk }, lock: { mode: 'pessimistic_write' } });
  if (user === null) return undefined;
  const now = stateOf(user);
  const isSame =
    proved === undefined ||
    (proved.user === now.user && proved.email === now.email && proved.password_changed === now.password_changed);
  return isSame ? user : 'changed';
}

function stateOf({ pk, email, passwordChangeDate }: Account): ProvedAccount {
  return { user: pk, email, password_changed: passwordChangeDate.getTime() };
}
