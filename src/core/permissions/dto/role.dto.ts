import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { ResponseOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { TextField, UuidField } from '../../../rest/fields/fields.js';
import { unique } from '../../../rest/fields/rules.js';
import { filter, textOf } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { Role } from '../role.entity.js';

const nameTaken = 'Role with this name already exists.';
describeConstraint('uq_role_name', 'name', nameTaken);

/** Fields of a role, in requests and responses. */
class RoleFields {
  @UuidField({ readOnly: true, description: 'UUID of the role.' })
  pk!: string;

  @TextField({
    required: true,
    maxLength: 150,
    rules: [unique(() => Role, 'name', nameTaken)],
    description: 'Unique name.',
    example: 'flow-editor',
  })
  name!: string;
}

/** A set of permissions that groups grant to their members. */
export class RoleDto extends ResponseOf(RoleFields) {}

/** Body of a request that creates or replaces a role. */
export class RoleRequestDto extends RequestOf(RoleFields) {}

/** Body of a request that changes a role. */
export class PatchedRoleRequestDto extends PatchOf(RoleRequestDto) {}

/** Columns of a role, for a query with the alias `role`. */
export const roleColumns = { pk: 'role.pk', name: 'role.name' };

const ofGroup = (parameter: string): string =>
  `exists (select 1 from "group_role" gr join "group" g using (group_uuid)
            where gr.role_uuid = role.pk and g.name = :${parameter})`;

@ListOf({ columns: roleColumns, search: ['role.name'], order: ['name'], ordering: ['pk', 'name'] })
export class RoleListQuery extends ListQuery {
  @filter(
    { type: 'string' },
    textOf,
    (builder, value, parameter) => builder.andWhere(ofGroup(parameter), { [parameter]: value }),
    { description: 'Filter by the name of a group with the role.' },
  )
  group__name?: string;
}
