import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';

import { SETTINGS, type Settings } from './config/settings.js';
import { CoreModule } from './core/core.module.js';
import { DatabaseModule, type DatabaseModuleOptions } from './database/database.module.js';
import { EventsModule } from './events/events.module.js';
import { FlowExecutionModule } from './flow-execution/flow-execution.module.js';
import { FlowsModule } from './flows/flows.module.js';
import { TransferModule } from './flows/transfer/transfer.module.js';
import { HealthModule } from './health/health.module.js';
import { ManagedModule } from './managed/managed.module.js';
import { PagesModule } from './pages/pages.module.js';
import { PoliciesModule } from './policies/policies.module.js';
import { AnswerCache } from './rest/cache/answer-cache.js';
import { ErrorFilter } from './rest/errors/error.filter.js';
import { RequestPipe } from './rest/fields/request.pipe.js';
import { SchemaController, SchemaDocument } from './rest/openapi/schema.controller.js';
import { ConsentStageModule } from './stages/consent/consent-stage.module.js';
import { DenyStageModule } from './stages/deny/deny-stage.module.js';
import { DummyStageModule } from './stages/dummy/dummy-stage.module.js';
import { EmailStageModule } from './stages/email/email-stage.module.js';
import { IdentificationStageModule } from './stages/identification/identification-stage.module.js';
import { InvitationStageModule } from './stages/invitation/invitation-stage.module.js';
import { PasswordStageModule } from './stages/password/password-stage.module.js';
import { PromptStageModule } from './stages/prompt/prompt-stage.module.js';
import { UserLoginStageModule } from './stages/user-login/user-login-stage.module.js';
import { UserWriteStageModule } from './stages/user-write/user-write-stage.module.js';

/** The whole service. */
@Module({})
export class AppModule {
  static forRoot(settings: Settings, database: DatabaseModuleOptions): DynamicModule {
    const api = [
      CoreModule,
      EventsModule,
      FlowsModule,
      TransferModule,
      PoliciesModule,
      ManagedModule,
      FlowExecutionModule,
    ];
    const stages = [
      ConsentStageModule,
      DenyStageModule,
      DummyStageModule,
      EmailStageModule,
      IdentificationStageModule,
      InvitationStageModule,
      PasswordStageModule,
      PromptStageModule,
      UserLoginStageModule,
      UserWriteStageModule,
    ];
    return {
      module: AppModule,
      imports: [DatabaseModule.forRoot(database), HealthModule, ...api, ...stages, PagesModule],
      controllers: [SchemaController],
      providers: [
        AnswerCache,
        SchemaDocument,
        { provide: APP_FILTER, useClass: ErrorFilter },
        { provide: APP_PIPE, useClass: RequestPipe },
        { provide: SETTINGS, useValue: settings },
      ],
      exports: [AnswerCache, SETTINGS],
      global: true,
    };
  }
}
