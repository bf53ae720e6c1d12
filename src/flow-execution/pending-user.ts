import type { EntityManager } from 'typeorm';

import { avatarOf } from '../core/users/avatar.js';
import { User } from '../core/users/user.entity.js';
import type { PendingUser, Visitor } from './execution.js';
import type { PlanContext } from './plan.js';

/** The picture of nobody. */
const nobody = '/static/dist/assets/images/user_default.png';

/** What challenges tell of whom they are about. */
export interface UserInfo {
  readonly pending_user: string;
  readonly pending_user_avatar: string;
}

/** Reads the pending user anew; undefined if there is none, or not any more. */
export async function readPendingUser(manager: EntityManager, context: PlanContext): Promise<PendingUser | undefined> {
  const planned = context.pending_user;
  if (planned === undefined) return undefined;
  // Nobody is looked for as well, so that how long it takes tells nothing.
  const user = await manager.findOneBy(User, { pk: 'pk' in planned ? planned.pk : 0 });
  if ('pretended' in planned) return { kind: 'pretended', ...planned.pretended };
  return user === null ? undefined : { kind: 'known', user };
}

/**
 * What a challenge tells of its user (flow execution, section 2.5). Whoever typed a name sees that name and a picture
 * of it, whether there is such a user or not.
 */
export function userInfo(context: PlanContext, pending: PendingUser | undefined, visitor: Visitor): UserInfo {
  const typed = context.pending_user_identifier ?? (pending?.kind === 'pretended' ? pending.username : undefined);
  if (typed !== undefined) return { pending_user: typed, pending_user_avatar: avatarOf(typed) };
  const user = pending?.kind === 'known' ? pending.user : visitor.user;
  if (user === undefined) return { pending_user: '', pending_user_avatar: nobody };
  const { username, name } = user;
  return { pending_user: username, pending_user_avatar: avatarOf(name === '' ? username : name) };
}
