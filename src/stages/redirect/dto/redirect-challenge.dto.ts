import { ApiProperty } from '@nestjs/swagger';

import { AnswerTo } from '../../../flow-execution/dto/challenge.dto.js';
import { TextField } from '../../../rest/fields/fields.js';

/** Confirms that the client has followed a redirect. */
export class RedirectChallengeResponseRequestDto extends AnswerTo('xak-flow-redirect') {
  @ApiProperty({ minLength: 1 })
  @TextField({ required: true })
  to!: string;
}
