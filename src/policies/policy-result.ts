import type { MessageOrText } from '../rest/messages/messages.js';

/** Result of a policy. */
export interface PolicyResult {
  readonly passing: boolean;
  /** For the visitor. */
  readonly messages: readonly MessageOrText[];
  /** What was not met, in English, for administrators. */
  readonly reasons?: readonly string[];
  /** The policy could not be evaluated; it does not pass then. */
  readonly isUndecided?: true;
}
