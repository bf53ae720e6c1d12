import { ResponseTo, ChallengeOf } from '../../../flow-execution/dto/challenge.dto.js';
import { TextField } from '../../../rest/fields/fields.js';

/** The challenge of a dummy stage. */
export class DummyChallengeDto extends ChallengeOf('ak-stage-dummy') {
  @TextField({ required: true, description: 'Name of the stage.', example: 'dummy stage' })
  name!: string;
}

/** The response to a dummy stage, which has no fields. */
export class DummyChallengeResponseRequestDto extends ResponseTo('ak-stage-dummy') {}
