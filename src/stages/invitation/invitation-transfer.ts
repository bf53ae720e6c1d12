import type { TransferModel } from '../../flows/transfer/transfer-model.js';
import { InvitationRequestDto, PatchedInvitationRequestDto } from './dto/invitation.dto.js';
import { Invitation } from './invitation.entity.js';
import type { InvitationService } from './invitation.service.js';

/** Import of invitations. They are never exported, because their keys let visitors in. */
export function invitationTransfer(service: InvitationService): TransferModel {
  return {
    model: 'authentik_stages_invitation.invitation',
    entity: Invitation,
    identifiers: {},
    request: InvitationRequestDto,
    patch: PatchedInvitationRequestDto,
    store: service,
    isKeySecret: true,
  };
}
