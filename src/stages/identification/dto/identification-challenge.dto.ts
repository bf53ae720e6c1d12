import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { ResponseTo, ChallengeOf } from '../../../flow-execution/dto/challenge.dto.js';
import { type FlowDesignation, flowDesignations } from '../../../flows/flow-choices.js';
import { BooleanField, ChoiceField, TextField, TextListField } from '../../../rest/fields/fields.js';
import { type Message, message } from '../../../rest/messages/messages.js';

/** Asks for a user name or address. */
export class IdentificationChallengeDto extends ChallengeOf('ak-stage-identification') {
  @TextListField({ required: true, nullable: true, description: 'Fields that users are found by.' })
  user_fields!: string[] | null;

  @BooleanField({ required: true, description: 'Whether the password is asked for in the same step.' })
  password_fields!: boolean;

  @BooleanField({ default: false, description: 'Whether to offer to reveal the password while it is typed.' })
  allow_show_password?: boolean;

  @TextField({
    description: 'Never set; in authentik the name of the application that the visitor comes from.',
    example: 'example',
  })
  application_pre?: string;

  @ChoiceField('FlowDesignationEnum', flowDesignations, { required: true, description: 'Purpose of the flow.' })
  flow_designation!: FlowDesignation;

  @TextField({ description: 'Link to the enrollment flow.', example: '/if/flow/default-enrollment-flow/' })
  enroll_url?: string;

  @TextField({ description: 'Link to the recovery flow.', example: '/if/flow/default-recovery-flow/' })
  recovery_url?: string;

  @TextField({
    description: 'Link to the flow for signing in without a password.',
    example: '/if/flow/default-authentication-flow/',
  })
  passwordless_url?: string;

  @TextField({ required: true, description: 'Label of the button.', example: 'Continue to Example' })
  primary_action!: string;

  @ApiPropertyOptional({
    description: 'Always empty: sources are not supported.',
    type: 'array',
    items: { type: 'object', additionalProperties: {} },
  })
  sources?: object[];

  @BooleanField({ required: true, description: 'Whether login sources show their names; there are none.' })
  show_source_labels!: boolean;
}

/** Maximum length of a user name or address. */
const maxNameLength = 254;

/** The user name or address that the visitor typed, and the password if it was asked for. */
export class IdentificationChallengeResponseRequestDto extends ResponseTo('ak-stage-identification') {
  @ApiProperty({ minLength: 1, description: 'User name, email address or UPN.', example: 'jane' })
  @TextField({ required: true, checks: [checkLength] })
  uid_field!: string;

  @TextField({
    nullable: true,
    allowBlank: true,
    verbatim: true,
    description: 'Password, if the challenge asks for it.',
    example: 'a long sentence of mine',
  })
  password?: string | null;

  @TextField({
    nullable: true,
    allowBlank: true,
    description: 'Has no effect: captcha stages are not supported.',
    example: '',
  })
  captcha_token?: string | null;
}

function checkLength(name: string): Message | undefined {
  return [...name].length <= maxNameLength ? undefined : message('maxLength', { limit: maxNameLength });
}
