import type { Readable } from 'node:stream';

import { Body, Controller, Inject, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ResourceController } from '../../core/access/resource-controller.js';
import { Idempotent, type IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import { LimitedPerUser } from '../../core/limits/limited-per-user.js';
import { Current } from '../../rest/access/visible.js';
import { ValidationErrorDto } from '../../rest/openapi/error.dto.js';
import { Resource } from '../../rest/resource.js';
import { checkContent, eventStream, respondToCheck } from './check-stream.js';
import { NamedTransportListQuery } from './dto/named-transport-list.query.js';
import {
  NamedTransportDto,
  NamedTransportRequestDto,
  PatchedNamedTransportRequestDto,
} from './dto/named-transport.dto.js';
import { NamedTransportCheckDto } from './dto/transport-check.dto.js';
import { NamedTransportTestDto, NamedTransportTestRequestDto } from './dto/transport-test.dto.js';
import { NamedTransport, namedTransportModel } from './named-transport.entity.js';
import { NamedTransportService } from './named-transport.service.js';

const transports = new Resource({
  operations: 'mail_transports',
  model: namedTransportModel,
  noun: 'mail transport',
  response: NamedTransportDto,
  lookup: {
    entity: () => NamedTransport,
    parameter: 'transport_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the transport.',
  },
});

/** `/mail/transports/` */
@ApiTags('mail')
@Controller('mail/transports')
export class NamedTransportController extends ResourceController(transports, {
  query: NamedTransportListQuery,
  request: NamedTransportRequestDto,
  patch: PatchedNamedTransportRequestDto,
}) {
  constructor(@Inject(NamedTransportService) private readonly transports: NamedTransportService) {
    super(transports);
  }

  @transports.detailAction({
    method: 'POST',
    path: 'check',
    operation: 'check_create',
    description:
      'Connect and log in to the servers of a transport, without sending a mail, and look up the domain of its sender. ' +
      'With `Accept: text/event-stream` each step is an event `step` as it ends; the event `result` is the answer.',
    permissions: [transports.permission('change')],
    alsoAs: eventStream,
    responses: [
      { status: 200, content: checkContent(NamedTransportCheckDto) },
      { status: 400, type: ValidationErrorDto },
    ],
  })
  @LimitedPerUser({ name: 'mail_transports_check', times: 30, seconds: 300 })
  @ApiExtraModels(NamedTransportCheckDto)
  check(
    @Current() transport: NamedTransport,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NamedTransportCheckDto | Readable> {
    return respondToCheck(request, reply, (onStep) => this.transports.check(transport, onStep));
  }

  @transports.detailAction({
    method: 'POST',
    path: 'test',
    operation: 'test_create',
    description:
      'Send a test mail through a transport, through the same queue, worker and server as the mails of its stages. The ' +
      'response does not wait for the delivery.',
    permissions: [transports.permission('change')],
    status: 202,
    responses: [
      { status: 202, type: NamedTransportTestDto },
      { status: 400, type: ValidationErrorDto },
    ],
  })
  @LimitedPerUser({ name: 'mail_transports_test', times: 30, seconds: 300 })
  test(
    @Current() transport: NamedTransport,
    @Body() mail: NamedTransportTestRequestDto,
    @Idempotent() request?: IdempotentRequest,
  ): Promise<NamedTransportTestDto> {
    return this.transports.test(transport, mail, request);
  }
}
