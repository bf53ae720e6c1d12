import { ApiPropertyOptional } from '@nestjs/swagger';
import { ApiProperty } from '@nestjs/swagger';

import { AnswerOf, RequestOf } from '../../../rest/fields/derived.js';
import {
  BooleanField,
  ChoiceField,
  DateTimeField,
  DictionaryField,
  EmailField,
  IntegerField,
  ObjectField,
  TextField,
  TextListField,
} from '../../../rest/fields/fields.js';
import { type Message, message } from '../../../rest/messages/messages.js';
import { type UserType, userTypes } from '../user.entity.js';

/** A group of the caller's. */
export class UserSelfGroupsDto {
  @ApiProperty({ readOnly: true }) name!: string;
  @ApiProperty({ readOnly: true }) pk!: string;
}

class UserSelfFields {
  @IntegerField({ readOnly: true, computed: true })
  pk!: number;

  @TextField({ required: true, maxLength: 150, pattern: '^[\\w.@+-]+$' })
  username!: string;

  @TextField({ required: true, description: 'Name that is shown.' })
  name!: string;

  @BooleanField({ readOnly: true })
  is_active!: boolean;

  @BooleanField({ readOnly: true })
  is_superuser!: boolean;

  @ObjectField(UserSelfGroupsDto, { isArray: true })
  groups!: UserSelfGroupsDto[];

  @EmailField()
  email!: string;

  @TextField({ readOnly: true, description: 'Picture of the user, as an address or a data URI.' })
  avatar!: string;

  @TextField({ readOnly: true })
  uid!: string;

  @DictionaryField({ readOnly: true, description: "The user's settings over those of the groups." })
  settings!: Record<string, unknown>;

  @ChoiceField('UserTypeEnum', userTypes)
  type!: UserType;

  @TextListField({ readOnly: true, description: 'What the user may do on every object.' })
  system_permissions!: string[];
}

/** What a user may know of themselves. */
export class UserSelfDto extends AnswerOf(UserSelfFields) {}

/** The caller. */
export class SessionUserDto {
  @ApiProperty() user!: UserSelfDto;
  @ApiPropertyOptional() original?: UserSelfDto;
}

/** Every path that a user stands under. */
export class UserPathDto {
  @ApiProperty({ readOnly: true, type: [String] }) paths!: string[];
}

class UserPasswordSetFields {
  @TextField({ required: true, missing: message('blank'), verbatim: true, checks: [isNotBlank] })
  password!: string;
}

/** A new password. */
export class UserPasswordSetRequestDto extends RequestOf(UserPasswordSetFields) {}

class UserServiceAccountFields {
  @TextField({ required: true, checks: [fitsUsername] })
  name!: string;

  @BooleanField({ default: false, description: 'Make a group of the same name too, with the account as its member.' })
  create_group?: boolean;

  @BooleanField({ default: true, description: 'Whether the password expires.' })
  expiring?: boolean;

  @DateTimeField({ description: 'When the password expires; 360 days from now if not given.' })
  expires?: Date;
}

/** An account for a program. */
export class UserServiceAccountRequestDto extends RequestOf(UserServiceAccountFields) {}

/** The created account with its app password, which is returned only once. */
export class UserServiceAccountResponseDto {
  @ApiProperty() username!: string;
  @ApiProperty() token!: string;
  @ApiProperty() user_uid!: string;
  @ApiProperty({ type: 'integer' }) user_pk!: number;
  @ApiPropertyOptional() group_pk?: string;
}

function isNotBlank(password: string): Message | undefined {
  return password.trim() === '' ? message('blank') : undefined;
}

/** The name becomes a user name, which has a longest length that the reference does not declare here. */
function fitsUsername(name: string): string | undefined {
  return [...name].length > 150 ? 'Ensure this field has no more than 150 characters.' : undefined;
}
