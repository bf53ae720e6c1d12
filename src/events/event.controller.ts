import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { VisibleRows } from '../rest/access/route-access.js';
import { Visible } from '../rest/access/visible.js';
import type { Page } from '../rest/list/page.js';
import { Resource } from '../rest/resource.js';
import { EventListQuery } from './dto/event-list.query.js';
import { EventDto } from './dto/event.dto.js';
import { Event } from './event.entity.js';
import { EventService } from './event.service.js';

const events = new Resource({
  operations: 'events_events',
  model: 'authentik_events.event',
  noun: 'event',
  response: EventDto,
  lookup: {
    entity: () => Event,
    parameter: 'event_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the event.',
  },
});

/** `/events/events/` */
@ApiTags('events')
@Controller('events/events')
export class EventController {
  constructor(private readonly service: EventService) {}

  @events.list()
  list(@Query() query: EventListQuery, @Visible() visible: VisibleRows): Promise<Page<EventDto>> {
    return this.service.list(query, visible);
  }

  @events.retrieve()
  get(@events.key() pk: string, @Visible() visible: VisibleRows): Promise<EventDto> {
    return this.service.get(pk, visible);
  }
}
