import { Module } from '@nestjs/common';

import { emailStage } from './email/email-stage.definition.js';
import { EmailStageModule } from './email/email-stage.module.js';
import { stageDefinitions } from './stage-definitions.js';
import { StageModule } from './stage.module.js';

/** The stages of every kind. The email stage has a module of its own. */
@Module({
  imports: stageDefinitions.map((stage) => (stage.kind === emailStage.kind ? EmailStageModule : StageModule.of(stage))),
})
export class StagesModule {}
