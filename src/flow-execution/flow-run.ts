import type { SessionTerms } from '../core/sessions/session.service.js';
import type { User } from '../core/users/user.entity.js';
import type { Flow } from '../flows/flow.entity.js';
import type { Visitor } from './execution.js';
import type { OpenSession } from './flow-sessions.js';
import type { FlowPlan } from './plan.js';

/** One request to the executor. */
export interface FlowRun extends OpenSession {
  readonly flow: Flow;
  readonly visitor: Visitor;
  /** The query of the page; each request brings it along. */
  readonly query: URLSearchParams;
  /** Where to go if the flow is not for this visitor; not checked yet. */
  readonly deniedNext: string | undefined;
  /** The link that the request is about. */
  link?: { readonly plan: FlowPlan; isFollowed: boolean };
  /** Somebody who was signed in by this request. */
  signedIn?: { readonly user: User; readonly terms: SessionTerms };
  /** Set when this request signs the visitor out. */
  signedOut?: true;
}
