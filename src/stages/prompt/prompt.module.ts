import { Module } from '@nestjs/common';

import { FlowExecutionModule } from '../../flow-execution/flow-execution.module.js';
import { StageExecutors } from '../../flow-execution/stage-executors.js';
import { FlowsModule } from '../../flows/flows.module.js';
import { Exporter } from '../../flows/transfer/exporter.service.js';
import { TransferModels } from '../../flows/transfer/transfer-models.js';
import { TransferModule } from '../../flows/transfer/transfer.module.js';
import { ChoosePasswordExecutor } from './choose-password.executor.js';
import { promptsOfFlow, promptTransfer } from './prompt-transfer.js';
import { PromptController } from './prompt.controller.js';
import { PromptService } from './prompt.service.js';

/** The form fields of prompt stages: their routes, and their import and export. */
@Module({
  imports: [FlowsModule, FlowExecutionModule, TransferModule],
  controllers: [PromptController],
  providers: [ChoosePasswordExecutor, PromptService],
})
export class PromptModule {
  constructor(
    executors: StageExecutors,
    choosePassword: ChoosePasswordExecutor,
    models: TransferModels,
    exporter: Exporter,
    prompts: PromptService,
  ) {
    executors.registerInMemory(choosePassword);
    models.register(promptTransfer(prompts));
    exporter.register(promptsOfFlow);
  }
}
