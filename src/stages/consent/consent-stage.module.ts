import { Module } from '@nestjs/common';

import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { ConsentStageController } from './consent-stage.controller.js';
import { consentStageKind } from './consent-stage.kind.js';
import { ConsentStageService } from './consent-stage.service.js';

/** The consent stage. */
@Module({
  imports: [FlowsModule],
  controllers: [ConsentStageController],
  providers: [ConsentStageService],
  exports: [ConsentStageService],
})
export class ConsentStageModule {
  constructor(kinds: StageKinds) {
    kinds.register(consentStageKind);
  }
}
