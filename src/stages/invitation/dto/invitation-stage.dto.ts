import { StageFields } from '../../../flows/dto/stage.dto.js';
import { BooleanField } from '../../../rest/fields/fields.js';

/** The fields of an invitation stage. */
export class InvitationStageFields extends StageFields {
  @BooleanField({ description: 'Also pass visitors without an invitation.' })
  continue_flow_without_invitation!: boolean;
}
