import { Module } from '@nestjs/common';

import { FlowExecutionModule } from '../../flow-execution/flow-execution.module.js';
import { StageExecutors } from '../../flow-execution/stage-executors.js';
import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { Exporter } from '../../flows/transfer/exporter.service.js';
import { TransferModels } from '../../flows/transfer/transfer-models.js';
import { TransferModule } from '../../flows/transfer/transfer.module.js';
import { ChoosePasswordExecutor } from './choose-password.executor.js';
import { PromptStageController } from './prompt-stage.controller.js';
import { PromptStageExecutor } from './prompt-stage.executor.js';
import { promptStageKind } from './prompt-stage.kind.js';
import { PromptStageService } from './prompt-stage.service.js';
import { promptsOfFlow, promptTransfer } from './prompt-transfer.js';
import { PromptController } from './prompt.controller.js';
import { PromptService } from './prompt.service.js';

/** The prompt stage, and the prompts that its forms are made of. */
@Module({
  imports: [FlowsModule, FlowExecutionModule, TransferModule],
  controllers: [PromptController, PromptStageController],
  providers: [ChoosePasswordExecutor, PromptService, PromptStageService, PromptStageExecutor],
  exports: [PromptService, PromptStageService],
})
export class PromptStageModule {
  constructor(
    kinds: StageKinds,
    executors: StageExecutors,
    executor: PromptStageExecutor,
    choosePassword: ChoosePasswordExecutor,
    models: TransferModels,
    exporter: Exporter,
    prompts: PromptService,
  ) {
    kinds.register(promptStageKind);
    executors.register(executor);
    executors.registerInMemory(choosePassword);
    models.register(promptTransfer(prompts));
    exporter.register(promptsOfFlow);
  }
}
