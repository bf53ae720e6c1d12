import { StageFields } from '../../../flows/dto/stage.dto.js';
import { BooleanField } from '../../../rest/fields/fields.js';

/** The fields of a dummy stage. */
export class DummyStageFields extends StageFields {
  @BooleanField({ description: 'Fail with an error when the stage is reached.' })
  throw_error!: boolean;
}
