import type { EntityManager } from 'typeorm';

import type { Stage } from '../flows/stage.entity.js';
import type { NestedMessages } from '../rest/errors/validation-error.js';
import type { MessageOrText } from '../rest/messages/messages.js';
import type { Execution } from './execution.js';

type Class = abstract new () => object;

/** A challenge: `component` and its fields. The executor adds common fields such as `flow_info`. */
export interface Challenge {
  readonly component: string;
  readonly response_errors?: Readonly<Record<string, readonly MessageOrText[]>>;
  readonly error_message?: MessageOrText;
  readonly header_text?: MessageOrText;
  readonly primary_action?: MessageOrText;
  readonly [field: string]: unknown;
}

/** The outcome of a stage for one request. */
export type StageOutcome =
  /** The visitor gets a challenge. */
  | { readonly kind: 'challenge'; readonly challenge: Challenge }
  /** The stage is passed, and the run continues with the next one. */
  | { readonly kind: 'passed' }
  /** The response is invalid; `invalid_response_action` of the binding decides what happens next. */
  | { readonly kind: 'rejected'; readonly errors: NestedMessages }
  /** The stage has replaced the run (`Execution.continueWith`). */
  | { readonly kind: 'replaced' }
  /** The run ends, with a message or the default one. */
  | { readonly kind: 'denied'; readonly message?: MessageOrText };

/**
 * Executes the stages of one kind. One instance serves all runs, so it has no state. Write with `execution.manager` only:
 * the writes take effect together with the plan, or not at all.
 */
export interface StageExecutor<S extends Stage = Stage> {
  /** The kind of stage (`StageKind.kind`). */
  readonly kind: string;
  /** Classes of the challenge and the response, for the OpenAPI document; a stage without UI has neither. */
  readonly challenge?: Class;
  readonly response?: Class;

  /** Returns the challenge (GET). A stage without UI does its work here. May be called any number of times. */
  show(execution: Execution<S>): Promise<StageOutcome>;

  /**
   * Handles the response (POST). A stage without UI does the same as in `show`.
   *
   * @param body any JSON value, untrusted; parse it with `execution.read`
   * @throws ValidationError for an invalid body, which counts as `rejected`
   */
  handleResponse(execution: Execution<S>, body: unknown): Promise<StageOutcome>;

  /** Whether a response can contain files, so that its request may be large. Default: no. */
  takesFiles?(manager: EntityManager, stage: S): Promise<boolean>;
}

/** Executes a stage that is not in the database, and that other stages insert into a plan by its name. */
export interface InMemoryStageExecutor extends Omit<StageExecutor, 'kind' | 'show' | 'handleResponse' | 'takesFiles'> {
  /** The name in the plan. */
  readonly name: string;

  /** Like those of `StageExecutor`. */
  show(execution: Execution<undefined>): Promise<StageOutcome>;
  handleResponse(execution: Execution<undefined>, body: unknown): Promise<StageOutcome>;
}
