import { MultiChoiceFilter, TextFilter, UuidFilter } from '../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../rest/list/list-query.js';
import { NotAfterFilter, NotBeforeFilter } from '../../rest/list/time-filters.js';
import { deliveryStates } from '../webhook-delivery.entity.js';
import { webhookDeliveryColumns } from '../webhook-delivery.mapper.js';

@ListOf({
  columns: webhookDeliveryColumns,
  search: ['event.type', 'event.subject', 'endpoint.name'],
  order: ['-created', '-sequence'],
  ordering: Object.keys(webhookDeliveryColumns),
})
export class WebhookDeliveryListQuery extends ListQuery {
  @NotBeforeFilter({ on: 'delivery.created', description: 'Created at or after this time.' })
  created__gte?: Date;

  @NotAfterFilter({ on: 'delivery.created', description: 'Created at or before this time.' })
  created__lte?: Date;

  @UuidFilter({ on: 'delivery.endpointId', description: 'UUID of the endpoint.' })
  endpoint?: string;

  @UuidFilter({ on: 'delivery.eventId', description: 'UUID of the event.' })
  event?: string;

  @MultiChoiceFilter(deliveryStates, { on: 'delivery.state', description: 'Any of these states.' })
  state?: string[];

  @TextFilter({ on: 'event.subject', description: 'What the event happened to, such as `user/17`.' })
  subject?: string;

  @TextFilter({ on: 'event.type', description: 'Type of the event.' })
  type?: string;
}
