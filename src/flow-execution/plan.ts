import { randomUUID } from 'node:crypto';

/**
 * The remaining stages of a run and the data it has collected. JSON with references instead of objects, so that it
 * survives a deployment, and restoring it cannot overwrite a user with an older state.
 */
export interface FlowPlan {
  /** Version of this format. Plans of other versions are not used. */
  readonly version: 1;
  /** ID of the run (`newRunId`); proofs are valid for one run only. */
  readonly execution: string;
  /** Key of the flow. */
  readonly flow: string;
  /** The first one is the current stage. */
  bindings: PlannedStage[];
  context: PlanContext;
}

/** A stage that is still to be passed: from a binding, or inserted by another stage. */
export type PlannedStage =
  | {
      /** Key of the binding, whose current policies and `invalid_response_action` apply. */
      readonly binding: string;
      readonly stage: string;
      /** Whether the policies of the binding are evaluated again when the stage is reached. */
      readonly reEvaluate: boolean;
    }
  | {
      /** Name of the executor of a stage that is not in the database. */
      readonly inMemory: string;
    };

/** The names that a visitor typed for an unknown user. No account is created from them. */
export interface PretendedUser {
  readonly username: string;
  readonly email: string;
  /** Key of the account that has the address of this sign-up: its owner gets a mail about it. */
  readonly owner?: number;
}

/** The user of a plan: a user, or the names that a visitor typed. */
export type PlannedUser = { readonly pk: number } | { readonly pretended: PretendedUser };

/** The state of an account when a proof was given. A new password or address invalidates the proof. */
export interface ProvedAccount {
  /** ID of the user. */
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
  /** When it was mailed, in milliseconds since 1970. */
  readonly sent?: number;
  /** Set if a limit kept it from being sent: when the next one can be, in milliseconds since 1970. */
  readonly notBefore?: number;
}

/** The data of a run, under authentik's names. */
export interface PlanContext {
  pending_user?: PlannedUser;
  /** What the visitor typed, for display. */
  pending_user_identifier?: string;
  /** What the visitor typed, also if the matched user is displayed instead. */
  typed_identifier?: string;
  /** The address that the visitor typed for a new account or as their new one, for display. */
  typed_address?: string;
  /** The run corrects the last sign-up of this browser. */
  corrects_sign_up?: boolean;
  /** The account that a password or mail has proved in this run. */
  proved_account?: ProvedAccount;
  /** The address that the last mailed proof of this run was sent to. */
  proved_address?: string;
  prompt_data?: Record<string, unknown>;
  /** Keys of `prompt_data` whose values are never shown, such as passwords. */
  prompt_secrets?: string[];
  /** A recipient instead of the user's own address; only ever set by this server. */
  email?: string;
  email_sent?: boolean;
  /** The last link that an email stage sent. */
  email_link?: SentLink;
  /** Set if the link of the plan was not mailed: an administrator got it, or the first start showed it. */
  shown_link?: 'recovery' | 'first_sign_in';
  /** Key of the flow token that restored the plan. */
  is_restored?: string;
  /** Where to redirect at the end of the flow. */
  redirect?: string;
  is_redirected?: boolean;
  invitation_in_effect?: boolean;
  /** Key of the invitation. */
  invitation?: string;
  /** The visitor has accepted a mailed invitation by its button. */
  invitation_accepted?: boolean;
  /** The address that the opened link of a single-use invitation was mailed to. */
  invitation_address?: string;
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

/** Returns the plan of a new run. @param execution its ID */
export function newPlan(
  flow: string,
  bindings: PlannedStage[],
  context: PlanContext,
  execution: string = randomUUID(),
): FlowPlan {
  return { version: 1, execution, flow, bindings, context };
}
