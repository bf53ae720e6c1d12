import type { StageDto } from '../../flows/dto/stage.dto.js';
import type { Columns } from '../../rest/list/list-query.js';
import type { InvitationStageDto } from './dto/invitation-stage.dto.js';

/** What is read of an invitation stage for the clients, of a statement that calls it `stage`. */
export const invitationStageColumns = {
  pk: 'stage.pk',
  name: 'stage.name',
  continue_flow_without_invitation: 'stage.continueFlowWithoutInvitation',
} satisfies Columns;

/** A row of those columns. */
export type InvitationStageRow = Pick<InvitationStageDto, keyof typeof invitationStageColumns>;

/** What clients see of an invitation stage besides what every stage has. */
export function invitationStageFields(row: InvitationStageRow): Omit<InvitationStageDto, keyof StageDto> {
  return { continue_flow_without_invitation: row.continue_flow_without_invitation };
}
