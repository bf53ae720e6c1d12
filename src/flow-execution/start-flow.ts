import type { User } from '../core/users/user.entity.js';
import type { Flow } from '../flows/flow.entity.js';
import type { FlowPlanner } from './flow-planner.js';
import type { OpenSession } from './flow-sessions.js';

/**
 * Replaces the plan of the session by a new one of this flow, with the user as pending user. An empty flow leaves no plan.
 *
 * @returns whether the flow applies to the user; if not, the session is unchanged
 */
export async function startFlow(
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
