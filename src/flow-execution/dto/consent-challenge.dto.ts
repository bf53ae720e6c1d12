import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { BooleanField, TextField } from '../../rest/fields/fields.js';
import { ResponseTo, UserChallengeOf } from './challenge.dto.js';

/** A permission to consent to. */
export class ConsentPermissionDto {
  @ApiProperty({ description: 'What is permitted, for the visitor.', example: 'Read your email address' })
  name!: string;
  @ApiProperty({ description: 'Identifier of the permission.', example: 'email' }) id!: string;
}

/** Asks for consent in a consent stage, or for confirmation after a link was opened. */
export class ConsentChallengeDto extends UserChallengeOf('ak-stage-consent') {
  @ApiPropertyOptional({ description: 'Question to the visitor.', example: "You're about to sign into example." })
  header_text?: string;
  @ApiProperty({
    type: ConsentPermissionDto,
    isArray: true,
    description: 'What the visitor has permitted, or is asked to permit.',
  })
  permissions!: ConsentPermissionDto[];
  @ApiProperty({ type: ConsentPermissionDto, isArray: true, description: 'What is new since the last consent.' })
  additional_permissions!: ConsentPermissionDto[];
  @ApiProperty({ description: 'Is sent back as the answer.', example: '5b1c0d0a7f3e4c2f9a6d8e7b1c2d3e4f' })
  token!: string;
}

/** The consent: the token of the challenge. With `declined`, the refusal. */
export class ConsentChallengeResponseRequestDto extends ResponseTo('ak-stage-consent') {
  @ApiProperty({
    minLength: 1,
    description: 'Token of the challenge that is answered.',
    example: '5b1c0d0a7f3e4c2f9a6d8e7b1c2d3e4f',
  })
  @TextField({ required: true })
  token!: string;

  @BooleanField({ description: "Declines: the run ends without consent. Not part of authentik's API.", example: true })
  declined?: boolean;
}
