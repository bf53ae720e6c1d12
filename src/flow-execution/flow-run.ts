import type { EntityManager } from 'typeorm';

import type { StoredSession } from '../core/sessions/session.service.js';
import type { User } from '../core/users/user.entity.js';
import type { Flow } from '../flows/flow.entity.js';
import type { Visitor } from './execution.js';
import type { FlowState } from './flow-state.js';

/** One request to the executor. What is changed in `state` is stored when the request succeeds. */
export interface FlowRun {
  /** Of the transaction that the whole request is. */
  readonly manager: EntityManager;
  readonly flow: Flow;
  readonly visitor: Visitor;
  /** The query of the page; each request brings it along. */
  readonly query: URLSearchParams;
  /** Where to go if the flow is not for this visitor; not checked yet. */
  readonly deniedNext: string | undefined;
  /** What the visitor has; undefined for a new visitor. */
  readonly session: StoredSession | undefined;
  readonly state: FlowState;
  /** Somebody who was signed in by this request. */
  signedIn?: { readonly user: User; readonly seconds: number };
}
