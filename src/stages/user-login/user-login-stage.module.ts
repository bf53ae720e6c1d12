import { Module } from '@nestjs/common';

import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { UserLoginStageController } from './user-login-stage.controller.js';
import { userLoginStageKind } from './user-login-stage.kind.js';
import { UserLoginStageService } from './user-login-stage.service.js';

/** The user login stage. */
@Module({
  imports: [FlowsModule],
  controllers: [UserLoginStageController],
  providers: [UserLoginStageService],
  exports: [UserLoginStageService],
})
export class UserLoginStageModule {
  constructor(kinds: StageKinds) {
    kinds.register(userLoginStageKind);
  }
}
