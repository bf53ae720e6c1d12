import { randomUUID } from 'node:crypto';

import type { InvitationStageFields } from '../../src/stages/invitation/dto/invitation-stage.dto.js';
import type { InvitationDto, InvitationRequestDto } from '../../src/stages/invitation/dto/invitation.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** Creates an invitation over the API, with a unique name. */
export function createInvitation(api: ApiClient, fields: Partial<InvitationRequestDto> = {}): Promise<InvitationDto> {
  return created(api.post('/stages/invitation/invitations/', { name: `invitation-${randomUUID()}`, ...fields }));
}

/** Creates an invitation stage over the API, with a unique name. */
export function createInvitationStage(
  api: ApiClient,
  fields: Partial<InvitationStageFields> = {},
): Promise<InvitationStageFields> {
  return created(api.post('/stages/invitation/stages/', { name: `stage-${randomUUID()}`, ...fields }));
}
