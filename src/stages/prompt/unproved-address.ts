import type { User } from '../../core/users/user.entity.js';
import type { PlanContext } from '../../flow-execution/plan.js';

/**
 * Whether an existing account would get an address that no mail of this run has proved. Such an address could be
 * another person's, and would take their place in sign-in and recovery. It is refused whether an account has it or not.
 * An account that waits for confirmation has no proved address to lose, and its mail proves the new one.
 */
export function takesUnprovedAddress(
  { email }: { readonly email?: unknown },
  stored: User | undefined,
  { proved_address: proved }: PlanContext,
): boolean {
  if (stored === undefined || stored.awaitsConfirmation) return false;
  return email !== undefined && email !== '' && email !== stored.email && email !== proved;
}
