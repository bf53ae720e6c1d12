import { Module } from '@nestjs/common';

import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { PromptStageController } from './prompt-stage.controller.js';
import { promptStageKind } from './prompt-stage.kind.js';
import { PromptStageService } from './prompt-stage.service.js';
import { PromptController } from './prompt.controller.js';
import { PromptService } from './prompt.service.js';

/** The prompt stage, and the prompts that its forms are made of. */
@Module({
  imports: [FlowsModule],
  controllers: [PromptController, PromptStageController],
  providers: [PromptService, PromptStageService],
  exports: [PromptService, PromptStageService],
})
export class PromptStageModule {
  constructor(kinds: StageKinds) {
    kinds.register(promptStageKind);
  }
}
