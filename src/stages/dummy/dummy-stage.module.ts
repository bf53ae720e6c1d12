import { Module } from '@nestjs/common';

import { FlowExecutionModule } from '../../flow-execution/flow-execution.module.js';
import { StageExecutors } from '../../flow-execution/stage-executors.js';
import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { DummyStageController } from './dummy-stage.controller.js';
import { DummyStageExecutor } from './dummy-stage.executor.js';
import { dummyStageKind } from './dummy-stage.kind.js';
import { DummyStageService } from './dummy-stage.service.js';

/** The dummy stage. */
@Module({
  imports: [FlowsModule, FlowExecutionModule],
  controllers: [DummyStageController],
  providers: [DummyStageService, DummyStageExecutor],
  exports: [DummyStageService],
})
export class DummyStageModule {
  constructor(kinds: StageKinds, executors: StageExecutors, executor: DummyStageExecutor) {
    kinds.register(dummyStageKind);
    executors.register(executor);
  }
}
