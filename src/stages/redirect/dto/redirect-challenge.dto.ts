import { ApiProperty } from '@nestjs/swagger';

import { ResponseTo } from '../../../flow-execution/dto/challenge.dto.js';
import { TextField } from '../../../rest/fields/fields.js';

/** Confirms that the client has followed a redirect. */
export class RedirectChallengeResponseRequestDto extends ResponseTo('xak-flow-redirect') {
  @ApiProperty({ minLength: 1, description: 'URL of the challenge.', example: '/' })
  @TextField({ required: true })
  to!: string;
}
