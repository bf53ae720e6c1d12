import type { User } from '../../core/users/user.entity.js';
import type { Execution } from '../../flow-execution/execution.js';

/** Session keys of a password that was typed for an unconfirmed account: its sealed hash, and the ID of the user. */
const hashKey = 'password:typed';
const userKey = 'password:typed-for';

/**
 * Stores the password of a sign-up that continues an earlier one in the session. It becomes the account's password if
 * the address is proved in this session: until then another person may be the owner.
 *
 * @param sealed the result of `sealPasswordHash`; undefined: none was typed
 */
export function rememberTypedPassword(execution: Execution, { pk }: User, sealed: unknown): void {
  execution.remember(hashKey, typeof sealed === 'string' ? sealed : null);
  execution.remember(userKey, pk);
}

/** Returns the sealed hash of the password that was typed in this session for an unconfirmed account, and forgets it. */
export function takeTypedPassword(execution: Execution, user: number): string | undefined {
  const sealed = execution.remembered(userKey) === user ? execution.remembered(hashKey) : null;
  execution.remember(hashKey, null);
  return typeof sealed === 'string' ? sealed : undefined;
}
