import type { StoredStageKind } from '../../flows/stage-store.js';
import {
  type InvitationStageDto,
  InvitationStageRequestDto,
  PatchedInvitationStageRequestDto,
} from './dto/invitation-stage.dto.js';
import { InvitationStage } from './invitation-stage.entity.js';
import { invitationStageColumns, invitationStageFields } from './invitation-stage.mapper.js';

export const invitationStageKind: StoredStageKind<InvitationStage, InvitationStageDto> = {
  kind: 'invitation',
  model: 'authentik_stages_invitation.invitationstage',
  component: 'ak-stage-invitation-form',
  verboseName: 'Invitation Stage',
  verboseNamePlural: 'Invitation Stages',
  description: 'Lets those pass who have an invitation, and knows in advance what the invitation says of them.',
  entity: InvitationStage,
  request: InvitationStageRequestDto,
  patch: PatchedInvitationStageRequestDto,
  columns: invitationStageColumns,
  own: invitationStageFields,
};
