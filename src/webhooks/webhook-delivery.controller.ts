import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { VisibleRows } from '../rest/access/route-access.js';
import { Current, Visible } from '../rest/access/visible.js';
import type { Page } from '../rest/list/page.js';
import { ValidationErrorDto } from '../rest/openapi/error.dto.js';
import { Resource } from '../rest/resource.js';
import { WebhookDeliveryListQuery } from './dto/webhook-delivery-list.query.js';
import { WebhookDeliveryDetailDto, WebhookDeliveryDto } from './dto/webhook-delivery.dto.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookDeliveryService } from './webhook-delivery.service.js';

const deliveries = new Resource({
  operations: 'webhooks_deliveries',
  model: 'authentik_webhooks.webhookdelivery',
  noun: 'webhook delivery',
  response: WebhookDeliveryDto,
  lookup: {
    entity: () => WebhookDelivery,
    parameter: 'delivery_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the delivery.',
  },
});

const invalid = { status: 400, type: ValidationErrorDto };

/** `/webhooks/deliveries/` */
@ApiTags('webhooks')
@Controller('webhooks/deliveries')
export class WebhookDeliveryController {
  constructor(private readonly service: WebhookDeliveryService) {}

  @deliveries.list()
  list(@Query() query: WebhookDeliveryListQuery, @Visible() visible: VisibleRows): Promise<Page<WebhookDeliveryDto>> {
    return this.service.list(query, visible);
  }

  @deliveries.detailAction({
    method: 'GET',
    path: '',
    operation: 'retrieve',
    description: 'Get a delivery with its attempts.',
    permissions: [],
    responses: [{ status: 200, type: WebhookDeliveryDetailDto }, invalid],
  })
  get(@deliveries.key() pk: string, @Visible() visible: VisibleRows): Promise<WebhookDeliveryDetailDto> {
    return this.service.get(pk, visible);
  }

  @deliveries.detailAction({
    method: 'POST',
    path: 'replay',
    operation: 'replay_create',
    description:
      'Deliver an event again, with the same id, or retry a waiting delivery now. Answers 400 if the endpoint is disabled.',
    permissions: [deliveries.permission('change')],
    responses: [{ status: 200, type: WebhookDeliveryDto }, invalid],
  })
  replay(@Current() delivery: WebhookDelivery): Promise<WebhookDeliveryDto> {
    return this.service.replay(delivery);
  }
}
