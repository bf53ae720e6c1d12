import type { Flow } from '../flows/flow.entity.js';
import type { Visitor } from './execution.js';
import type { PlanContext } from './plan.js';

/** What the page that waits for a mailed link says about the mail. */
export interface WaitingMail {
  /** The address or user name that the visitor typed; undefined if they typed none. Never the account's own address. */
  readonly typed: string | undefined;
  /** Whether the visitor can go back to correct it. */
  readonly isCorrectable: boolean;
  /** Seconds until another mail should be requested; 0: now. */
  readonly seconds: number;
  /** A limit keeps the next mail from being sent until then. */
  readonly isLimited: boolean;
}

/** Seconds that a mail usually takes. Pages offer another one afterwards. */
const usualSeconds = 30;

/**
 * Returns what the page says about the mail of a run. It is the same for known and unknown users.
 *
 * @param now in milliseconds since 1970
 */
export function waitingMail(
  flow: Pick<Flow, 'designation'>,
  context: PlanContext,
  visitor: Visitor,
  now: number,
): WaitingMail {
  const { notBefore = 0, sent = 0 } = context.email_link ?? {};
  const next = Math.max(notBefore, sent + usualSeconds * 1000);
  return {
    typed: context.typed_address ?? context.typed_identifier,
    isCorrectable: isCorrectable(flow, context, visitor),
    seconds: Math.max(0, Math.ceil((next - now) / 1000)),
    isLimited: notBefore > now,
  };
}

/** Whether the visitor of a run can go back to correct what they typed: not after a proof. */
export function isCorrectable(
  { designation }: Pick<Flow, 'designation'>,
  { typed_identifier: name, typed_address: address, is_restored: proof }: PlanContext,
  { user }: Pick<Visitor, 'user'>,
): boolean {
  if (user !== undefined || proof !== undefined) return false;
  if (designation === 'enrollment') return address !== undefined;
  return (designation === 'recovery' || designation === 'authentication') && name !== undefined;
}
