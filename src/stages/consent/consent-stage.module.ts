import { Module } from '@nestjs/common';

import { FlowExecutionModule } from '../../flow-execution/flow-execution.module.js';
import { StageExecutors } from '../../flow-execution/stage-executors.js';
import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { ConsentStageController } from './consent-stage.controller.js';
import { ConsentStageExecutor } from './consent-stage.executor.js';
import { consentStageKind } from './consent-stage.kind.js';
import { ConsentStageService } from './consent-stage.service.js';
import { Consents } from './consents.js';

/** The consent stage. */
@Module({
  imports: [FlowExecutionModule, FlowsModule],
  controllers: [ConsentStageController],
  providers: [ConsentStageExecutor, ConsentStageService, Consents],
  exports: [ConsentStageService],
})
export class ConsentStageModule {
  constructor(kinds: StageKinds, executors: StageExecutors, executor: ConsentStageExecutor) {
    kinds.register(consentStageKind);
    executors.register(executor);
  }
}
