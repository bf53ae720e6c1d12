import { Module } from '@nestjs/common';

import { FlowExecutionModule } from '../../flow-execution/flow-execution.module.js';
import { StageExecutors } from '../../flow-execution/stage-executors.js';
import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { PasswordStageModule } from '../password/password-stage.module.js';
import { IdentificationStageController } from './identification-stage.controller.js';
import { IdentificationStageExecutor } from './identification-stage.executor.js';
import { identificationStageKind } from './identification-stage.kind.js';
import { IdentificationStageService } from './identification-stage.service.js';

/** The identification stage. */
@Module({
  imports: [FlowExecutionModule, FlowsModule, PasswordStageModule],
  controllers: [IdentificationStageController],
  providers: [IdentificationStageExecutor, IdentificationStageService],
  exports: [IdentificationStageService],
})
export class IdentificationStageModule {
  constructor(kinds: StageKinds, executors: StageExecutors, executor: IdentificationStageExecutor) {
    kinds.register(identificationStageKind);
    executors.register(executor);
  }
}
