import type { SessionTerms } from '../core/sessions/session.service.js';
import type { User } from '../core/users/user.entity.js';
import type { Flow } from '../flows/flow.entity.js';
import type { Visitor } from './execution.js';
import type { OpenSession } from './flow-sessions.js';
import type { FlowPlan } from './plan.js';
import type { RunEvent } from './statistics/run-progress.js';

/** One request to the executor. */
export interface FlowRun extends OpenSession {
  readonly flow: Flow;
  readonly visitor: Visitor;
  /** The query of the page, part of every request. */
  readonly query: URLSearchParams;
  /** Where to redirect if the flow does not apply to this visitor; not validated. */
  readonly deniedNext: string | undefined;
  /** What this request adds to the statistics of flows. */
  readonly progress: RunEvent[];
  /** The link that the request opens. */
  link?: {
    readonly plan: FlowPlan;
    readonly address: string | undefined;
    /** Whether an email stage of the run has mailed it, so that the run has started already. */
    readonly isOfRun: boolean;
    isFollowed: boolean;
  };
  /** The user that this request signs in. */
  signedIn?: { readonly user: User; readonly terms: SessionTerms };
  /** Set if the flow is for signed-in users, and the visitor is not signed in. */
  needsSignIn?: true;
  /** Set when this request signs the visitor out. */
  signedOut?: true;
}
