import { Resource } from '../../rest/resource.js';
import { InvitationDto } from './dto/invitation.dto.js';
import { Invitation } from './invitation.entity.js';

/** The routes below `/stages/invitation/invitations/`. */
export const invitations = new Resource({
  operations: 'stages_invitation_invitations',
  model: 'authentik_stages_invitation.invitation',
  noun: 'invitation',
  response: InvitationDto,
  lookup: {
    entity: () => Invitation,
    parameter: 'invite_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the invitation.',
  },
  // Only the creator sees an invitation: its key is the secret of its link.
  creator: 'createdById',
});
