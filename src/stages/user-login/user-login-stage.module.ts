import { Module } from '@nestjs/common';

import { EventsModule } from '../../events/events.module.js';
import { FlowExecutionModule } from '../../flow-execution/flow-execution.module.js';
import { StageExecutors } from '../../flow-execution/stage-executors.js';
import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { UserLoginStageController } from './user-login-stage.controller.js';
import { UserLoginStageExecutor } from './user-login-stage.executor.js';
import { userLoginStageKind } from './user-login-stage.kind.js';
import { UserLoginStageService } from './user-login-stage.service.js';

/** The user login stage. */
@Module({
  imports: [EventsModule, FlowExecutionModule, FlowsModule],
  controllers: [UserLoginStageController],
  providers: [UserLoginStageExecutor, UserLoginStageService],
  exports: [UserLoginStageService],
})
export class UserLoginStageModule {
  constructor(kinds: StageKinds, executors: StageExecutors, executor: UserLoginStageExecutor) {
    kinds.register(userLoginStageKind);
    executors.register(executor);
  }
}
