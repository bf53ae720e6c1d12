import { applyDecorators, Controller, Get, HttpCode, Param, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { SessionCookies } from '../core/sessions/session-cookies.js';
import { flowDesignations } from '../flows/flow-choices.js';
import { answerUnknownPath } from '../rest/errors/error.filter.js';
import { queryOf } from '../rest/http/query.js';
import { FlowPlanner } from './flow-planner.js';
import { FlowSessions, type OpenSession } from './flow-sessions.js';
import { visitOf } from './visit.js';

function Navigation(path: string): MethodDecorator {
  return applyDecorators(Get(path), RouteConfig({ access: { level: 'visitor' } }), HttpCode(302));
}

/** `/flows/-/`: redirects browsers to default flows, and cancels the current run. */
@ApiExcludeController()
@Controller('flows/-')
export class FlowNavigationController {
  constructor(
    private readonly planner: FlowPlanner,
    private readonly sessions: FlowSessions,
    private readonly cookies: SessionCookies,
  ) {}

  @Navigation('cancel')
  async cancel(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sessions.change(visitOf(request, this.cookies), ({ state }) => {
      delete state.plan;
      return Promise.resolve();
    });
    redirectTo(reply, '/flows/-/default/invalidation/');
  }

  /** Redirects to the first flow of a designation that applies to this visitor, and keeps the query. */
  @Navigation('default/:designation')
  async default(
    @Param('designation') requested: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    let slug: string | undefined;
    const designation = flowDesignations.find((known) => known === requested);
    if (designation === undefined) {
      answerUnknownPath(reply);
      return;
    }
    await this.sessions.change(visitOf(request, this.cookies), async (open) => {
      const flow = await this.planner.findDefault(open.manager, designation, open.user);
      if (flow !== undefined) dropOtherPlan(open, flow.pk);
      slug = flow?.slug;
    });
    if (slug !== undefined) redirectTo(reply, `/if/flow/${slug}/${queryOf(request)}`);
    // Cancelling a run leads here; without an invalidation flow it ends at the start page.
    else if (designation === 'invalidation') redirectTo(reply, '/');
    else answerUnknownPath(reply);
  }
}

function dropOtherPlan({ state }: OpenSession, flow: string): void {
  if (state.plan === 'broken' || state.plan?.flow !== flow) delete state.plan;
}

function redirectTo(reply: FastifyReply, address: string): void {
  void reply.header('cache-control', 'no-store').redirect(address, 302);
}
