import { StageFields } from '../../../flows/dto/stage.dto.js';
import { AnswerOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { BooleanField } from '../../../rest/fields/fields.js';

/** What is told of an invitation stage and what can be set. */
class InvitationStageFields extends StageFields {
  @BooleanField({ description: 'Let those pass too who have no invitation.' })
  continue_flow_without_invitation!: boolean;
}

/** An invitation stage. */
export class InvitationStageDto extends AnswerOf(InvitationStageFields) {}

/** An invitation stage to create, or to put in the place of another. */
export class InvitationStageRequestDto extends RequestOf(InvitationStageFields) {}

/** Changes to an invitation stage. */
export class PatchedInvitationStageRequestDto extends PatchOf(InvitationStageRequestDto) {}
