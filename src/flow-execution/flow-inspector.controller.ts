import { Controller, Req } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { SessionCookies } from '../core/sessions/session-cookies.js';
import { Flow } from '../flows/flow.entity.js';
import { Current } from '../rest/access/visible.js';
import { GenericErrorDto } from '../rest/openapi/error.dto.js';
import { Action } from '../rest/resource.js';
import { FlowInspectionDto } from './dto/flow-inspection.dto.js';
import { FlowInspector } from './flow-inspector.js';
import { visitOf } from './visit.js';

/** `/flows/inspector/` */
@ApiTags('flows')
@Controller('flows/inspector')
export class FlowInspectorController {
  constructor(
    private readonly inspector: FlowInspector,
    private readonly cookies: SessionCookies,
  ) {}

  @Action({
    method: 'GET',
    path: ':flow_slug',
    operation: 'flows_inspector_get',
    description: 'Look at what your session has done in a flow, and at what it is about to do.',
    access: {
      level: 'authenticated',
      model: 'authentik_flows.flow',
      lookup: { entity: () => Flow, parameter: 'flow_slug', property: 'slug', format: 'text' },
      lookupFirst: true,
      onRow: ['authentik_flows.inspect_flow'],
    },
    responses: [
      { status: 200, type: FlowInspectionDto },
      { status: 400, description: 'No flow plan in session.' },
      { status: 404, type: GenericErrorDto },
    ],
  })
  @ApiParam({ name: 'flow_slug', schema: { type: 'string' }, description: 'Slug of the flow.' })
  get(@Current() flow: Flow, @Req() request: FastifyRequest): Promise<FlowInspectionDto> {
    return this.inspector.inspect(flow, visitOf(request, this.cookies));
  }
}
