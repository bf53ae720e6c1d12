import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';

import { AccessGuard } from './access/access.guard.js';
import { AuthenticationService } from './access/authentication.service.js';
import { BootstrapService } from './bootstrap/bootstrap.service.js';
import { Idempotency } from './idempotency/idempotency.service.js';
import { RequestLimits } from './limits/request-limits.service.js';
import { RootController } from './root/config.controller.js';

/** Users, groups and tokens, and who may do what. */
@Global()
@Module({
  controllers: [RootController],
  providers: [
    AccessGuard,
    { provide: APP_GUARD, useExisting: AccessGuard },
    AuthenticationService,
    BootstrapService,
    Idempotency,
    RequestLimits,
  ],
  exports: [AccessGuard, Idempotency, RequestLimits],
})
export class CoreModule {}
