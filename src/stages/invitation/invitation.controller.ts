import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { ResourceController } from '../../core/access/resource-controller.js';
import { InvitationListQuery } from './dto/invitation-list.query.js';
import { InvitationRequestDto, PatchedInvitationRequestDto } from './dto/invitation.dto.js';
import { invitations } from './invitation.resource.js';
import { InvitationService } from './invitation.service.js';

/** `/stages/invitation/invitations/` */
@ApiTags('stages')
@Controller('stages/invitation/invitations')
export class InvitationController extends ResourceController(invitations, {
  query: InvitationListQuery,
  request: InvitationRequestDto,
  patch: PatchedInvitationRequestDto,
}) {
  constructor(@Inject(InvitationService) service: InvitationService) {
    super(service);
  }
}
