import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { Execution } from '../../flow-execution/execution.js';
import { FlowPlanner } from '../../flow-execution/flow-planner.js';
import type { FlowPlan, PlanContext, PlannedStage } from '../../flow-execution/plan.js';
import { isCorrectable } from '../../flow-execution/waiting-mail.js';

/** Lets a visitor go back from the email stage to correct what they typed. */
@Injectable()
export class AddressCorrection {
  constructor(private readonly planner: FlowPlanner) {}

  /**
   * Replaces the run by one in which the visitor types again. The account and the links of a sign-up stay until its form
   * is submitted.
   *
   * @returns false if they cannot go back
   */
  async start(execution: Execution): Promise<boolean> {
    const { manager, flow, plan, visitor } = execution;
    if (!isCorrectable(flow, plan.context, visitor)) return false;
    const isSignUp = flow.designation === 'enrollment';
    const context = isSignUp ? contextOfSignUp(plan) : {};
    const planned = await this.planner.plan(manager, flow, visitor.user, context);
    if (planned.kind !== 'plan') return false;
    const bindings = isSignUp ? await fromFirstForm(manager, planned.plan) : planned.plan.bindings;
    if (bindings.length === 0) return false;
    execution.continueWith({ ...planned.plan, bindings });
    return true;
  }
}

/** Returns what was typed, without secrets, and what an invitation has decided. No user and no proof. */
function contextOfSignUp({ context }: FlowPlan): PlanContext {
  const { prompt_data, invitation, invitation_in_effect, groups, user_path, user_type } = context;
  return {
    corrects_sign_up: true,
    ...(prompt_data !== undefined && { prompt_data }),
    ...(invitation !== undefined && { invitation }),
    ...(invitation_in_effect !== undefined && { invitation_in_effect }),
    ...(groups !== undefined && { groups }),
    ...(user_path !== undefined && { user_path }),
    ...(user_type !== undefined && { user_type }),
  };
}

/**
 * Returns the stages from the first form on, without invitation stages: the invitation may be used up by this sign-up.
 * None if the flow creates active accounts, which are never replaced.
 */
async function fromFirstForm(manager: EntityManager, { bindings }: FlowPlan): Promise<PlannedStage[]> {
  const stages = bindings.flatMap((planned) => ('stage' in planned ? [planned.stage] : []));
  const rows = await manager.query<{ pk: string; kind: string; creates_active: boolean }[]>(
    `select stage_uuid as pk, kind, kind = 'user_write' and not create_users_as_inactive as creates_active
       from "stage" where stage_uuid = any($1)`,
    [stages],
  );
  if (rows.some((row) => row.creates_active)) return [];
  const kinds = new Map(rows.map(({ pk, kind }) => [pk, kind]));
  const kindOf = (planned: PlannedStage): string | undefined =>
    'stage' in planned ? kinds.get(planned.stage) : undefined;
  const first = bindings.findIndex((planned) => kindOf(planned) === 'prompt');
  return first === -1 ? [] : bindings.slice(first).filter((planned) => kindOf(planned) !== 'invitation');
}
