import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { SecretBox } from '../database/secret-box.js';
import type { FlowStageBindingDto } from '../flows/dto/flow-stage-binding.dto.js';
import { FlowStageBindingService } from '../flows/flow-stage-binding.service.js';
import type { Flow } from '../flows/flow.entity.js';
import { everyRow } from '../rest/access/route-access.js';
import { AppError } from '../rest/errors/app-error.js';
import { StatusError } from '../rest/errors/status-error.js';
import type { FlowInspectionDto, FlowInspectorPlanDto } from './dto/flow-inspection.dto.js';
import { FlowSessions } from './flow-sessions.js';
import { withoutSecrets } from './plan-history.js';
import type { FlowPlan, PlannedStage } from './plan.js';
import type { Visit } from './visit.js';

/** Returns the caller's own run through a flow, without secrets. */
@Injectable()
export class FlowInspector {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sessions: FlowSessions,
    private readonly bindings: FlowStageBindingService,
    private readonly secrets: SecretBox,
  ) {}

  /** @throws StatusError 400 if the session has nothing to do with flows */
  async inspect(flow: Flow, visit: Visit): Promise<FlowInspectionDto> {
    const { session, state } = await this.sessions.read(visit);
    const past = state.history.filter((plan) => plan.flow === flow.pk);
    const open = state.plan === 'broken' || state.plan?.flow !== flow.pk ? undefined : state.plan;
    const current = open ?? past.at(-1);
    if (session === undefined || current === undefined) throw new StatusError(400);
    const id = this.secrets.identifier(`session:${session.keyHash.toString('hex')}`);
    return {
      plans: await Promise.all(past.map((plan) => this.shown(plan, id))),
      current_plan: await this.shown(current, id),
      is_completed: open === undefined,
    };
  }

  private async shown({ bindings, context }: FlowPlan, session: string): Promise<FlowInspectorPlanDto> {
    const [current, next] = await Promise.all([this.bindingOf(bindings[0]), this.bindingOf(bindings[1])]);
    return {
      ...(current !== undefined && { current_stage: current }),
      ...(next !== undefined && { next_planned_stage: next }),
      plan_context: { ...withoutSecrets(context) },
      session_id: session,
    };
  }

  /** Returns the binding of a planned stage; undefined for a stage without one, and for a deleted binding. */
  private async bindingOf(planned: PlannedStage | undefined): Promise<FlowStageBindingDto | undefined> {
    if (planned === undefined || !('binding' in planned)) return undefined;
    try {
      return await this.bindings.read(this.dataSource.manager, planned.binding, everyRow);
    } catch (error) {
      if (error instanceof AppError && error.code === 'notFound') return undefined;
      throw error;
    }
  }
}
