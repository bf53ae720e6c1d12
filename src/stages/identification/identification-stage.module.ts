import { Module } from '@nestjs/common';

import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { IdentificationStageController } from './identification-stage.controller.js';
import { identificationStageKind } from './identification-stage.kind.js';
import { IdentificationStageService } from './identification-stage.service.js';

/** The identification stage. */
@Module({
  imports: [FlowsModule],
  controllers: [IdentificationStageController],
  providers: [IdentificationStageService],
  exports: [IdentificationStageService],
})
export class IdentificationStageModule {
  constructor(kinds: StageKinds) {
    kinds.register(identificationStageKind);
  }
}
