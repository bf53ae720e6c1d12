import { field } from '../../../rest/fields/field.js';
import {
  BooleanFilter,
  BooleanOption,
  filter,
  MultiChoiceFilter,
  TextFilter,
  textOf,
  UuidFilter,
  uuidOf,
} from '../../../rest/list/filters.js';
import { type Condition, ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { MultiRelationFilter } from '../../../rest/list/multi-relation-filter.js';
import { AttributesFilter } from '../../attributes-filter.js';
import { Group } from '../../groups/group.entity.js';
import { userTypes } from '../user.entity.js';
import { userColumns } from '../user.mapper.js';

const groupsByName = { entity: () => Group, property: 'name', items: { type: 'string' }, coercion: textOf };
const groupsByKey = {
  entity: () => Group,
  property: 'pk',
  items: { type: 'string', format: 'uuid' },
  coercion: uuidOf,
};

/** Matches users in a group with one of these values in `column`. */
function isMemberOf(column: string): Condition {
  return (builder, value, parameter) =>
    builder.andWhere(
      `exists (select from "group_user" gu join "group" g using (group_uuid)
                where gu.user_id = account.pk and ${column} = any(:${parameter}))`,
      { [parameter]: value },
    );
}

@ListOf({
  columns: userColumns,
  search: ['account.username', 'account.name', 'account.isActive', 'account.email', 'account.uuid'],
  order: ['username'],
  ordering: [
    'pk',
    'username',
    'name',
    'is_active',
    'last_login',
    'email',
    'attributes',
    'path',
    'type',
    'uuid',
    'password_change_date',
  ],
})
export class UserListQuery extends ListQuery {
  @TextFilter({ on: 'account.username' })
  username?: string;

  @TextFilter({ on: 'account.email' })
  email?: string;

  @TextFilter({ on: 'account.name' })
  name?: string;

  @UuidFilter({ on: 'account.uuid' })
  uuid?: string;

  @TextFilter({ on: 'account.path' })
  path?: string;

  @filter(
    { type: 'string' },
    textOf,
    (builder, value, parameter) => builder.andWhere(`starts_with(account.path, :${parameter})`, { [parameter]: value }),
    { description: 'Filter by the beginning of the path.' },
  )
  path_startswith?: string;

  @BooleanFilter({ on: 'account.isActive' })
  is_active?: boolean;

  @BooleanFilter({ on: userColumns.email_verified })
  email_verified?: boolean;

  @BooleanFilter({ on: userColumns.is_superuser })
  is_superuser?: boolean;

  @MultiChoiceFilter(userTypes, { on: 'account.type' })
  type?: string[];

  @MultiRelationFilter(groupsByName, isMemberOf('g.name'), 'Names of groups; matches members of any of them.')
  groups_by_name?: string[];

  @MultiRelationFilter(groupsByKey, isMemberOf('g.group_uuid'), 'UUIDs of groups; matches members of any of them.')
  groups_by_pk?: string[];

  @AttributesFilter('account.attributes')
  attributes?: Record<string, unknown>;

  @BooleanOption({ default: true, description: 'Whether `groups_obj` has the details of the groups.' })
  include_groups?: boolean;
}

/** Filter of the list of paths. */
export class UserPathQuery {
  @field({ type: 'string' }, String, { description: 'Substring of the path, case-insensitive.' })
  search?: string;
}
