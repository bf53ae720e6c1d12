import { Module } from '@nestjs/common';

import { FlowSetReader } from './flow-set.js';
import { FlowStageBindingController } from './flow-stage-binding.controller.js';
import { FlowStageBindingService } from './flow-stage-binding.service.js';
import { FlowController } from './flow.controller.js';
import { FlowService } from './flow.service.js';
import { StageKinds } from './stage-kinds.js';
import { StageController } from './stage.controller.js';
import { StageService } from './stage.service.js';

/** Flows, stages of every kind, and what binds them. */
@Module({
  controllers: [FlowController, FlowStageBindingController, StageController],
  providers: [FlowService, FlowSetReader, FlowStageBindingService, StageKinds, StageService],
  exports: [FlowSetReader, StageKinds],
})
export class FlowsModule {}
