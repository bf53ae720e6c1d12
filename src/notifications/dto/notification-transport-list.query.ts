import { BooleanFilter, ChoiceFilter, TextFilter } from '../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../rest/list/list-query.js';
import { notificationModes } from '../../webhooks/notification-transport.entity.js';
import { notificationTransportColumns } from '../notification-transport.mapper.js';

@ListOf({
  columns: notificationTransportColumns,
  search: ['transport.name', 'transport.mode', 'transport.webhookUrl'],
  order: ['name'],
  ordering: Object.keys(notificationTransportColumns),
})
export class NotificationTransportListQuery extends ListQuery {
  @ChoiceFilter(notificationModes, { on: 'transport.mode' })
  mode?: string;

  @TextFilter({ on: 'transport.name' })
  name?: string;

  @BooleanFilter({ on: 'transport.sendOnce' })
  send_once?: boolean;

  @TextFilter({ on: 'transport.webhookUrl' })
  webhook_url?: string;
}
