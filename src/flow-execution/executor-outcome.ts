import type { FlowLayout } from '../flows/flow-choices.js';
import type { MessageOrText } from '../rest/messages/messages.js';
import type { UserMessage } from './execution.js';
import type { Challenge } from './stage-executor.js';

/** Errors of a response, keyed by field. */
export type ResponseErrors = Readonly<Record<string, readonly MessageOrText[]>>;

/** Flow data in every challenge of a stage. */
export interface FlowInfo {
  readonly title: string;
  readonly background: string;
  readonly cancel_url: string;
  readonly layout: FlowLayout;
}

/** A complete challenge. `wireChallenge` converts it for the API. */
export interface FullChallenge extends Challenge {
  readonly flow_info?: FlowInfo;
  readonly response_errors?: ResponseErrors;
  /** Additional messages for the visitor; absent if none. Not part of authentik's wire. */
  readonly messages?: readonly UserMessage[];
}

/** The executor's answer to a request, for API and pages. */
export type ExecutorOutcome =
  /** Repeat the request with GET: a stage was passed, or the flow was restarted. */
  { readonly kind: 'continue' } | { readonly kind: 'challenge'; readonly challenge: FullChallenge };
