import { StageFields } from '../../../flows/dto/stage.dto.js';
import { AnswerOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { TextField } from '../../../rest/fields/fields.js';

/** The fields of a deny stage. */
class DenyStageFields extends StageFields {
  @TextField({
    allowBlank: true,
    description: 'Message for the visitor, unless the run provides one. Empty: the default message.',
    example: 'Sign-up is closed.',
  })
  deny_message!: string;
}

/** A deny stage. */
export class DenyStageDto extends AnswerOf(DenyStageFields) {}

/** A deny stage to create or to replace with. */
export class DenyStageRequestDto extends RequestOf(DenyStageFields) {}

/** Changes to a deny stage. */
export class PatchedDenyStageRequestDto extends PatchOf(DenyStageRequestDto) {}
