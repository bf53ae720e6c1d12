import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { AnswerOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { IntegerField, TextField } from '../../../rest/fields/fields.js';
import { IntegerFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';

for (const holder of ['user', 'role']) {
  describeConstraint(`uq_permission_grant_${holder}`, 'object_pk', 'This permission on this object exists already.');
}

class ObjectPermissionFields {
  @IntegerField({ readOnly: true, computed: true })
  id!: number;

  @TextField({ readOnly: true })
  codename!: string;

  @TextField({ readOnly: true })
  model!: string;

  @TextField({ readOnly: true })
  app_label!: string;

  @TextField({ required: true, description: 'Key of the object that it is for.' })
  object_pk!: string;

  @TextField({ readOnly: true })
  name!: string;

  @TextField({ readOnly: true })
  app_label_verbose!: string;

  @TextField({ readOnly: true })
  model_verbose!: string;

  @TextField({ readOnly: true, nullable: true, description: 'Always null.' })
  object_description!: string | null;
}

/** A permission of a role on one object. */
export class ExtraRoleObjectPermissionDto extends AnswerOf(ObjectPermissionFields) {}
export class ExtraRoleObjectPermissionRequestDto extends RequestOf(ObjectPermissionFields) {}
export class PatchedExtraRoleObjectPermissionRequestDto extends PatchOf(ExtraRoleObjectPermissionRequestDto) {}

/** A permission of a user on one object. */
export class ExtraUserObjectPermissionDto extends AnswerOf(ObjectPermissionFields) {}
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
