import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { ResponseOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { IntegerField, TextField } from '../../../rest/fields/fields.js';
import { IntegerFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';

for (const holder of ['user', 'role']) {
  describeConstraint(`uq_permission_grant_${holder}`, 'object_pk', 'This permission on this object exists already.');
}

class ObjectPermissionFields {
  @IntegerField({ readOnly: true, computed: true, description: 'ID of the grant.', example: 17 })
  id!: number;

  @TextField({ readOnly: true, description: 'Permission, without its application.', example: 'view_emailstage' })
  codename!: string;

  @TextField({ readOnly: true, description: 'Model of the permission.', example: 'emailstage' })
  model!: string;

  @TextField({ readOnly: true, description: 'Application of the model.', example: 'authentik_stages_email' })
  app_label!: string;

  @TextField({
    required: true,
    description: 'Key of the object that it is for.',
    example: '7f3c1d52-6a0e-4f0b-9d57-2c8f1e6b4a90',
  })
  object_pk!: string;

  @TextField({ readOnly: true, description: 'Display name of the permission.', example: 'Can view Email Stage' })
  name!: string;

  @TextField({ readOnly: true, description: 'Display name of the application.', example: 'authentik Stages.Email' })
  app_label_verbose!: string;

  @TextField({ readOnly: true, description: 'Display name of the model.', example: 'Email Stage' })
  model_verbose!: string;

  @TextField({ readOnly: true, nullable: true, description: 'Always null.', example: null })
  object_description!: string | null;
}

/** A permission of a role on one object. */
export class ExtraRoleObjectPermissionDto extends ResponseOf(ObjectPermissionFields) {}
export class ExtraRoleObjectPermissionRequestDto extends RequestOf(ObjectPermissionFields) {}
export class PatchedExtraRoleObjectPermissionRequestDto extends PatchOf(ExtraRoleObjectPermissionRequestDto) {}

/** A permission of a user on one object. */
export class ExtraUserObjectPermissionDto extends ResponseOf(ObjectPermissionFields) {}
export class ExtraUserObjectPermissionRequestDto extends RequestOf(ObjectPermissionFields) {}
export class PatchedExtraUserObjectPermissionRequestDto extends PatchOf(ExtraUserObjectPermissionRequestDto) {}

/** What is read of a permission on an object, of a statement that calls it `permission`. */
const objectPermissionColumns = {
  pk: 'permission.number',
  codename: 'permission.codename',
  object_pk: 'permission.objectPk',
};

const list = {
  columns: objectPermissionColumns,
  search: ['permission.codename'],
  order: ['codename'],
  ordering: ['codename', 'object_pk'],
};

@ListOf(list)
export class RoleObjectPermissionListQuery extends ListQuery {
  @UuidFilter({ on: 'permission.roleId', description: 'The role. It must be given.' })
  uuid?: string;
}

@ListOf(list)
export class UserObjectPermissionListQuery extends ListQuery {
  @IntegerFilter({ on: 'permission.userId', description: 'The user. It must be given.' })
  user_id?: number;
}
