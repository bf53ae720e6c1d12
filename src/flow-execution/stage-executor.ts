import type { EntityManager } from 'typeorm';

import type { Stage } from '../flows/stage.entity.js';
import type { NestedMessages } from '../rest/errors/validation-error.js';
import type { MessageOrText } from '../rest/messages/messages.js';
import type { Execution } from './execution.js';

type Class = abstract new () => object;

/** `component` and the fields of that component. The executor adds `flow_info` and the like. */
export interface Challenge {
  readonly component: string;
  readonly response_errors?: Readonly<Record<string, readonly MessageOrText[]>>;
  readonly error_message?: MessageOrText;
  readonly header_text?: MessageOrText;
  readonly primary_action?: MessageOrText;
  readonly [field: string]: unknown;
}

/** What comes of a stage (flow execution, section 2.4). */
export type StageOutcome =
  /** The visitor is asked something. */
  | { readonly kind: 'challenge'; readonly challenge: Challenge }
  /** The stage is passed: the next one is reached. */
  | { readonly kind: 'passed' }
  /** The answer is not accepted; `invalid_response_action` of the binding decides what follows. */
  | { readonly kind: 'rejected'; readonly errors: NestedMessages }
  /** The run ends; without a message for an unknown reason. */
  | { readonly kind: 'denied'; readonly message?: MessageOrText };

/**
 * What a kind of stage does when a visitor reaches it. One instance serves every run: all state is in the execution.
 * Everything is written with `execution.manager`: it takes effect together with the plan, or not at all.
 */
export interface StageExecutor<S extends Stage = Stage> {
  /** The kind of stage (`StageKind.kind`). */
  readonly kind: string;
  /** What it shows and what it takes, for the documentation; a stage without UI has neither. */
  readonly challenge?: Class;
  readonly response?: Class;

  /** The stage is reached or looked at again (GET). A stage without UI acts here. May be called any number of times. */
  show(execution: Execution<S>): Promise<StageOutcome>;

  /**
   * An answer has come (POST). A stage without UI does the same as in `show`.
   *
   * @param body what was posted: any JSON value. Read it with `execution.read`, and trust nothing in it
   * @throws ValidationError for a body that cannot be read; it counts as `rejected`
   */
  answer(execution: Execution<S>, body: unknown): Promise<StageOutcome>;

  /** Whether an answer can hold files, so that its request can be large. Absent: it cannot. */
  takesFiles?(manager: EntityManager, stage: S): Promise<boolean>;
}

/** What a stage does that stands in no database: other stages, or the executor, put it into a plan by its name. */
export interface InMemoryStageExecutor extends Omit<StageExecutor, 'kind' | 'show' | 'answer' | 'takesFiles'> {
  /** The name in the plan. */
  readonly name: string;

  /** As with a `StageExecutor`. */
  show(execution: Execution<undefined>): Promise<StageOutcome>;
  answer(execution: Execution<undefined>, body: unknown): Promise<StageOutcome>;
}
