import { BooleanFilter, ChoiceFilter, DateTimeFilter, TextFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { tokenIntents } from '../token.entity.js';
import { tokenColumns } from '../token.mapper.js';

@ListOf({
  columns: tokenColumns,
  search: ['token.identifier', 'token.intent', 'account.username', 'token.description'],
  order: ['identifier', 'expires'],
  ordering: Object.keys(tokenColumns),
})
export class TokenListQuery extends ListQuery {
  @TextFilter({ on: 'token.identifier' })
  identifier?: string;

  @TextFilter({ on: 'account.username', description: 'User name of the owner.' })
  user__username?: string;

  @TextFilter({ on: 'token.description' })
  description?: string;

  @TextFilter({ on: 'token.managed' })
  managed?: string;

  @ChoiceFilter(tokenIntents, { on: 'token.intent' })
  intent?: string;

  @DateTimeFilter({ on: 'token.expires' })
  expires?: Date;

  @BooleanFilter({ on: 'token.expiring' })
  expiring?: boolean;
}
