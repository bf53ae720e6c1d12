import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';

import { EventStreamModule } from '../event-stream/event-stream.module.js';
import { MailModule } from '../mail/mail.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { DatabaseMetrics } from './database-metrics.js';
import { HealthController } from './health.controller.js';
import { MetricsAccess } from './metrics-access.js';
import { Metrics } from './metrics.js';
import { Shutdown } from './shutdown.service.js';

/** Health checks and metrics. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false }), EventStreamModule, MailModule, WebhooksModule],
  controllers: [HealthController],
  providers: [DatabaseMetrics, Metrics, MetricsAccess, Shutdown],
  exports: [Metrics, Shutdown],
})
export class HealthModule {}
