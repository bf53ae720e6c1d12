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

/** What is told of a user and what can be set (management API, section 9.3). */
class UserFields {
  @IntegerField({ readOnly: true, computed: true })
  pk!: number;

  @TextField({ required: true, maxLength: 150, rules: [isAvailable('username')] })
  username!: string;

  @TextField({ required: true, allowBlank: true, description: 'Name that is shown.' })
  name!: string;

  @BooleanField({ description: 'Whether the user may do anything; switch this off instead of deleting somebody.' })
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

  @TextField({ readOnly: true, description: 'Picture of the user, as an address or a data URI.' })
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

/** A user to create, or to put in the place of another. */
export class UserRequestDto extends RequestOf(UserFields) {}

/** Changes to a user. */
export class PatchedUserRequestDto extends PatchOf(UserRequestDto) {}

/** A path is a list of names with slashes between them. */
function isUserPath(path: string): Promise<string[] | undefined> {
  const message = /^\/|\/$/.test(path)
    ? 'No leading or trailing slashes allowed.'
    : path.split('/').includes('')
      ? 'No empty segments in user path allowed.'
      : undefined;
  return Promise.resolve(message === undefined ? undefined : [message]);
}

/** Accounts of the service itself are made by the service, and stay what they are. */
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
