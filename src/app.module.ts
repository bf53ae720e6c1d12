import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';

import { LOGGER, type Logger } from './config/logger.js';
import { SETTINGS, type Settings } from './config/settings.js';
import { ConsoleModule } from './console/console.module.js';
import { CoreModule } from './core/core.module.js';
import { DatabaseModule, type DatabaseModuleOptions } from './database/database.module.js';
import { EventStreamModule } from './event-stream/event-stream.module.js';
import { EventsModule } from './events/events.module.js';
import { FlowExecutionModule } from './flow-execution/flow-execution.module.js';
import { FlowsModule } from './flows/flows.module.js';
import { TransferModule } from './flows/transfer/transfer.module.js';
import { HealthModule } from './health/health.module.js';
import { ManagedModule } from './managed/managed.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { OutgoingModule } from './outgoing/outgoing.module.js';
import { PagesModule } from './pages/pages.module.js';
import { PoliciesModule } from './policies/policies.module.js';
import { ResponseCache } from './rest/cache/response-cache.js';
import { ErrorFilter } from './rest/errors/error.filter.js';
import { RequestPipe } from './rest/fields/request.pipe.js';
import { SchemaController, SchemaDocument } from './rest/openapi/schema.controller.js';
import { StagesModule } from './stages/stages.module.js';
import { VerificationsModule } from './verifications/verifications.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** Root module of the service. */
@Module({})
export class AppModule {
  static forRoot(settings: Settings, database: DatabaseModuleOptions, logger: Logger): DynamicModule {
    const api = [
      CoreModule,
      EventsModule,
      EventStreamModule,
      FlowsModule,
      TransferModule,
      NotificationsModule,
      PoliciesModule,
      ManagedModule,
      FlowExecutionModule,
      VerificationsModule,
      WebhooksModule,
    ];
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot(database),
        OutgoingModule,
        HealthModule,
        ...api,
        StagesModule,
        PagesModule,
        ConsoleModule,
      ],
      controllers: [SchemaController],
      providers: [
        ResponseCache,
        SchemaDocument,
        { provide: APP_FILTER, useClass: ErrorFilter },
        { provide: APP_PIPE, useClass: RequestPipe },
        { provide: SETTINGS, useValue: settings },
        { provide: LOGGER, useValue: logger },
      ],
      exports: [LOGGER, ResponseCache, SETTINGS],
      global: true,
    };
  }
}
