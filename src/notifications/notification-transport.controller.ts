import { Controller, Inject, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Caller } from '../core/access/caller.js';
import { CurrentCaller } from '../core/access/current-caller.js';
import { ResourceController } from '../core/access/resource-controller.js';
import { LimitedPerUser } from '../core/limits/limited-per-user.js';
import { Current } from '../rest/access/visible.js';
import { Resource } from '../rest/resource.js';
import { NotificationTransport } from '../webhooks/notification-transport.entity.js';
import { NotificationTransportListQuery } from './dto/notification-transport-list.query.js';
import {
  NotificationTransportDto,
  NotificationTransportRequestDto,
  NotificationTransportTestDto,
  PatchedNotificationTransportRequestDto,
} from './dto/notification-transport.dto.js';
import { NotificationTests } from './notification-tests.service.js';
import { NotificationTransportService } from './notification-transport.service.js';

const transports = new Resource({
  operations: 'events_transports',
  model: 'authentik_events.notificationtransport',
  noun: 'notification transport',
  response: NotificationTransportDto,
  lookup: {
    entity: () => NotificationTransport,
    parameter: 'uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the transport.',
  },
});

/** `/events/transports/` */
@ApiTags('events')
@Controller('events/transports')
export class NotificationTransportController extends ResourceController(transports, {
  query: NotificationTransportListQuery,
  request: NotificationTransportRequestDto,
  patch: PatchedNotificationTransportRequestDto,
}) {
  constructor(
    @Inject(NotificationTransportService) service: NotificationTransportService,
    private readonly tests: NotificationTests,
  ) {
    super(service);
  }

  @transports.detailAction({
    method: 'POST',
    path: 'test',
    operation: 'test_create',
    description:
      'Send a test notification to yourself, once. The error of a failed one is a text, with the status 500.',
    permissions: [transports.permission('change')],
    responses: [
      { status: 200, type: NotificationTransportTestDto },
      { status: 500, description: 'Failed to test transport' },
    ],
  })
  @LimitedPerUser({ name: 'events_transports_test', times: 30, seconds: 300 })
  async test(
    @Current() transport: NotificationTransport,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NotificationTransportTestDto | string> {
    const result = await this.tests.send(transport, caller);
    if ('messages' in result) return { messages: [...result.messages] };
    reply.status(500).type('application/json');
    return JSON.stringify(result.problem);
  }
}
