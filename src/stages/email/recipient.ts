import type { User } from '../../core/users/user.entity.js';
import type { PendingUser } from '../../flow-execution/execution.js';
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
 */
export function recipientOf(
  pending: PendingUser,
  { email, typed_identifier: typed }: PlanContext,
  stage: Pick<EmailStage, 'activateUserOnSuccess'>,
  flow: Pick<Flow, 'designation'>,
): Recipient {
  const own = pending.kind === 'known' ? pending.user.email : pending.email;
  const address = email === undefined || email === '' ? own : email;
  const user = pending.kind === 'known' && mayReceive(pending.user, stage, flow) ? pending.user : undefined;
  const owner = pending.kind === 'pretended' ? pending.owner : undefined;
  return { user, owner, address, typedName: typed ?? address };
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
