import { integerKey } from '../../../rest/fields/coercions.js';
import { BooleanFilter, BooleanOption, filter, MultiFilter, TextFilter, textOf } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { attributesOf } from '../../users/dto/user-list.query.js';
import { groupColumns } from '../group.mapper.js';

const hasMember = (condition: string): string =>
  `exists (select 1 from "group_user" gu join "user" u on u.id = gu.user_id where gu.group_uuid = grp.pk and ${condition})`;

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

  @MultiFilter({ type: 'integer' }, integerKey(), (builder, value, parameter) =>
    builder.andWhere(hasMember(`u.id = any(:${parameter})`), { [parameter]: value }),
  )
  members_by_pk?: number[];

  @MultiFilter({ type: 'string' }, textOf, (builder, value, parameter) =>
    builder.andWhere(hasMember(`u.username = any(:${parameter})`), { [parameter]: value }),
  )
  members_by_username?: string[];

  @filter(
    { type: 'string' },
    attributesOf,
    (builder, value, parameter) =>
      builder.andWhere(`grp.attributes @> :${parameter}`, { [parameter]: JSON.stringify(value) }),
    { description: 'Attributes that the group has, as a JSON object.' },
  )
  attributes?: Record<string, unknown>;

  @BooleanOption({ default: true })
  include_users?: boolean;
}

/** How one group is told. */
export class GroupQuery {
  @BooleanOption({ default: true })
  include_users?: boolean;
}
