import { StageFields } from '../../../flows/dto/stage.dto.js';
import { AnswerOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { BooleanField } from '../../../rest/fields/fields.js';

/** What is told of a dummy stage and what can be set. */
class DummyStageFields extends StageFields {
  @BooleanField({ description: 'Fail when the stage is reached.' })
  throw_error!: boolean;
}

/** A dummy stage. */
export class DummyStageDto extends AnswerOf(DummyStageFields) {}

/** A dummy stage to create, or to put in the place of another. */
export class DummyStageRequestDto extends RequestOf(DummyStageFields) {}

/** Changes to a dummy stage. */
export class PatchedDummyStageRequestDto extends PatchOf(DummyStageRequestDto) {}
