import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { ResponseOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { DefaultsOf } from '../../../rest/fields/document-defaults.js';
import type { RuleContext } from '../../../rest/fields/field.js';
import {
  BooleanField,
  ChoiceField,
  DateTimeField,
  DictionaryField,
  EmailField,
  IntegerField,
  ObjectField,
  TextField,
  UuidField,
  UuidListField,
} from '../../../rest/fields/fields.js';
import { exists } from '../../../rest/fields/rules.js';
import { Group } from '../../groups/group.entity.js';
import { isAvailable, usernameTaken } from '../names/name-rules.js';
import { User, type UserType, userTypes } from '../user.entity.js';
import { UserGroupDto } from './user-group.dto.js';

describeConstraint('uq_user_username', 'username', usernameTaken);

/** Fields of a user, in requests and responses (management API, section 9.3). */
class UserFields {
  @IntegerField({ readOnly: true, computed: true, description: 'ID of the user.', example: 5 })
  pk!: number;

  @TextField({
    required: true,
    maxLength: 150,
    rules: [isAvailable('username')],
    description: 'Unique user name.',
    example: 'jane',
  })
  username!: string;

  @TextField({ required: true, allowBlank: true, description: 'Display name.', example: 'Jane Doe' })
  name!: string;

  @BooleanField({ description: 'Whether the user is active; deactivate users instead of deleting them.' })
  is_active!: boolean;

  @DateTimeField({ nullable: true, description: 'When the user signed in last; null if never.' })
  last_login!: Date | null;

  @BooleanField({ readOnly: true, description: 'Whether a group makes the user a superuser.' })
  is_superuser!: boolean;

  @UuidListField({ rules: [exists(() => Group)], description: 'UUIDs of the groups.' })
  groups!: string[];

  @ObjectField(UserGroupDto, {
    isArray: true,
    nullable: true,
    description: 'Groups of the user; null with `include_groups=false`.',
  })
  groups_obj!: UserGroupDto[] | null;

  @EmailField({
    allowBlank: true,
    rules: [isAvailable('email')],
    description: 'Email address; empty if none.',
    example: 'jane@example.org',
  })
  email!: string;

  @TextField({
    readOnly: true,
    description: 'Avatar, as a URL or data URI.',
    example: '/static/dist/assets/images/user_default.png',
  })
  avatar!: string;

  @DictionaryField({ rules: [isAvailable('attributes')], description: 'Free-form data about the user.' })
  attributes!: Record<string, unknown>;

  @TextField({
    readOnly: true,
    description: 'Opaque identifier, the same for all applications.',
    example: '8c1f4d3a9e5b7c20',
  })
  uid!: string;

  @TextField({ rules: [isUserPath], description: 'Folder of the user in the admin interface.', example: 'users' })
  path!: string;

  @ChoiceField('UserTypeEnum', userTypes, { rules: [isSettableType], description: 'Type of the account.' })
  type!: UserType;

  @UuidField({ readOnly: true, description: 'UUID of the user.' })
  uuid!: string;

  @DateTimeField({ readOnly: true, description: 'When the password was changed last.' })
  password_change_date!: Date;

  @BooleanField({
    readOnly: true,
    description: 'Whether a mail to the current address has reached the user. A change of the address ends it.',
  })
  email_verified!: boolean;

  @BooleanField({ readOnly: true, description: 'Whether the user has a password.' })
  has_password!: boolean;

  @BooleanField({
    readOnly: true,
    description:
      'Whether the user has signed up and not confirmed the address yet; the account is inactive until then.',
  })
  awaits_confirmation!: boolean;
}

/** A user. */
export class UserDto extends ResponseOf(UserFields) {}

/** Body of a request that creates or replaces a user. */
@DefaultsOf(User)
export class UserRequestDto extends RequestOf(UserFields) {}

/** Body of a request that changes a user. */
export class PatchedUserRequestDto extends PatchOf(UserRequestDto) {}

/** Checks that a path is a list of names separated by slashes. */
function isUserPath(path: string): Promise<string[] | undefined> {
  const message = /^\/|\/$/.test(path)
    ? 'No leading or trailing slashes allowed.'
    : path.split('/').includes('')
      ? 'No empty segments in user path allowed.'
      : undefined;
  return Promise.resolve(message === undefined ? undefined : [message]);
}

/** Refuses to set or change the type of internal service accounts. */
function isSettableType(type: UserType, { current }: RuleContext): Promise<string[] | undefined> {
  const stored = (current as User | undefined)?.type;
  if (stored === 'internal_service_account' && type !== stored) {
    return Promise.resolve(["Can't change internal service account to other user type."]);
  }
  if (stored !== type && type === 'internal_service_account') {
    return Promise.resolve(['Setting a user to internal service account is not allowed.']);
  }
  return Promise.resolve(undefined);
}
