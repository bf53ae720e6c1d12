/**
 * The states of a verification and their changes, each one UPDATE of `VerificationStore`:
 *
 *     pending ──▶ approved       the link was used, or the code entered
 *        │  ▲
 *        │  └──── failed ──▶ approved, canceled
 *        │          ▲        a resend makes it pending; a mail may arrive although its server has reported a failure
 *        ├──────────┘        the mail was refused, discarded, or came back (`mail/feedback/`)
 *        ├──▶ canceled       by the application, or by a new password or another change that ends the links of its user
 *        ├──▶ expired        the time is over
 *        └──▶ max_attempts   too many wrong codes
 *
 * `failed` and `expired` apply at once, computed from the mail and the clock (`statusOf`). They are stored when the delivery
 * of the mail ends or a report on it arrives, and by housekeeping.
 */
export const verificationStates = ['pending', 'approved', 'canceled', 'expired', 'failed', 'max_attempts'] as const;
export type VerificationState = (typeof verificationStates)[number];

/** What a mail contains. */
export const verificationMethods = ['link', 'code', 'both'] as const;
export type VerificationMethod = (typeof verificationMethods)[number];

/** What proved an address. */
export const proofKinds = ['link', 'code'] as const;
export type ProofKind = (typeof proofKinds)[number];

/** Stored states from which an address can still be verified until the time is over. */
export const openStates: readonly VerificationState[] = ['pending', 'failed'];

/** SQL for why a mail cannot reach its reader: at most one row. @param message the key of the mail */
const failureOf = (message: string): string => `
  select m.reason from "mail_message" m where m.message_uuid = ${message} and m.state in ('failed', 'discarded')
  union all
  (select f.reason from "mail_feedback" f where f.message_uuid = ${message} and f.kind = 'bounce' order by f.received limit 1)
  limit 1`;

/** Returns SQL for the state at this time of a row, whose columns are named by these expressions. */
export function statusOf({
  status,
  message,
  expires,
}: Readonly<Record<'status' | 'message' | 'expires', string>>): string {
  return `(case when ${status} <> 'pending' then ${status}
    when exists (${failureOf(message)}) then 'failed' when ${expires} <= now() then 'expired' else ${status} end)`;
}

/** Returns SQL for why the mail of a row has failed, while the mail is kept; empty unless the row's state is `failed`. */
export function reasonOf(columns: Readonly<Record<'status' | 'message' | 'expires', string>>): string {
  return `(case when ${statusOf(columns)} = 'failed' then coalesce((${failureOf(columns.message)}), '') else '' end)`;
}
