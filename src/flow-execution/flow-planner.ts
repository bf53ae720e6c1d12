import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { isSuperuser } from '../core/authority/membership.js';
import type { User } from '../core/users/user.entity.js';
import { DatabaseClock } from '../database/database-clock.js';
import type { FlowDesignation } from '../flows/flow-choices.js';
import { FlowStageBinding } from '../flows/flow-stage-binding.entity.js';
import { Flow } from '../flows/flow.entity.js';
import { passingTargets, targetVerdicts } from '../policies/policy-engine.js';
import { type FlowPlan, newPlan, type PlanContext } from './plan.js';
import { newRunId } from './statistics/run-id.js';

/** The result of planning. */
export type Planned =
  | { readonly kind: 'plan'; readonly plan: FlowPlan }
  /** The flow has no stages for this visitor. */
  | { readonly kind: 'empty'; readonly plan: FlowPlan }
  /** The flow does not apply to this visitor. */
  | { readonly kind: 'notApplicable' };

/** Decides which stages a visitor has to pass. Plans are not cached. */
@Injectable()
export class FlowPlanner {
  constructor(private readonly clock: DatabaseClock) {}

  /**
   * Returns the plan of a flow for a visitor.
   *
   * @param user the signed-in user; undefined for anonymous visitors
   * @param context what is known already; a pending user in it is who the policies are asked about
   */
  async plan(manager: EntityManager, flow: Flow, user: User | undefined, context: PlanContext = {}): Promise<Planned> {
    if (!(await this.isApplicable(manager, flow, user, context))) return { kind: 'notApplicable' };
    const bindings = await manager.find(FlowStageBinding, {
      where: { targetId: flow.pk },
      order: { order: 'ASC', pk: 'ASC' },
    });
    const evaluated = bindings.filter(({ evaluateOnPlan }) => evaluateOnPlan).map(({ pk }) => pk);
    const verdicts = await targetVerdicts(manager, 'binding', evaluated, subjectOf(user, context), context);
    if ([...verdicts.values()].includes('undecided')) return { kind: 'notApplicable' };
    const planned = bindings
      .filter(({ pk, evaluateOnPlan }) => !evaluateOnPlan || verdicts.get(pk) === 'passes')
      .map(({ pk, stageId, reEvaluatePolicies }) => ({ binding: pk, stage: stageId, reEvaluate: reEvaluatePolicies }));
    const plan = newPlan(flow.pk, planned, context, newRunId(this.clock.now()));
    return { kind: planned.length > 0 ? 'plan' : 'empty', plan };
  }

  /** The first flow by slug of this designation that applies to this visitor. Brands, which could name another, do not exist here. */
  async findDefault(
    manager: EntityManager,
    designation: FlowDesignation,
    user: User | undefined,
    context: PlanContext = {},
  ): Promise<Flow | undefined> {
    for (const flow of await manager.find(Flow, { where: { designation }, order: { slug: 'ASC' } })) {
      if (await this.isApplicable(manager, flow, user, context)) return flow;
    }
    return undefined;
  }

  /** Whether the flow is for this visitor: what it requires, then its policies. */
  async isApplicable(
    manager: EntityManager,
    flow: Flow,
    user: User | undefined,
    context: PlanContext = {},
  ): Promise<boolean> {
    if (!(await meetsAuthentication(manager, flow, user, context))) return false;
    return (await passingTargets(manager, 'flow', [flow.pk], subjectOf(user, context), context)).has(flow.pk);
  }
}

/** Returns the user that policies are evaluated for: the pending user, or the signed-in one. */
export function subjectOf(user: User | undefined, { pending_user }: PlanContext): { pk: number } | undefined {
  if (pending_user === undefined) return user;
  return 'pk' in pending_user ? pending_user : undefined;
}

async function meetsAuthentication(
  manager: EntityManager,
  { authentication }: Flow,
  user: User | undefined,
  context: PlanContext,
): Promise<boolean> {
  switch (authentication) {
    case 'none':
      return true;
    case 'require_authenticated':
      return user !== undefined;
    case 'require_unauthenticated':
      return user === undefined;
    case 'require_superuser':
      return user !== undefined && (await isSuperuser(manager, user.pk));
    case 'require_redirect':
      return context.is_redirected === true;
    case 'require_outpost':
      // Outposts are not supported.
      return false;
  }
}
