import { Rejection } from '../../../rest/fields/coercions.js';
import { ResponseOf } from '../../../rest/fields/derived.js';
import {
  BooleanField,
  DateTimeField,
  DictionaryField,
  IntegerField,
  ObjectField,
  TextField,
} from '../../../rest/fields/fields.js';
import { filter, notAvailable, textOf } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { userColumns } from '../../users/user.mapper.js';
import { permissionModels } from '../permission-models.js';
import { roleColumns } from './role.dto.js';

class AssignedPermissionFields {
  @IntegerField({ readOnly: true, computed: true, description: 'ID of the grant.', example: 17 })
  id!: number;

  @TextField({ readOnly: true, description: 'Permission, without its application.', example: 'change_flow' })
  codename!: string;

  @TextField({ readOnly: true, description: 'Model of the permission.', example: 'flow' })
  model!: string;

  @TextField({ readOnly: true, description: 'Application of the model.', example: 'authentik_flows' })
  app_label!: string;

  @TextField({
    required: true,
    description: 'Key of the object that it is for; empty for every object.',
    example: '7f3c1d52-6a0e-4f0b-9d57-2c8f1e6b4a90',
  })
  object_pk!: string;

  @TextField({ readOnly: true, description: 'Display name of the permission.', example: 'Can change Flow' })
  name!: string;
}

/** A permission of a user. */
export class UserObjectPermissionDto extends ResponseOf(AssignedPermissionFields) {}

/** A permission of a role. */
export class RoleObjectPermissionDto extends ResponseOf(AssignedPermissionFields) {}

class UserAssignedFields {
  @IntegerField({ readOnly: true, computed: true, description: 'ID of the user.', example: 5 })
  pk!: number;

  @TextField({
    required: true,
    maxLength: 150,
    pattern: String.raw`^[\w.@+-]+$`,
    description: 'Unique user name.',
    example: 'jane',
  })
  username!: string;

  @TextField({ required: true, description: 'Display name.', example: 'Jane Doe' })
  name!: string;

  @BooleanField({ description: 'Whether the user is active.' })
  is_active!: boolean;

  @DateTimeField({ nullable: true, description: 'When the user signed in last; null if never.' })
  last_login!: Date | null;

  @TextField({ maxLength: 254, description: 'Email address; empty if none.', example: 'jane@example.org' })
  email!: string;

  @DictionaryField({ description: 'Free-form data about the user.' })
  attributes!: Record<string, unknown>;

  @TextField({
    readOnly: true,
    description: 'Opaque identifier, the same for all applications.',
    example: '8c1f4d3a9e5b7c20',
  })
  uid!: string;

  @ObjectField(UserObjectPermissionDto, {
    isArray: true,
    readOnly: false,
    required: true,
    description:
      'Permissions of the model that the user has on the object, or on every object. None for most superusers.',
  })
  permissions!: UserObjectPermissionDto[];

  @BooleanField({ required: true, description: 'Whether a group makes the user a superuser, who may do everything.' })
  is_superuser!: boolean;
}

/** A user who has permissions on an object. */
export class UserAssignedObjectPermissionDto extends ResponseOf(UserAssignedFields) {}

class RoleAssignedFields {
  @TextField({ readOnly: true, description: 'UUID of the role.', example: '7f3c1d52-6a0e-4f0b-9d57-2c8f1e6b4a90' })
  role_pk!: string;

  @TextField({ readOnly: true, description: 'Name of the role.', example: 'flow-editor' })
  name!: string;

  @ObjectField(RoleObjectPermissionDto, {
    isArray: true,
    readOnly: false,
    required: true,
    description: 'Permissions of the model that the role has on the object, or on every object.',
  })
  permissions!: RoleObjectPermissionDto[];
}

/** A role that has permissions on an object. */
export class RoleAssignedObjectPermissionDto extends ResponseOf(RoleAssignedFields) {}

/** Parameters that choose an object. They decide who is listed in `AssignedPermissions`. */
abstract class AssignedPermissionListQuery extends ListQuery {
  @filter({ type: 'string', enum: permissionModels }, modelOf, (builder) => builder, {
    required: true,
    description: 'Model of the object. It must be given.',
  })
  model!: string;

  @filter({ type: 'string' }, textOf, (builder) => builder, {
    description: 'Key of the object; if not given, permissions on any object are listed.',
  })
  object_pk?: string;
}

@ListOf({
  columns: userColumns,
  search: ['account.username', 'account.name', 'account.email'],
  order: ['username'],
  ordering: ['pk', 'username', 'name'],
})
export class UserAssignedPermissionListQuery extends AssignedPermissionListQuery {}

@ListOf({ columns: roleColumns, search: ['role.name'], order: ['name'], ordering: ['pk', 'name'] })
export class RoleAssignedPermissionListQuery extends AssignedPermissionListQuery {}

function modelOf(raw: unknown): string {
  const model = String(raw);
  if (!permissionModels.includes(model)) throw new Rejection([notAvailable(model)]);
  return model;
}
