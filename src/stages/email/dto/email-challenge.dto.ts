import { ApiPropertyOptional } from '@nestjs/swagger';

import { ResponseTo, ChallengeOf } from '../../../flow-execution/dto/challenge.dto.js';
import { BooleanField, TextField } from '../../../rest/fields/fields.js';

/** Waits for the link in the mail to be opened, or for the code. */
export class EmailChallengeDto extends ChallengeOf('ak-stage-email') {
  @ApiPropertyOptional({
    description: "The link was opened in another browser, where the flow continues. Not part of authentik's API.",
  })
  confirmed?: boolean;

  @ApiPropertyOptional({
    type: 'integer',
    description: "Validity of the link in minutes, from when the mail was sent. Not part of authentik's API.",
  })
  link_minutes?: number;

  @ApiPropertyOptional({
    type: 'integer',
    description: "Validity of the code in minutes, from when the mail was sent. Not part of authentik's API.",
  })
  code_minutes?: number;
}

/** Requests another mail, submits the code of the last one, or goes back to correct the address. */
export class EmailChallengeResponseRequestDto extends ResponseTo('ak-stage-email') {
  @TextField({
    maxLength: 20,
    description: "The six-digit code in the mail. Without it, another mail is sent. Not part of authentik's API.",
    example: '123456',
  })
  code?: string;

  @BooleanField({
    description:
      'Goes back to correct the address: to the first form of a sign-up with what was typed except passwords, or to the ' +
      "start of a recovery or sign-in. Not part of authentik's API.",
    example: true,
  })
  change_address?: boolean;
}
