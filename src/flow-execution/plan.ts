import { randomUUID } from 'node:crypto';

/**
 * What is left to do in a flow, and what is known so far. It is JSON that holds references, never objects: it survives
 * a deploy, and restoring it can't put an old state of a user over a newer one (flow execution, section 10.2).
 */
export interface FlowPlan {
  /** Of the form of this object. A plan of another version is not used. */
  readonly version: 1;
  /** Names this run through the flow; what is proved in it counts for no other. */
  readonly execution: string;
  /** Key of the flow. */
  readonly flow: string;
  /** The first one is the current stage. */
  bindings: PlannedStage[];
  context: PlanContext;
}

/** A stage that is still to be passed: one that a binding put there, or one that another stage put in between. */
export type PlannedStage =
  | {
      /** Key of the binding, of which the policies and `invalid_response_action` count as they are now. */
      readonly binding: string;
      readonly stage: string;
      /** The policies of the binding are asked again when the stage is reached. */
      readonly reEvaluate: boolean;
    }
  | {
      /** Name of an executor that is no stage in the database. */
      readonly inMemory: string;
    };

/** The names that a visitor typed who is no user. Nothing is ever created from them. */
export interface PretendedUser {
  readonly username: string;
  readonly email: string;
  /** Set for a sign-up with an address that has an account: its owner gets a mail that says so. */
  readonly hasAccount?: boolean;
}

/** The user of a plan: a user, or the names that a visitor typed. */
export type PlannedUser = { readonly pk: number } | { readonly pretended: PretendedUser };

/** The state of an account that a proof was given for: a new password or address ends what the proof allows. */
export interface ProvedAccount {
  /** Key of the user. */
  readonly user: number;
  readonly email: string;
  /** `User.passwordChangeDate`, in milliseconds since 1970. */
  readonly password_changed: number;
}

/** A link that was mailed. It looks the same if nothing was sent, because the visitor must not learn that. */
export interface SentLink {
  /** The stage, the run and the address that it was for; for any other there is none yet. */
  readonly stage: string;
  readonly execution: string;
  readonly address: string;
  /** Key of the flow token, and of the code in the mail. */
  readonly token: string;
  /** When the code in the mail expires, in milliseconds since 1970. */
  readonly codeExpires?: number;
  /** Set if a limit kept it from being sent: when the next one can be, in milliseconds since 1970. */
  readonly notBefore?: number;
}

/** What is known in a run. The names are the reference's: they are part of its contract (flow execution, section 1.2). */
export interface PlanContext {
  pending_user?: PlannedUser;
  /** What the visitor typed, for display. */
  pending_user_identifier?: string;
  /** What the visitor typed, also where a matched user is displayed instead: they know no more than that. */
  typed_identifier?: string;
  /** What was proved in this run, by a password or a mail; absent until then. */
  proved_account?: ProvedAccount;
  /** The address that the last mailed proof of this run was sent to. */
  proved_address?: string;
  prompt_data?: Record<string, unknown>;
  /** Keys of `prompt_data` whose values nobody is shown, such as passwords. */
  prompt_secrets?: string[];
  /** A recipient instead of the user's own address; only ever set by this server. */
  email?: string;
  email_sent?: boolean;
  /** What the email stage had sent last. */
  email_link?: SentLink;
  /** Key of the flow token that restored the plan. */
  is_restored?: string;
  /** Where to go in the end. */
  redirect?: string;
  is_redirected?: boolean;
  invitation_in_effect?: boolean;
  /** Key of the invitation. */
  invitation?: string;
  auth_method?: string;
  user_backend?: string;
  user_path?: string;
  user_type?: string;
  groups?: string[];
  deny_message?: string;
  consent_title?: string;
  consent_header?: string;
  consent_permissions?: { id: string; name: string }[];
  consent_additional_permissions?: { id: string; name: string }[];
}

/** A new run through a flow. */
export function newPlan(flow: string, bindings: PlannedStage[], context: PlanContext): FlowPlan {
  return { version: 1, execution: randomUUID(), flow, bindings, context };
}
