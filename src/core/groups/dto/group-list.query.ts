import { Rejection } from '../../../rest/fields/coercions.js';
import { BooleanFilter, BooleanOption, notAvailable, TextFilter, textOf } from '../../../rest/list/filters.js';
import { type Condition, ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { MultiRelationFilter } from '../../../rest/list/multi-relation-filter.js';
import { AttributesFilter } from '../../attributes-filter.js';
import { User } from '../../users/user.entity.js';
import { groupColumns } from '../group.mapper.js';

const usersByKey = { entity: () => User, property: 'pk', items: { type: 'integer' }, coercion: userKeyOf };
const usersByName = { entity: () => User, property: 'username', items: { type: 'string' }, coercion: textOf };

/** Matches groups with a member who has one of these values in `column` and is visible to the caller (`:knownUsers`). */
function hasMember(column: string): Condition {
  return (builder, value, parameter) =>
    builder.andWhere(
      `exists (select from "group_user" gu join "user" u on u.id = gu.user_id
                where gu.group_uuid = grp.pk and ${column} = any(:${parameter})
                  and (cast(:knownUsers as int[]) is null or u.id = any(:knownUsers)))`,
      { [parameter]: value },
    );
}

function userKeyOf(raw: unknown): number {
  const text = textOf(raw);
  if (!/^[+-]?\d+$/.test(text)) throw new Rejection([`“${text}” is not a valid value.`]);
  if (!(Math.abs(Number(text)) < 2 ** 31)) throw new Rejection([notAvailable(text)]);
  return Number(text);
}

@ListOf({
  columns: groupColumns,
  search: ['grp.name', 'grp.isSuperuser'],
  order: ['name'],
  ordering: ['pk', 'name', 'is_superuser', 'parent', 'attributes'],
})
export class GroupListQuery extends ListQuery {
  @TextFilter({ on: 'grp.name' })
  name?: string;

  @BooleanFilter({ on: 'grp.isSuperuser' })
  is_superuser?: boolean;

  @MultiRelationFilter(usersByKey, hasMember('u.id'), 'IDs of users; matches groups with any of them as a member.')
  members_by_pk?: number[];

  @MultiRelationFilter(
    usersByName,
    hasMember('u.username'),
    'Names of users; matches groups with any of them as a member.',
  )
  members_by_username?: string[];

  @AttributesFilter('grp.attributes')
  attributes?: Record<string, unknown>;

  @BooleanOption({ default: true, description: 'Whether `users_obj` has the details of the members.' })
  include_users?: boolean;
}

/** Options of a single group response. */
export class GroupQuery {
  @BooleanOption({ default: true, description: 'Whether `users_obj` has the details of the members.' })
  include_users?: boolean;
}
