import { ApiPropertyOptional } from '@nestjs/swagger';
import { ApiProperty } from '@nestjs/swagger';

import { ResponseOf, RequestOf } from '../../../rest/fields/derived.js';
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
  @ApiProperty({ readOnly: true, description: 'Name of the group.', example: 'editors' }) name!: string;
  @ApiProperty({ readOnly: true, description: 'UUID of the group.', example: '7f3c1d52-6a0e-4f0b-9d57-2c8f1e6b4a90' })
  pk!: string;
}

class UserSelfFields {
  @IntegerField({ readOnly: true, computed: true, description: 'ID of the user.', example: 5 })
  pk!: number;

  @TextField({ required: true, maxLength: 150, pattern: '^[\\w.@+-]+$', description: 'User name.', example: 'jane' })
  username!: string;

  @TextField({ required: true, description: 'Name that is shown.', example: 'Jane Doe' })
  name!: string;

  @BooleanField({ readOnly: true, description: 'Whether the user may sign in.', example: true })
  is_active!: boolean;

  @BooleanField({ readOnly: true, description: 'Whether a group makes the user a superuser.' })
  is_superuser!: boolean;

  @ObjectField(UserSelfGroupsDto, { isArray: true, description: 'Groups of the user.' })
  groups!: UserSelfGroupsDto[];

  @EmailField({ allowBlank: true, description: 'Email address; empty if none.', example: 'jane@example.org' })
  email!: string;

  @TextField({
    readOnly: true,
    description: 'Picture of the user, as an address or a data URI.',
    example: '/static/dist/assets/images/user_default.png',
  })
  avatar!: string;

  @TextField({
    readOnly: true,
    description: 'Opaque identifier, the same for all applications.',
    example: '8c1f4d3a9e5b7c20',
  })
  uid!: string;

  @DictionaryField({ readOnly: true, description: "The user's settings over those of the groups." })
  settings!: Record<string, unknown>;

  @ChoiceField('UserTypeEnum', userTypes, { description: 'Type of the account.' })
  type!: UserType;

  @TextListField({ readOnly: true, description: 'What the user may do on every object.' })
  system_permissions!: string[];

  @BooleanField({ readOnly: true, description: 'Whether a mail to the current address has reached the user.' })
  email_verified!: boolean;
}

/** What a user may know of themselves. */
export class UserSelfDto extends ResponseOf(UserSelfFields) {}

/** The caller. */
export class SessionUserDto {
  @ApiProperty({ description: 'The signed-in user.' }) user!: UserSelfDto;
  @ApiPropertyOptional({ description: 'User who impersonates the signed-in one; never present.' })
  original?: UserSelfDto;
}

/** Every path that a user stands under. */
export class UserPathDto {
  @ApiProperty({ readOnly: true, type: [String], description: 'Paths that users have, sorted.' }) paths!: string[];
}

class UserPasswordSetFields {
  @TextField({
    required: true,
    missing: message('blank'),
    verbatim: true,
    checks: [isNotBlank],
    description: 'New password.',
    example: 'a long sentence of mine',
  })
  password!: string;
}

/** A new password. */
export class UserPasswordSetRequestDto extends RequestOf(UserPasswordSetFields) {}

class UserServiceAccountFields {
  @TextField({
    required: true,
    checks: [fitsUsername],
    description: 'User name of the account, and name of its group.',
    example: 'deployment',
  })
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
  @ApiProperty({ description: 'User name of the account.', example: 'deployment' }) username!: string;
  @ApiProperty({
    description: 'Key of its app password; it is returned only once.',
    example: '3vYk0tJ6q1ZxUo8Rb5nTfA2cL7dWmE9hGpQsXyNi4KjVzBuCaHrDeFlMgOwP',
  })
  token!: string;
  @ApiProperty({ description: 'Opaque identifier, the same for all applications.', example: '8c1f4d3a9e5b7c20' })
  user_uid!: string;
  @ApiProperty({ type: 'integer', description: 'ID of the account.', example: 6 }) user_pk!: number;
  @ApiPropertyOptional({
    description: 'UUID of its group, if one was created.',
    example: '7f3c1d52-6a0e-4f0b-9d57-2c8f1e6b4a90',
  })
  group_pk?: string;
}

function isNotBlank(password: string): Message | undefined {
  return password.trim() === '' ? message('blank') : undefined;
}

/** The name becomes a user name, which has a longest length that the reference does not declare here. */
function fitsUsername(name: string): string | undefined {
  return [...name].length > 150 ? 'Ensure this field has no more than 150 characters.' : undefined;
}
