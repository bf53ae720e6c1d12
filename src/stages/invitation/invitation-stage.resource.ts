import { Resource } from '../../rest/resource.js';
import { InvitationStageDto } from './dto/invitation-stage.dto.js';
import { InvitationStage } from './invitation-stage.entity.js';

/** The routes below `/stages/invitation/stages/`. */
export const invitationStages = new Resource({
  operations: 'stages_invitation_stages',
  model: 'authentik_stages_invitation.invitationstage',
  noun: 'invitation stage',
  answer: InvitationStageDto,
  cached: true,
  lookup: {
    entity: () => InvitationStage,
    parameter: 'stage_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the invitation stage.',
  },
});
