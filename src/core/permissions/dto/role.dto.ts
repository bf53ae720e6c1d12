import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { AnswerOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { TextField, UuidField } from '../../../rest/fields/fields.js';
import { unique } from '../../../rest/fields/rules.js';
import { filter, textOf } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { Role } from '../role.entity.js';

const nameTaken = 'Role with this name already exists.';
describeConstraint('uq_role_name', 'name', nameTaken);

/** What is told of a role and what can be set. */
class RoleFields {
  @UuidField({ readOnly: true })
  pk!: string;

  @TextField({ required: true, maxLength: 150, rules: [unique(() => Role, 'name', nameTaken)] })
  name!: string;
}

/** A set of permissions that groups hand on to their members. */
export class RoleDto extends AnswerOf(RoleFields) {}

/** A role to create, or to put in the place of another. */
export class RoleRequestDto extends RequestOf(RoleFields) {}

/** Changes to a role. */
export class PatchedRoleRequestDto extends PatchOf(RoleRequestDto) {}

/** What is read of a role, of a statement that calls it `role`. */
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
    { description: 'Roles that the group of this name hands on.' },
  )
  group__name?: string;
}
