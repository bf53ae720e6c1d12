import { eventActions } from '../../../events/event.entity.js';
import { BooleanFilter, ChoiceFilter, DateTimeFilter, TextFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { eventMatcherPolicyColumns } from '../event-matcher-policy.mapper.js';

@ListOf({
  columns: eventMatcherPolicyColumns,
  search: ['policy.name'],
  order: ['name'],
  ordering: Object.keys(eventMatcherPolicyColumns),
})
export class EventMatcherPolicyListQuery extends ListQuery {
  @ChoiceFilter(eventActions, { on: 'policy.action' })
  action?: string;

  @TextFilter({ on: 'policy.app' })
  app?: string;

  @TextFilter({ on: 'policy.clientIp' })
  client_ip?: string;

  @DateTimeFilter({ on: 'policy.created', description: 'When the policy was created.' })
  created?: Date;

  @BooleanFilter({ on: 'policy.executionLogging' })
  execution_logging?: boolean;

  @DateTimeFilter({ on: 'policy.lastUpdated', description: 'When the policy was changed last.' })
  last_updated?: Date;

  @TextFilter({ on: 'policy.model' })
  model?: string;

  @TextFilter({ on: 'policy.name' })
  name?: string;

  @UuidFilter({ on: 'policy.pk' })
  policy_uuid?: string;
}
