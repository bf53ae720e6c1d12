import { BooleanFilter, DateTimeFilter, TextFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { expressionPolicyColumns } from '../expression-policy.mapper.js';

@ListOf({
  columns: expressionPolicyColumns,
  search: ['policy.name'],
  order: ['name'],
  ordering: Object.keys(expressionPolicyColumns),
})
export class ExpressionPolicyListQuery extends ListQuery {
  @DateTimeFilter({ on: 'policy.created', description: 'When the policy was created.' })
  created?: Date;

  @BooleanFilter({ on: 'policy.executionLogging' })
  execution_logging?: boolean;

  @TextFilter({ on: 'policy.expression' })
  expression?: string;

  @DateTimeFilter({ on: 'policy.lastUpdated', description: 'When the policy was changed last.' })
  last_updated?: Date;

  @TextFilter({ on: 'policy.name' })
  name?: string;

  @UuidFilter({ on: 'policy.pk' })
  policy_uuid?: string;
}
