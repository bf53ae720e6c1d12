import { dictionary, Rejection } from '../../../rest/fields/coercions.js';
import {
  BooleanFilter,
  BooleanOption,
  filter,
  MultiChoiceFilter,
  MultiFilter,
  TextFilter,
  textOf,
  UuidFilter,
  uuidOf,
} from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { userTypes } from '../user.entity.js';
import { userColumns } from '../user.mapper.js';

const memberOf = (condition: string): string =>
  `exists (select 1 from "group_user" gu join "group" g using (group_uuid) where gu.user_id = account.pk and ${condition})`;

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

  @filter({ type: 'string' }, textOf, (builder, value, parameter) =>
    builder.andWhere(`starts_with(account.path, :${parameter})`, { [parameter]: value }),
  )
  path_startswith?: string;

  @BooleanFilter({ on: 'account.isActive' })
  is_active?: boolean;

  @BooleanFilter({ on: userColumns.is_superuser })
  is_superuser?: boolean;

  @MultiChoiceFilter(userTypes, { on: 'account.type' })
  type?: string[];

  @MultiFilter({ type: 'string' }, textOf, (builder, value, parameter) =>
    builder.andWhere(memberOf(`g.name = any(:${parameter})`), { [parameter]: value }),
  )
  groups_by_name?: string[];

  @MultiFilter({ type: 'string', format: 'uuid' }, uuidOf, (builder, value, parameter) =>
    builder.andWhere(memberOf(`g.group_uuid = any(:${parameter})`), { [parameter]: value }),
  )
  groups_by_pk?: string[];

  @filter(
    { type: 'string' },
    attributesOf,
    (builder, value, parameter) =>
      builder.andWhere(`account.attributes @> :${parameter}`, { [parameter]: JSON.stringify(value) }),
    { description: 'Attributes that the user has, as a JSON object.' },
  )
  attributes?: Record<string, unknown>;

  @BooleanOption({ default: true })
  include_groups?: boolean;
}

/** A JSON object in a query parameter. */
export function attributesOf(raw: unknown): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(textOf(raw));
  } catch {
    throw new Rejection(['filter: failed to parse JSON']);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Rejection(['filter: value must be key:value mapping']);
  }
  return dictionary()(value);
}
