import { Controller, Headers, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Caller } from '../core/access/caller.js';
import { CurrentCaller } from '../core/access/current-caller.js';
import type { RouteAccess } from '../rest/access/route-access.js';
import { ValidationError } from '../rest/errors/validation-error.js';
import { GenericErrorDto, ValidationErrorDto } from '../rest/openapi/error.dto.js';
import { Action } from '../rest/resource.js';
import { EventStreamQuery } from './dto/event-stream.query.js';
import { EventStreams } from './event-streams.service.js';
import { parseCursor } from './stream-cursor.js';

const type = 'text/event-stream';

/** Who can have every event posted to a URL may read them. A narrower permission could show what its holder may not view. */
const access: RouteAccess = { level: 'authenticated', everywhere: ['authentik_webhooks.add_webhookendpoint'] };

/** `/events/stream/` */
@ApiTags('events')
@Controller('events/stream')
export class EventStreamController {
  constructor(private readonly streams: EventStreams) {}

  @Action({
    method: 'GET',
    path: '',
    operation: 'events_stream_retrieve',
    description:
      'Server-sent events: what happens, as it happens. Each event has the name and the JSON of a webhook, and an id to ' +
      'go on after. `stream.reset` says that events are missing before it. A comment comes every 15 seconds.',
    access,
    streams: type,
    responses: [
      {
        status: 200,
        content: {
          [type]: { schema: { type: 'string' }, example: 'event: user.created\ndata: {"type": "user.created"}\n' },
        },
      },
      { status: 400, type: ValidationErrorDto },
      { status: 429, type: GenericErrorDto, description: 'The caller has 10 streams open.' },
    ],
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The id of an event to go on after.' })
  async read(
    @Query() query: EventStreamQuery,
    @Headers('last-event-id') header: string | undefined,
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const id = header ?? query.last_event_id ?? '';
    const after = parseCursor(id);
    if (id !== '' && after === undefined) {
      throw new ValidationError({ last_event_id: ['Enter the id of an event of this stream.'] });
    }
    const filter = { types: query.event_types ?? [], subject: query.subject ?? '' };
    const isHead = request.method === 'HEAD';
    const stream = isHead ? '' : await this.streams.open({ request, reply, caller, access, filter, after });
    // Proxies neither store nor collect what is sent.
    void reply.type(type).header('cache-control', 'no-store').header('x-accel-buffering', 'no').send(stream);
  }
}
