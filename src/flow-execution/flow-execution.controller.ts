import { Controller, Inject, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { publicUrl, SETTINGS, type Settings } from '../config/settings.js';
import { Caller } from '../core/access/caller.js';
import { CurrentCaller } from '../core/access/current-caller.js';
import { SessionCookies } from '../core/sessions/session-cookies.js';
import { User } from '../core/users/user.entity.js';
import { Flow } from '../flows/flow.entity.js';
import { flows } from '../flows/flow.resource.js';
import { Current } from '../rest/access/visible.js';
import { LinkDto } from './dto/link.dto.js';
import { FlowPlanner } from './flow-planner.js';
import { FlowSessions } from './flow-sessions.js';
import { startFlow } from './start-flow.js';
import { visitOf } from './visit.js';

/** `/flows/instances/{slug}/execute/` */
@ApiTags('flows')
@Controller('flows/instances')
export class FlowExecutionController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly planner: FlowPlanner,
    private readonly sessions: FlowSessions,
    private readonly cookies: SessionCookies,
  ) {}

  @flows.detailAction({
    method: 'GET',
    path: 'execute',
    operation: 'execute_retrieve',
    description: 'Start a flow in your session with yourself as pending user, and return the link to its page.',
    permissions: [],
    responses: [
      { status: 200, type: LinkDto },
      { status: 400, description: 'Flow not applicable' },
    ],
  })
  async execute(
    @Current() flow: Flow,
    @CurrentCaller() { pk }: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LinkDto | string> {
    let isApplicable: boolean | undefined;
    const issued = await this.sessions.change(visitOf(request, this.cookies), async (open) => {
      const user = await open.manager.findOneByOrFail(User, { pk });
      isApplicable = await startFlow(open, this.planner, flow, user);
    });
    if (isApplicable !== true) {
      void reply.status(400).type('text/html; charset=utf-8');
      return notApplicablePage;
    }
    if (issued !== undefined) this.cookies.send(reply, issued);
    return { link: `${publicUrl(this.settings)}/if/flow/${flow.slug}/` };
  }
}

const notApplicablePage =
  '<!doctype html><html lang="en"><title>Bad Request</title><h1>Bad Request</h1>' +
  '<p>Flow not applicable to current user/request: Flow does not apply to current user.</p></html>';
