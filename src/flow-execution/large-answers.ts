import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { SessionCookies } from '../core/sessions/session-cookies.js';
import { Flow } from '../flows/flow.entity.js';
import { Stage } from '../flows/stage.entity.js';
import { FlowSessions } from './flow-sessions.js';
import { StageExecutors } from './stage-executors.js';
import { visitOf } from './visit.js';

/** Limits the size of responses, except where a stage of the run accepts files. */
@Injectable()
export class LargeAnswers {
  constructor(
    private readonly sessions: FlowSessions,
    private readonly cookies: SessionCookies,
    private readonly executors: StageExecutors,
  ) {}

  /** Limits the bodies of the executor and of flow pages. Call it before routes are registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      const [, parameter] = /\/(?:flows\/executor|if\/flow)\/:(\w+)$/.exec(route.url) ?? [];
      if (parameter === undefined) return;
      const takesLargeBody = (request: FastifyRequest): Promise<boolean> =>
        this.expectsFiles((request.params as Record<string, string>)[parameter] ?? '', request);
      route.config = { ...route.config, takesLargeBody };
    });
  }

  /**
   * Whether the session has a plan of this flow with a stage that accepts files. Policies decide later which stage is the
   * current one, so all stages of the plan count.
   */
  private async expectsFiles(slug: string, request: FastifyRequest): Promise<boolean> {
    const { manager, state } = await this.sessions.read(visitOf(request, this.cookies));
    const { plan } = state;
    if (plan === undefined || plan === 'broken') return false;
    if (!(await manager.existsBy(Flow, { pk: plan.flow, slug }))) return false;
    for (const planned of plan.bindings) {
      const stage = 'stage' in planned ? await manager.findOneBy(Stage, { pk: planned.stage }) : null;
      if (stage !== null && (await this.executors.get(stage.kind).takesFiles?.(manager, stage))) return true;
    }
    return false;
  }
}
