import { Module } from '@nestjs/common';

import { FlowExecutionModule } from '../../flow-execution/flow-execution.module.js';
import { StageExecutors } from '../../flow-execution/stage-executors.js';
import { FlowsModule } from '../../flows/flows.module.js';
import { TransferModels } from '../../flows/transfer/transfer-models.js';
import { TransferModule } from '../../flows/transfer/transfer.module.js';
import { MailModule } from '../../mail/mail.module.js';
import { ProofsModule } from '../../proofs/proofs.module.js';
import { Referrers } from '../../rest/referrers.js';
import { AcceptInvitationExecutor } from './accept-invitation.executor.js';
import { InvitationMailController } from './invitation-mail.controller.js';
import { InvitationMail } from './invitation-mail.service.js';
import { invitationReferences } from './invitation-references.js';
import { invitationTransfer } from './invitation-transfer.js';
import { InvitationController } from './invitation.controller.js';
import { InvitationService } from './invitation.service.js';

/** The invitations that invitation stages require. */
@Module({
  imports: [FlowExecutionModule, FlowsModule, MailModule, ProofsModule, TransferModule],
  controllers: [InvitationController, InvitationMailController],
  providers: [AcceptInvitationExecutor, InvitationMail, InvitationService],
})
export class InvitationModule {
  constructor(
    referrers: Referrers,
    models: TransferModels,
    service: InvitationService,
    executors: StageExecutors,
    accept: AcceptInvitationExecutor,
  ) {
    executors.registerInMemory(accept);
    models.register(invitationTransfer(service));
    referrers.register('authentik_core.user', (manager, pk) => [invitationReferences(manager, 'createdById', pk)]);
    referrers.register('authentik_flows.flow', (manager, pk) => [invitationReferences(manager, 'flowId', pk)]);
  }
}
