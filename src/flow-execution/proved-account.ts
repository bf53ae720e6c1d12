import type { EntityManager } from 'typeorm';

import { User } from '../core/users/user.entity.js';
import type { Visitor } from './execution.js';
import type { PlanContext, ProvedAccount } from './plan.js';

type Account = Pick<User, 'pk' | 'email' | 'passwordChangeDate'>;

/**
 * Notes the account that a proof in this run was given for, as it was when the proof was checked. The first proof counts:
 * a later one does not renew what was proved with an older password or at an older address.
 */
export function noteProof(context: PlanContext, account: Account): void {
  if (context.proved_account?.user !== account.pk) context.proved_account = stateOf(account);
}

/**
 * Whether the account is proved to be the visitor's: by a proof in this run, or because they are signed in to it. A run
 * that mails to another address than the account's own proves nothing of the account.
 */
export function hasProof(
  { plan: { context }, visitor }: { readonly plan: { readonly context: PlanContext }; readonly visitor: Visitor },
  { pk, email }: Pick<User, 'pk' | 'email'>,
): boolean {
  if (visitor.user?.pk === pk) return true;
  return context.proved_account?.user === pk && [undefined, '', email].includes(context.email);
}

/** Notes the account as it is now, after a change that this run has made itself. The caller holds the user's row. */
export async function noteOwnChange(manager: EntityManager, context: PlanContext, pk: number): Promise<void> {
  context.proved_account = stateOf(await manager.findOneByOrFail(User, { pk }));
}

/**
 * Locks a user's row until the transaction ends, so that no change of their password or address comes between the
 * check and what the caller writes.
 *
 * @returns `changed` if the run has proved an earlier state of the account, undefined if there is no such user
 */
export async function lockProved(
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
