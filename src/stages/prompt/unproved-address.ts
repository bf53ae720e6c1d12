import type { User } from '../../core/users/user.entity.js';
import type { PlanContext } from '../../flow-execution/plan.js';

/**
 * Whether an existing account would get an address that no mail of this run has proved. The address could be another
 * person's, and the account would take that person's place in sign-in and recovery. It is refused whether or not an
 * account has it. Accounts that await confirmation are exempt: they have no proved address yet, and their confirmation
 * mail proves the new one.
 */
export function setsUnprovedAddress(
  { email }: { readonly email?: unknown },
  stored: User | undefined,
  { proved_address: proved }: PlanContext,
): boolean {
  if (stored === undefined || stored.awaitsConfirmation) return false;
  return email !== undefined && email !== '' && email !== stored.email && email !== proved;
}
