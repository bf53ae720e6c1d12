import { ChoiceFilter, TextFilter } from '../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../rest/list/list-query.js';
import { severities } from '../../webhooks/notification-body.js';
import { notificationRuleColumns } from '../notification-rule.mapper.js';

@ListOf({
  columns: notificationRuleColumns,
  search: ['rule.name', 'grp.name'],
  order: ['name'],
  ordering: Object.keys(notificationRuleColumns).filter((name) => name !== 'transports'),
})
export class NotificationRuleListQuery extends ListQuery {
  @TextFilter({ on: 'grp.name', description: 'Name of the group.' })
  group__name?: string;

  @TextFilter({ on: 'rule.name' })
  name?: string;

  @ChoiceFilter(severities, { on: 'rule.severity' })
  severity?: string;
}
