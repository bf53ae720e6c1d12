import { ApiPropertyOptional } from '@nestjs/swagger';

import { ObjectField, TextField } from '../../rest/fields/fields.js';
import { AnswerTo, ChallengeOf } from './challenge.dto.js';

/** Something that is consented to. */
export class ConsentPermissionDto {
  @TextField({ required: true })
  name!: string;

  @TextField({ required: true })
  id!: string;
}

/** Asks for consent: that of a consent stage, or that the link in a mail is to be followed. */
export class ConsentChallengeDto extends ChallengeOf('ak-stage-consent') {
  @TextField({ required: true })
  pending_user!: string;

  @TextField({ required: true })
  pending_user_avatar!: string;

  @ApiPropertyOptional()
  header_text?: string;

  @ObjectField(ConsentPermissionDto, { isArray: true, required: true })
  permissions!: ConsentPermissionDto[];

  @ObjectField(ConsentPermissionDto, { isArray: true, required: true })
  additional_permissions!: ConsentPermissionDto[];

  @TextField({ required: true, description: 'Is sent back as the answer.' })
  token!: string;
}

/** The consent: what the challenge gave as its token. */
export class ConsentChallengeResponseRequestDto extends AnswerTo('ak-stage-consent') {
  @TextField({ required: true })
  token!: string;
}
