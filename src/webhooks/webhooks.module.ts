import { Module } from '@nestjs/common';

import { EventsModule } from '../events/events.module.js';
import { WebhookDeliveryController } from './webhook-delivery.controller.js';
import { WebhookDeliveryService } from './webhook-delivery.service.js';
import { WebhookEndpointController } from './webhook-endpoint.controller.js';
import { WebhookEndpointService } from './webhook-endpoint.service.js';
import { WebhookMetrics } from './webhook-metrics.js';
import { WebhookSender } from './webhook-sender.js';
import { WebhookStore } from './webhook-store.js';
import { WebhookWorker } from './webhook-worker.service.js';

/** Webhooks: delivers events to other systems. */
@Module({
  imports: [EventsModule],
  controllers: [WebhookEndpointController, WebhookDeliveryController],
  providers: [
    WebhookDeliveryService,
    WebhookEndpointService,
    WebhookMetrics,
    WebhookSender,
    WebhookStore,
    WebhookWorker,
  ],
  exports: [WebhookMetrics, WebhookSender, WebhookStore],
})
export class WebhooksModule {}
