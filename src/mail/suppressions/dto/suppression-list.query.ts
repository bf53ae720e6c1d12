import { MultiChoiceFilter, TextFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { NotAfterFilter, NotBeforeFilter } from '../../../rest/list/time-filters.js';
import { suppressionReasons } from '../suppression.entity.js';
import { suppressionColumns } from '../suppression.mapper.js';

@ListOf({
  columns: suppressionColumns,
  search: ['suppression.address', 'suppression.note'],
  order: ['-created'],
  ordering: Object.keys(suppressionColumns),
})
export class SuppressionListQuery extends ListQuery {
  @TextFilter({ on: 'suppression.address', description: 'The address or domain, in lower case.' })
  address?: string;

  @NotBeforeFilter({ on: 'suppression.created', description: 'Added at or after this time.' })
  created__gte?: Date;

  @NotAfterFilter({ on: 'suppression.created', description: 'Added at or before this time.' })
  created__lte?: Date;

  @UuidFilter({ on: 'suppression.messageId', description: 'The mail that came back.' })
  message?: string;

  @MultiChoiceFilter(suppressionReasons, { on: 'suppression.reason', description: 'Any of these reasons.' })
  reason?: string[];
}
