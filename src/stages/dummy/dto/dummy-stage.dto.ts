import { StageFields } from '../../../flows/dto/stage.dto.js';
import { AnswerOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { BooleanField } from '../../../rest/fields/fields.js';

/** The fields of a dummy stage. */
class DummyStageFields extends StageFields {
  @BooleanField({ description: 'Fail with an error when the stage is reached.' })
  throw_error!: boolean;
}

/** A dummy stage. */
export class DummyStageDto extends AnswerOf(DummyStageFields) {}

/** A dummy stage to create or to replace with. */
export class DummyStageRequestDto extends RequestOf(DummyStageFields) {}

/** Changes to a dummy stage. */
export class PatchedDummyStageRequestDto extends PatchOf(DummyStageRequestDto) {}
