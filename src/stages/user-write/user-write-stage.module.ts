import { Module } from '@nestjs/common';

import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { UserWriteStageController } from './user-write-stage.controller.js';
import { userWriteStageKind } from './user-write-stage.kind.js';
import { UserWriteStageService } from './user-write-stage.service.js';

/** The user write stage. */
@Module({
  imports: [FlowsModule],
  controllers: [UserWriteStageController],
  providers: [UserWriteStageService],
  exports: [UserWriteStageService],
})
export class UserWriteStageModule {
  constructor(kinds: StageKinds) {
    kinds.register(userWriteStageKind);
  }
}
