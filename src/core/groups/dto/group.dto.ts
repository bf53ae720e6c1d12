import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { ResponseOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import {
  BooleanField,
  DateTimeField,
  DictionaryField,
  EmailField,
  IntegerField,
  IntegerKeyField,
  IntegerListField,
  ObjectField,
  TextField,
  UuidField,
  UuidListField,
} from '../../../rest/fields/fields.js';
import { exists, unique } from '../../../rest/fields/rules.js';
import { RoleDto } from '../../permissions/dto/role.dto.js';
import { Role } from '../../permissions/role.entity.js';
import { User } from '../../users/user.entity.js';
import { Group } from '../group.entity.js';

const nameTaken = 'Group with this name already exists.';
describeConstraint('uq_group_name', 'name', nameTaken);
describeConstraint('fk_group_parent', 'parent', 'The group above has just been deleted.');
describeConstraint('fk_group_role_role', 'roles', 'A role has just been deleted.');
describeConstraint('fk_group_user_user', undefined, 'A user has just been deleted.');
describeConstraint('fk_group_user_group', undefined, 'A group has just been deleted.');

/** Fields of a member. */
class GroupMemberFields {
  @IntegerField({ readOnly: true, computed: true, description: 'ID of the user.', example: 5 })
  pk!: number;

  @TextField({ required: true, maxLength: 150, pattern: '^[\\w.@+-]+$', description: 'User name.', example: 'jane' })
  username!: string;

  @TextField({ required: true, description: 'Display name.', example: 'Jane Doe' })
  name!: string;

  @BooleanField({ description: 'Whether the user may sign in.', example: true })
  is_active!: boolean;

  @DateTimeField({ nullable: true, description: 'When the user signed in last.' })
  last_login!: Date | null;

  @EmailField({ allowBlank: true, description: 'Email address; empty if none.', example: 'jane@example.org' })
  email!: string;

  @DictionaryField({ description: 'Free-form data about the user.' })
  attributes!: Record<string, unknown>;

  @TextField({
    readOnly: true,
    description: 'Opaque identifier, the same for all applications.',
    example: '8c1f4d3a9e5b7c20',
  })
  uid!: string;
}

/** A user as a member of a group. */
export class GroupMemberDto extends ResponseOf(GroupMemberFields) {}

/** Fields of a group, in requests and responses. */
class GroupFields {
  @UuidField({ readOnly: true, description: 'UUID of the group.' })
  pk!: string;

  @IntegerField({ readOnly: true, computed: true, description: 'Numeric identifier of the group.' })
  num_pk!: number;

  @TextField({
    required: true,
    rules: [unique(() => Group, 'name', nameTaken)],
    description: 'Unique name.',
    example: 'editors',
  })
  name!: string;

  @BooleanField({ description: 'Whether members are superusers.' })
  is_superuser!: boolean;

  @UuidField({
    nullable: true,
    description: 'Parent group; its permissions are inherited.',
    rules: [exists(() => Group)],
  })
  parent!: string | null;

  @TextField({ readOnly: true, nullable: true, description: 'Name of the parent group; null if there is none.' })
  parent_name!: string | null;

  @IntegerListField({ rules: [exists(() => User)], description: 'IDs of the members.' })
  users!: number[];

  @ObjectField(GroupMemberDto, {
    isArray: true,
    nullable: true,
    description: 'Members that you may view; null with `include_users=false`.',
  })
  users_obj!: GroupMemberDto[] | null;

  @DictionaryField({ description: 'Free-form data, inherited by the members.' })
  attributes!: Record<string, unknown>;

  @UuidListField({ rules: [exists(() => Role)], description: 'UUIDs of the roles that members get.' })
  roles!: string[];

  @ObjectField(RoleDto, { isArray: true, description: 'Roles that members get.' })
  roles_obj!: RoleDto[];
}

/** A group. */
export class GroupDto extends ResponseOf(GroupFields) {}

/** Body of a request that creates or replaces a group. */
export class GroupRequestDto extends RequestOf(GroupFields) {}

/** Body of a request that changes a group. */
export class PatchedGroupRequestDto extends PatchOf(GroupRequestDto) {}

class UserAccountFields {
  @IntegerKeyField({ required: true, description: 'ID of the user.', example: 5 })
  pk!: number;
}

/** Body of a request that adds or removes a member. */
export class UserAccountRequestDto extends RequestOf(UserAccountFields) {}
