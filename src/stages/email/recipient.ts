import type { User } from '../../core/users/user.entity.js';
import type { PendingUser } from '../../flow-execution/execution.js';
import type { PlanContext } from '../../flow-execution/plan.js';
import type { Flow } from '../../flows/flow.entity.js';
import { addressProblem } from '../../rest/fields/email-address.js';
import type { EmailStage } from './email-stage.entity.js';

/** The recipient of a mail of an email stage. */
export interface Recipient {
  /** Undefined if there is none, which the visitor must not learn. */
  readonly user: User | undefined;
  /** Whether the visitor signs up with an address that has an account, and must not learn that. */
  readonly hasAccount: boolean;
  readonly address: string;
  /** What the visitor said who they are; the address if they did not. */
  readonly asked: string;
}

/**
 * Who the pending user of a run is to a stage (flow execution, section 4.2). The address is the user's own, or the one
 * that the server has put into the plan; a request never names it.
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
  const hasAccount = pending.kind === 'pretended' && pending.hasAccount === true;
  return { user, hasAccount, address, asked: typed ?? address };
}

/**
 * Whether a link is of use to a user. One whom an administrator switched off gets none; one who has yet to confirm the
 * address does where that is what the link is for: in the flow that made the account, or where the stage activates it.
 */
function mayReceive(
  { isActive, awaitsConfirmation }: User,
  { activateUserOnSuccess }: Pick<EmailStage, 'activateUserOnSuccess'>,
  { designation }: Pick<Flow, 'designation'>,
): boolean {
  return isActive || (awaitsConfirmation && (activateUserOnSuccess || designation === 'enrollment'));
}

/** Why no mail can go to this address, in words; undefined if one can. */
export function reasonNotToMail(address: string): string | undefined {
  return addressProblem('recipient', address);
}
