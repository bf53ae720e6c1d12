import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { TextField } from '../../rest/fields/fields.js';
import { AnswerTo, UserChallengeOf } from './challenge.dto.js';

/** Something that is consented to. */
export class ConsentPermissionDto {
  @ApiProperty() name!: string;
  @ApiProperty() id!: string;
}

/** Asks for consent: that of a consent stage, or that the link in a mail is to be followed. */
export class ConsentChallengeDto extends UserChallengeOf('ak-stage-consent') {
  @ApiPropertyOptional() header_text?: string;
  @ApiProperty({ type: ConsentPermissionDto, isArray: true }) permissions!: ConsentPermissionDto[];
  @ApiProperty({ type: ConsentPermissionDto, isArray: true }) additional_permissions!: ConsentPermissionDto[];
  @ApiProperty({ description: 'Is sent back as the answer.' }) token!: string;
}

/** The consent: what the challenge gave as its token. */
export class ConsentChallengeResponseRequestDto extends AnswerTo('ak-stage-consent') {
  @ApiProperty({ minLength: 1 })
  @TextField({ required: true })
  token!: string;
}
