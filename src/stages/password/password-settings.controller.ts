import { Controller, Get, HttpCode, Param, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { SessionCookies } from '../../core/sessions/session-cookies.js';
import { FlowPlanner } from '../../flow-execution/flow-planner.js';
import { FlowSessions } from '../../flow-execution/flow-sessions.js';
import { startFlow } from '../../flow-execution/start-flow.js';
import { visitOf } from '../../flow-execution/visit.js';
import { answerUnknownPath } from '../../rest/errors/error.filter.js';
import { parseUuid } from '../../rest/fields/uuid.js';
import { queryOf } from '../../rest/http/query.js';
import { findConfigureFlow } from './password-settings.js';

/** `/flows/-/configure/{stage_uuid}/`: starts the flow in which signed-in users change their password. */
@ApiExcludeController()
@Controller('flows/-/configure')
export class PasswordSettingsController {
  constructor(
    private readonly planner: FlowPlanner,
    private readonly sessions: FlowSessions,
    private readonly cookies: SessionCookies,
  ) {}

  @Get(':stage_uuid')
  @HttpCode(302)
  @RouteConfig({ access: { level: 'visitor' } })
  async configure(
    @Param('stage_uuid') key: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const pk = parseUuid(key);
    let address: string | undefined;
    await this.sessions.change(visitOf(request, this.cookies), async (open) => {
      const flow = pk === undefined ? undefined : await findConfigureFlow(open.manager, pk);
      if (flow === undefined) return;
      if (open.user === undefined) {
        address = `/flows/-/default/authentication/?next=${encodeURIComponent(`/flows/-/configure/${pk}/`)}`;
        return;
      }
      // If the flow does not apply to the user, its page shows the reason.
      await startFlow(open, this.planner, flow, open.user);
      address = `/if/flow/${flow.slug}/${queryOf(request)}`;
    });
    if (address === undefined) answerUnknownPath(reply);
    else void reply.header('cache-control', 'no-store').redirect(address, 302);
  }
}
