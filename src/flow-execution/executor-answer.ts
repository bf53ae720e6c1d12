import type { FlowLayout } from '../flows/flow-choices.js';
import type { MessageOrText } from '../rest/messages/messages.js';
import type { UserMessage } from './execution.js';
import type { Challenge } from './stage-executor.js';

/** Errors of an answer, by field. */
export type ResponseErrors = Readonly<Record<string, readonly MessageOrText[]>>;

/** What every challenge of a stage says of its flow. */
export interface FlowInfo {
  readonly title: string;
  readonly background: string;
  readonly cancel_url: string;
  readonly layout: FlowLayout;
}

/** A challenge with everything that clients show (flow execution, section 2.5). `wireChallenge` converts it for the API. */
export interface FullChallenge extends Challenge {
  readonly flow_info?: FlowInfo;
  readonly response_errors?: ResponseErrors;
  /** Additional messages for the visitor; absent if none. Not part of authentik's wire. */
  readonly messages?: readonly UserMessage[];
}

/** What the executor says to a request: API and pages alike. */
export type ExecutorAnswer =
  /** Ask the executor again, with GET: something was passed, or the flow was started anew. */
  { readonly kind: 'continue' } | { readonly kind: 'challenge'; readonly challenge: FullChallenge };
