import { StageFields } from '../../../flows/dto/stage.dto.js';
import { AnswerOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { BooleanField } from '../../../rest/fields/fields.js';

/** The fields of an invitation stage. */
class InvitationStageFields extends StageFields {
  @BooleanField({ description: 'Also pass visitors without an invitation.' })
  continue_flow_without_invitation!: boolean;
}

/** An invitation stage. */
export class InvitationStageDto extends AnswerOf(InvitationStageFields) {}

/** An invitation stage to create or to replace with. */
export class InvitationStageRequestDto extends RequestOf(InvitationStageFields) {}

/** Changes to an invitation stage. */
export class PatchedInvitationStageRequestDto extends PatchOf(InvitationStageRequestDto) {}
