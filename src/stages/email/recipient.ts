import { provedForRecovery } from '../../core/addresses/proved-addresses.js';
import type { User } from '../../core/users/user.entity.js';
import type { Execution, PendingUser } from '../../flow-execution/execution.js';
import type { PlanContext } from '../../flow-execution/plan.js';
import type { Flow } from '../../flows/flow.entity.js';
import { addressProblem } from '../../syntax/email-address.js';
import type { EmailStage } from './email-stage.entity.js';

/** The recipient of a mail of an email stage. */
export interface Recipient {
  /** Undefined for an unknown user, which the visitor must not learn. */
  readonly user: User | undefined;
  /** Key of the account whose address the visitor signs up with, which the visitor must not learn. */
  readonly owner: number | undefined;
  readonly address: string;
  /** The user name or address that the visitor typed; the recipient's address if none. */
  readonly typedName: string;
}

/**
 * Returns the recipient of a stage's mail. The address is the pending user's, or the one that the server has put into the
 * plan; it never comes from the current request.
 *
 * @param recovered the address that the user recovers the account by (`recoveredAddress`)
 */
export function recipientOf(
  pending: PendingUser,
  { email, typed_identifier: typed }: PlanContext,
  stage: Pick<EmailStage, 'activateUserOnSuccess'>,
  flow: Pick<Flow, 'designation'>,
  recovered?: string,
): Recipient {
  const own = pending.kind === 'known' ? pending.user.email : pending.email;
  const address = email === undefined || email === '' ? (recovered ?? own) : email;
  const user = pending.kind === 'known' && mayReceive(pending.user, stage, flow) ? pending.user : undefined;
  const owner = pending.kind === 'pretended' ? pending.owner : undefined;
  return { user, owner, address, typedName: typed ?? address };
}

/**
 * Returns the proved address that a mail to recover the account goes to: the one that the visitor typed, which may be
 * another than the primary one. An unproved primary address gets such a mail only if the account has proved none: it may
 * be a typing error of an administrator. Undefined then, and in other flows. Runs the same statement for unknown users.
 */
export async function recoveredAddress(
  { manager, plan, flow }: Pick<Execution, 'manager' | 'plan' | 'flow'>,
  pending: PendingUser,
): Promise<string | undefined> {
  const { typed_identifier: typed = '' } = plan.context;
  if (flow.designation !== 'recovery') return undefined;
  return provedForRecovery(manager, pending.kind === 'known' ? pending.user.pk : null, typed);
}

/**
 * Whether a user gets a link. Deactivated users do not. Unconfirmed users do if the link confirms the address: in an
 * enrollment flow, or where the stage activates users.
 */
function mayReceive(
  { isActive, awaitsConfirmation }: User,
  { activateUserOnSuccess }: Pick<EmailStage, 'activateUserOnSuccess'>,
  { designation }: Pick<Flow, 'designation'>,
): boolean {
  return isActive || (awaitsConfirmation && (activateUserOnSuccess || designation === 'enrollment'));
}

/** Returns why mail cannot be sent to an address; undefined if it can. */
export function reasonNotToMail(address: string): string | undefined {
  return addressProblem('recipient', address);
}
