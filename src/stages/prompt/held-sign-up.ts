import type { WantedNames } from '../../core/users/names/reserved-usernames.js';
import type { Execution } from '../../flow-execution/execution.js';

/** Session keys of what the last sign-up of this browser holds: the ID of its account, or the names it has reserved. */
const userKey = 'sign-up:user';
const namesKey = 'sign-up:names';

/** What the last sign-up of a browser holds: an account that waits for confirmation, or reserved names. */
export interface HeldSignUp {
  readonly user?: number | undefined;
  readonly names?: WantedNames | undefined;
}

/** Stores what a sign-up holds in the session. Another browser cannot correct it. */
export function rememberSignUp(execution: Execution, { user, names }: HeldSignUp): void {
  execution.remember(userKey, user ?? null);
  execution.remember(namesKey, names === undefined ? null : JSON.stringify([names.username, names.email]));
}

/** Returns what the last sign-up of this browser holds. */
export function lastSignUp(execution: Execution): HeldSignUp {
  const [user, names] = [execution.remembered(userKey), execution.remembered(namesKey)];
  if (typeof user === 'number') return { user };
  if (typeof names !== 'string') return {};
  const [username = '', email = ''] = JSON.parse(names) as string[];
  return { names: { username, email } };
}

/** Returns what the sign-up holds that this run corrects. */
export function correctedSignUp(execution: Execution): HeldSignUp {
  return execution.plan.context.corrects_sign_up === true ? lastSignUp(execution) : {};
}
