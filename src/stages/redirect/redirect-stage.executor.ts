import { Injectable } from '@nestjs/common';

import type { Execution } from '../../flow-execution/execution.js';
import { FlowPlanner } from '../../flow-execution/flow-planner.js';
import { localPath } from '../../flow-execution/next-url.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { Flow } from '../../flows/flow.entity.js';
import { RedirectChallengeResponseRequestDto } from './dto/redirect-challenge.dto.js';
import type { RedirectStage } from './redirect-stage.entity.js';

/** Redirects the visitor to a page of this service, or replaces the run by one of another flow. */
@Injectable()
export class RedirectStageExecutor implements StageExecutor<RedirectStage> {
  readonly kind = 'redirect';
  readonly response = RedirectChallengeResponseRequestDto;

  constructor(private readonly planner: FlowPlanner) {}

  async show(execution: Execution<RedirectStage>): Promise<StageOutcome> {
    const { redirectMode, targetStatic } = execution.stage;
    const to = redirectMode === 'flow' ? await this.startFlow(execution) : localPath(targetStatic);
    if (to === undefined) return { kind: 'denied' };
    return { kind: 'challenge', challenge: { component: 'xak-flow-redirect', to } };
  }

  async handleResponse(execution: Execution<RedirectStage>, body: unknown): Promise<StageOutcome> {
    await execution.read(RedirectChallengeResponseRequestDto, body);
    return { kind: 'passed' };
  }

  /** @returns the page of the flow; undefined if the flow does not exist or does not apply to this visitor */
  private async startFlow(execution: Execution<RedirectStage>): Promise<string | undefined> {
    const { manager, stage, plan, visitor } = execution;
    const flow = stage.targetFlowId === null ? null : await manager.findOneBy(Flow, { pk: stage.targetFlowId });
    if (flow === null) return undefined;
    const context = { ...(stage.keepContext && plan.context), is_redirected: true };
    const planned = await this.planner.plan(manager, flow, visitor.user, context);
    if (planned.kind === 'notApplicable') return undefined;
    execution.continueWith(planned.plan);
    const query = new URLSearchParams(execution.query);
    query.delete('flow_token');
    return `/if/flow/${flow.slug}/${query.size > 0 ? `?${query.toString()}` : ''}`;
  }
}
