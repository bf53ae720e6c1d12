import { Module } from '@nestjs/common';

import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { PasswordStageController } from './password-stage.controller.js';
import { passwordStageKind } from './password-stage.kind.js';
import { PasswordStageService } from './password-stage.service.js';

/** The password stage. */
@Module({
  imports: [FlowsModule],
  controllers: [PasswordStageController],
  providers: [PasswordStageService],
  exports: [PasswordStageService],
})
export class PasswordStageModule {
  constructor(kinds: StageKinds) {
    kinds.register(passwordStageKind);
  }
}
