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

/** `/flows/-/`: addresses that lead browsers into flows and out of them (flow execution, section 2.8). */
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
    goTo(reply, '/flows/-/default/invalidation/');
  }

  /** To the first flow of a designation that is for this visitor; the query stays. */
  @Navigation('default/:designation')
  async default(
    @Param('designation') wanted: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    let slug: string | undefined;
    const designation = flowDesignations.find((known) => known === wanted);
    if (designation === undefined) {
      answerUnknownPath(reply);
      return;
    }
    await this.sessions.change(visitOf(request, this.cookies), async (open) => {
      const flow = await this.planner.findDefault(open.manager, designation, open.user);
      if (flow !== undefined) dropOtherPlan(open, flow.pk);
      slug = flow?.slug;
    });
    if (slug !== undefined) goTo(reply, `/if/flow/${slug}/${queryOf(request)}`);
    // Without a flow that says goodbye there is nothing to be done any more.
    else if (designation === 'invalidation') goTo(reply, '/');
    else answerUnknownPath(reply);
  }
}

function dropOtherPlan({ state }: OpenSession, flow: string): void {
  if (state.plan === 'broken' || state.plan?.flow !== flow) delete state.plan;
}

function goTo(reply: FastifyReply, address: string): void {
  void reply.header('cache-control', 'no-store').redirect(address, 302);
}
