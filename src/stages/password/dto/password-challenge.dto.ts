import { ApiProperty } from '@nestjs/swagger';

import { ResponseTo, UserChallengeOf } from '../../../flow-execution/dto/challenge.dto.js';
import { BooleanField, TextField } from '../../../rest/fields/fields.js';

/** Asks for a password. */
export class PasswordChallengeDto extends UserChallengeOf('ak-stage-password') {
  @TextField({
    description: 'Link to the recovery flow, for visitors who forgot the password.',
    example: '/if/flow/default-recovery-flow/',
  })
  recovery_url?: string;

  @BooleanField({ default: false, description: 'Whether to offer to reveal the password while it is typed.' })
  allow_show_password?: boolean;
}

/** The password. */
export class PasswordChallengeResponseRequestDto extends ResponseTo('ak-stage-password') {
  @ApiProperty({ minLength: 1, description: 'Password of the pending user.', example: 'a long sentence of mine' })
  @TextField({ required: true, verbatim: true })
  password!: string;
}
