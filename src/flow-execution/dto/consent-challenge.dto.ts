import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { TextField } from '../../rest/fields/fields.js';
import { AnswerTo, UserChallengeOf } from './challenge.dto.js';

/** Something that is consented to. */
export class ConsentPermissionDto {
  @ApiProperty({ description: 'What is permitted, for the visitor.', example: 'Read your email address' })
  name!: string;
  @ApiProperty({ description: 'Identifier of the permission.', example: 'email' }) id!: string;
}

/** Asks for consent: that of a consent stage, or that the link in a mail is to be followed. */
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

/** The consent: what the challenge gave as its token. */
export class ConsentChallengeResponseRequestDto extends AnswerTo('ak-stage-consent') {
  @ApiProperty({
    minLength: 1,
    description: 'Token of the challenge that is answered.',
    example: '5b1c0d0a7f3e4c2f9a6d8e7b1c2d3e4f',
  })
  @TextField({ required: true })
  token!: string;
}
