import { ApiPropertyOptional } from '@nestjs/swagger';

import { AnswerTo, ChallengeOf } from '../../../flow-execution/dto/challenge.dto.js';
import { TextField } from '../../../rest/fields/fields.js';

/** Waits for the link in a mail to be opened, or for its code. */
export class EmailChallengeDto extends ChallengeOf('ak-stage-email') {
  @ApiPropertyOptional({
    description: 'The link was opened in another browser, and the flow goes on there. Not part of the reference.',
  })
  confirmed?: boolean;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Minutes that the link in the mail is valid, from when it was sent. Not part of the reference.',
  })
  link_minutes?: number;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Minutes that the code in the mail is valid, from when it was sent. Not part of the reference.',
  })
  code_minutes?: number;
}

/** Has the mail sent again, or proves with the code in it that it was read. */
export class EmailChallengeResponseRequestDto extends AnswerTo('ak-stage-email') {
  @TextField({
    maxLength: 20,
    description: 'The six digits in the mail. Not part of the reference; without it the mail is sent again.',
  })
  code?: string;
}
