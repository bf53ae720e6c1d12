import type { FlowLayout } from '../flows/flow-choices.js';
import type { UserMessage } from './execution.js';
import type { Challenge } from './stage-executor.js';

/** What is wrong with an answer, as the wire has it. */
export type ResponseErrors = Readonly<Record<string, readonly { readonly string: string; readonly code: string }[]>>;

/** What every challenge of a stage says of its flow. */
export interface FlowInfo {
  readonly title: string;
  readonly background: string;
  readonly cancel_url: string;
  readonly layout: FlowLayout;
}

/** A challenge as it is sent (flow execution, section 2.5). */
export interface FullChallenge extends Challenge {
  readonly flow_info?: FlowInfo;
  readonly response_errors?: ResponseErrors;
  /** What the visitor is told besides; not part of the reference's wire. Absent if there is nothing to tell. */
  readonly messages?: readonly UserMessage[];
  /** For pages, never sent: `error_message` is an administrator's own text. */
  readonly isOwnMessage?: true;
}

/** What the executor says to a request: API and pages alike. */
export type ExecutorAnswer =
  /** Ask the executor again, with GET: something was passed, or the flow was started anew. */
  { readonly kind: 'continue' } | { readonly kind: 'challenge'; readonly challenge: FullChallenge };
