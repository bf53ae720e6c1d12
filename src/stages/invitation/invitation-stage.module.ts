import { Module } from '@nestjs/common';

import { EventsModule } from '../../events/events.module.js';
import { FlowExecutionModule } from '../../flow-execution/flow-execution.module.js';
import { StageExecutors } from '../../flow-execution/stage-executors.js';
import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { Referrers } from '../../rest/referrers.js';
import { invitationsThatName } from './invitation-references.js';
import { InvitationStageController } from './invitation-stage.controller.js';
import { InvitationStageExecutor } from './invitation-stage.executor.js';
import { invitationStageKind } from './invitation-stage.kind.js';
import { InvitationStageService } from './invitation-stage.service.js';
import { InvitationController } from './invitation.controller.js';
import { InvitationService } from './invitation.service.js';

/** The invitation stage, and invitations. */
@Module({
  imports: [EventsModule, FlowsModule, FlowExecutionModule],
  controllers: [InvitationController, InvitationStageController],
  providers: [InvitationService, InvitationStageService, InvitationStageExecutor],
  exports: [InvitationStageService],
})
export class InvitationStageModule {
  constructor(kinds: StageKinds, executors: StageExecutors, executor: InvitationStageExecutor, referrers: Referrers) {
    kinds.register(invitationStageKind);
    executors.register(executor);
    referrers.register('authentik_core.user', (manager, pk) => [invitationsThatName(manager, 'createdById', pk)]);
    referrers.register('authentik_flows.flow', (manager, pk) => [invitationsThatName(manager, 'flowId', pk)]);
  }
}
