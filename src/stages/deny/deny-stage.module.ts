import { Module } from '@nestjs/common';

import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { DenyStageController } from './deny-stage.controller.js';
import { denyStageKind } from './deny-stage.kind.js';
import { DenyStageService } from './deny-stage.service.js';

/** The deny stage. */
@Module({
  imports: [FlowsModule],
  controllers: [DenyStageController],
  providers: [DenyStageService],
  exports: [DenyStageService],
})
export class DenyStageModule {
  constructor(kinds: StageKinds) {
    kinds.register(denyStageKind);
  }
}
