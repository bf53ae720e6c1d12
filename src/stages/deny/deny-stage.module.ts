import { Module } from '@nestjs/common';

import { FlowExecutionModule } from '../../flow-execution/flow-execution.module.js';
import { StageExecutors } from '../../flow-execution/stage-executors.js';
import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { DenyStageController } from './deny-stage.controller.js';
import { DenyStageExecutor } from './deny-stage.executor.js';
import { denyStageKind } from './deny-stage.kind.js';
import { DenyStageService } from './deny-stage.service.js';

/** The deny stage. */
@Module({
  imports: [FlowExecutionModule, FlowsModule],
  controllers: [DenyStageController],
  providers: [DenyStageExecutor, DenyStageService],
  exports: [DenyStageService],
})
export class DenyStageModule {
  constructor(kinds: StageKinds, executors: StageExecutors, executor: DenyStageExecutor) {
    kinds.register(denyStageKind);
    executors.register(executor);
  }
}
