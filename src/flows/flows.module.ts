import { Module } from '@nestjs/common';

import { BackgroundFiles } from './backgrounds/background-files.js';
import { BackgroundController } from './backgrounds/background.controller.js';
import { BackgroundService } from './backgrounds/background.service.js';
import { ImageController } from './backgrounds/image.controller.js';
import { DiagramController } from './diagram.controller.js';
import { FlowSetReader } from './flow-set.js';
import { FlowStageBindingController } from './flow-stage-binding.controller.js';
import { FlowStageBindingService } from './flow-stage-binding.service.js';
import { FlowController } from './flow.controller.js';
import { FlowService } from './flow.service.js';
import { StageKinds } from './stage-kinds.js';
import { StageController } from './stage.controller.js';
import { StageService } from './stage.service.js';

/** Flows, stages of every kind, and flow-stage bindings. */
@Module({
  controllers: [
    BackgroundController,
    DiagramController,
    FlowController,
    FlowStageBindingController,
    ImageController,
    StageController,
  ],
  providers: [
    BackgroundFiles,
    BackgroundService,
    FlowService,
    FlowSetReader,
    FlowStageBindingService,
    StageKinds,
    StageService,
  ],
  exports: [FlowService, FlowSetReader, FlowStageBindingService, StageKinds],
})
export class FlowsModule {}
