import { Module } from '@nestjs/common';

import { EventsModule } from '../../events/events.module.js';
import { FlowExecutionModule } from '../../flow-execution/flow-execution.module.js';
import { StageExecutors } from '../../flow-execution/stage-executors.js';
import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { PasswordCheck } from './password-check.js';
import { PasswordSettingsController } from './password-settings.controller.js';
import { PasswordStageController } from './password-stage.controller.js';
import { PasswordStageExecutor } from './password-stage.executor.js';
import { passwordStageKind } from './password-stage.kind.js';
import { PasswordStageService } from './password-stage.service.js';

/** The password stage. */
@Module({
  imports: [EventsModule, FlowExecutionModule, FlowsModule],
  controllers: [PasswordStageController, PasswordSettingsController],
  providers: [PasswordStageExecutor, PasswordStageService, PasswordCheck],
  exports: [PasswordCheck, PasswordStageService],
})
export class PasswordStageModule {
  constructor(
    kinds: StageKinds,
    executors: StageExecutors,
    executor: PasswordStageExecutor,
    stages: PasswordStageService,
  ) {
    kinds.register({ ...passwordStageKind, userSettings: () => stages.userSettings() });
    executors.register(executor);
  }
}
