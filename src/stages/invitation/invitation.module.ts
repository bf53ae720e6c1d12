import { Module } from '@nestjs/common';

import { FlowsModule } from '../../flows/flows.module.js';
import { TransferModels } from '../../flows/transfer/transfer-models.js';
import { TransferModule } from '../../flows/transfer/transfer.module.js';
import { Referrers } from '../../rest/referrers.js';
import { invitationReferences } from './invitation-references.js';
import { invitationTransfer } from './invitation-transfer.js';
import { InvitationController } from './invitation.controller.js';
import { InvitationService } from './invitation.service.js';

/** The invitations that invitation stages require. */
@Module({
  imports: [FlowsModule, TransferModule],
  controllers: [InvitationController],
  providers: [InvitationService],
})
export class InvitationModule {
  constructor(referrers: Referrers, models: TransferModels, service: InvitationService) {
    models.register(invitationTransfer(service));
    referrers.register('authentik_core.user', (manager, pk) => [invitationReferences(manager, 'createdById', pk)]);
    referrers.register('authentik_flows.flow', (manager, pk) => [invitationReferences(manager, 'flowId', pk)]);
  }
}
