import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { AnswerOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
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
import { type User, type UserType, userTypes } from '../user.entity.js';
import { UserGroupDto } from './user-group.dto.js';

describeConstraint('uq_user_username', 'username', usernameTaken);

/** Fields of a user, in requests and responses (management API, section 9.3). */
class UserFields {
  @IntegerField({ readOnly: true, computed: true })
  pk!: number;

  @TextField({ required: true, maxLength: 150, rules: [isAvailable('username')] })
  username!: string;

  @TextField({ required: true, allowBlank: true, description: 'Display name.' })
  name!: string;

  @BooleanField({ description: 'Whether the user is active; deactivate users instead of deleting them.' })
  is_active!: boolean;

  @DateTimeField({ nullable: true })
  last_login!: Date | null;

  @BooleanField({ readOnly: true })
  is_superuser!: boolean;

  @UuidListField({ rules: [exists(() => Group)] })
  groups!: string[];

  @ObjectField(UserGroupDto, { isArray: true, nullable: true })
  groups_obj!: UserGroupDto[] | null;

  @EmailField({ allowBlank: true, rules: [isAvailable('email')] })
  email!: string;

  @TextField({ readOnly: true, description: 'Avatar, as a URL or data URI.' })
  avatar!: string;

  @DictionaryField({ rules: [isAvailable('attributes')] })
  attributes!: Record<string, unknown>;

  @TextField({ readOnly: true })
  uid!: string;

  @TextField({ rules: [isUserPath] })
  path!: string;

  @ChoiceField('UserTypeEnum', userTypes, { rules: [isSettableType] })
  type!: UserType;

  @UuidField({ readOnly: true })
  uuid!: string;

  @DateTimeField({ readOnly: true })
  password_change_date!: Date;
}

/** A user. */
export class UserDto extends AnswerOf(UserFields) {}

/** Body of a request that creates or replaces a user. */
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
