import type { User } from '../core/users/user.entity.js';
import type { Flow } from '../flows/flow.entity.js';
import type { FlowPlanner } from './flow-planner.js';
import type { OpenSession } from './flow-sessions.js';

/**
 * Puts a plan of this flow, as the user themselves, in the place of what the session is at (flow execution, section
 * 1.7). An empty flow leaves nothing to be done.
 *
 * @returns whether the flow is for them; if it is not, the session stays as it is
 */
export async function beginFlow(
  { manager, state }: OpenSession,
  planner: FlowPlanner,
  flow: Flow,
  user: User,
): Promise<boolean> {
  const planned = await planner.plan(manager, flow, user, { pending_user: { pk: user.pk } });
  if (planned.kind === 'notApplicable') return false;
  delete state.plan;
  if (planned.kind === 'plan') state.plan = planned.plan;
  state.history = [];
  return true;
}
