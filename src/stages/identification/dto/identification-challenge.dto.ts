import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { AnswerTo, ChallengeOf } from '../../../flow-execution/dto/challenge.dto.js';
import { type FlowDesignation, flowDesignations } from '../../../flows/flow-choices.js';
import { BooleanField, ChoiceField, TextField, TextListField } from '../../../rest/fields/fields.js';
import { type Message, message } from '../../../rest/messages/messages.js';

/** Asks who the visitor is. */
export class IdentificationChallengeDto extends ChallengeOf('ak-stage-identification') {
  @TextListField({ required: true, nullable: true, description: 'What users are found by.' })
  user_fields!: string[] | null;

  @BooleanField({ required: true, description: 'Whether the password is asked for in the same step.' })
  password_fields!: boolean;

  @BooleanField({ default: false, description: 'Whether to offer to show it while it is typed.' })
  allow_show_password?: boolean;

  @TextField({ description: 'Never there: it would name the application that the visitor comes from.' })
  application_pre?: string;

  @ChoiceField('FlowDesignationEnum', flowDesignations, { required: true })
  flow_designation!: FlowDesignation;

  @TextField({ description: 'Where to sign up.' })
  enroll_url?: string;

  @TextField({ description: 'Where to recover an account.' })
  recovery_url?: string;

  @TextField({ description: 'Where to sign in without a password.' })
  passwordless_url?: string;

  @TextField({ required: true, description: 'What the button says.' })
  primary_action!: string;

  @ApiPropertyOptional({
    description: 'Always empty: there are no sources here.',
    type: 'array',
    items: { type: 'object', additionalProperties: {} },
  })
  sources?: object[];

  @BooleanField({ required: true })
  show_source_labels!: boolean;
}

/** As many characters as an address may have; nobody has a longer name. */
const longestName = 254;

/** Who the visitor says they are. */
export class IdentificationChallengeResponseRequestDto extends AnswerTo('ak-stage-identification') {
  @ApiProperty({ minLength: 1 })
  @TextField({ required: true, checks: [isNotTooLong] })
  uid_field!: string;

  @TextField({ nullable: true, allowBlank: true, verbatim: true })
  password?: string | null;

  @TextField({ nullable: true, allowBlank: true, description: 'Has no effect: there are no captcha stages here.' })
  captcha_token?: string | null;
}

function isNotTooLong(name: string): Message | undefined {
  return [...name].length <= longestName ? undefined : message('maxLength', { limit: longestName });
}
