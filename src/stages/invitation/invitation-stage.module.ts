import { Module } from '@nestjs/common';

import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { InvitationStageController } from './invitation-stage.controller.js';
import { invitationStageKind } from './invitation-stage.kind.js';
import { InvitationStageService } from './invitation-stage.service.js';
import { InvitationController } from './invitation.controller.js';
import { InvitationService } from './invitation.service.js';

/** The invitation stage, and invitations. */
@Module({
  imports: [FlowsModule],
  controllers: [InvitationController, InvitationStageController],
  providers: [InvitationService, InvitationStageService],
  exports: [InvitationStageService],
})
export class InvitationStageModule {
  constructor(kinds: StageKinds) {
    kinds.register(invitationStageKind);
  }
}
