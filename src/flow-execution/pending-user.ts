import type { EntityManager } from 'typeorm';

import { avatarOf } from '../core/users/avatar.js';
import { User } from '../core/users/user.entity.js';
import type { PendingUser, Visitor } from './execution.js';
import type { PlanContext } from './plan.js';

/** Avatar if there is no user. */
const defaultAvatar = '/static/dist/assets/images/user_default.png';

/** User data in challenges. */
export interface UserInfo {
  readonly pending_user: string;
  readonly pending_user_avatar: string;
}

/** Reads the pending user; undefined if the run has none, or the user was deleted. */
export async function readPendingUser(manager: EntityManager, context: PlanContext): Promise<PendingUser | undefined> {
  const planned = context.pending_user;
  if (planned === undefined) return undefined;
  // Queries for unknown users too, so that timing reveals nothing.
  const user = await manager.findOneBy(User, { pk: 'pk' in planned ? planned.pk : 0 });
  if ('pretended' in planned) return { kind: 'pretended', ...planned.pretended };
  return user === null ? undefined : { kind: 'known', user };
}

/**
 * Returns the user data of a challenge. A typed name is shown with its avatar, whether or not the user exists.
 */
export function userInfo(context: PlanContext, pending: PendingUser | undefined, visitor: Visitor): UserInfo {
  const typed = context.pending_user_identifier ?? (pending?.kind === 'pretended' ? pending.username : undefined);
  if (typed !== undefined) return { pending_user: typed, pending_user_avatar: avatarOf(typed) };
  const user = pending?.kind === 'known' ? pending.user : visitor.user;
  if (user === undefined) return { pending_user: '', pending_user_avatar: defaultAvatar };
  const { username, name } = user;
  return { pending_user: username, pending_user_avatar: avatarOf(name === '' ? username : name) };
}
