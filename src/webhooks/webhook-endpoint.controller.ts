import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { Caller } from '../core/access/caller.js';
import { CurrentCaller } from '../core/access/current-caller.js';
import { ResourceController } from '../core/access/resource-controller.js';
import { LimitedPerUser } from '../core/limits/limited-per-user.js';
import { Current } from '../rest/access/visible.js';
import { ValidationErrorDto } from '../rest/openapi/error.dto.js';
import { Resource } from '../rest/resource.js';
import { WebhookDeliveryDto } from './dto/webhook-delivery.dto.js';
import { WebhookEndpointListQuery } from './dto/webhook-endpoint-list.query.js';
import {
  PatchedWebhookEndpointRequestDto,
  WebhookEndpointDto,
  WebhookEndpointRequestDto,
} from './dto/webhook-endpoint.dto.js';
import { WebhookEndpoint } from './webhook-endpoint.entity.js';
import { WebhookEndpointService } from './webhook-endpoint.service.js';

const endpoints = new Resource({
  operations: 'webhooks_endpoints',
  model: 'authentik_webhooks.webhookendpoint',
  noun: 'webhook endpoint',
  response: WebhookEndpointDto,
  lookup: {
    entity: () => WebhookEndpoint,
    parameter: 'endpoint_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the endpoint.',
  },
});

const mayChange = [endpoints.permission('change')];
const invalid = { status: 400, type: ValidationErrorDto };

/** `/webhooks/endpoints/` */
@ApiTags('webhooks')
@Controller('webhooks/endpoints')
export class WebhookEndpointController extends ResourceController(endpoints, {
  query: WebhookEndpointListQuery,
  request: WebhookEndpointRequestDto,
  patch: PatchedWebhookEndpointRequestDto,
}) {
  constructor(@Inject(WebhookEndpointService) private readonly endpoints: WebhookEndpointService) {
    super(endpoints);
  }

  @endpoints.detailAction({
    method: 'POST',
    path: 'rotate_secret',
    operation: 'rotate_secret_create',
    description:
      'Make a new secret, shown this once. For 24 hours, deliveries have a signature of each secret; a further rotation ' +
      'ends the oldest one.',
    permissions: mayChange,
    responses: [{ status: 200, type: WebhookEndpointDto }, invalid],
  })
  rotateSecret(@Current() endpoint: WebhookEndpoint, @CurrentCaller() caller: Caller): Promise<WebhookEndpointDto> {
    return this.endpoints.rotateSecret(endpoint, caller);
  }

  @endpoints.detailAction({
    method: 'POST',
    path: 'test',
    operation: 'test_create',
    description: 'Deliver an event of the type `webhook.test`. `/webhooks/deliveries/` shows the attempts.',
    permissions: mayChange,
    responses: [{ status: 200, type: WebhookDeliveryDto }, invalid],
  })
  @LimitedPerUser({ name: 'webhooks_test', times: 30, seconds: 300 })
  test(@Current() endpoint: WebhookEndpoint): Promise<WebhookDeliveryDto> {
    return this.endpoints.test(endpoint);
  }
}
