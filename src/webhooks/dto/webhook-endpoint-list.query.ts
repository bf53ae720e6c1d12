import { BooleanFilter, DateTimeFilter, TextFilter, UuidFilter } from '../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../rest/list/list-query.js';
import { webhookEndpointColumns } from '../webhook-endpoint.mapper.js';

@ListOf({
  columns: webhookEndpointColumns,
  search: ['endpoint.name', 'endpoint.description', 'endpoint.url'],
  order: ['name'],
  ordering: Object.keys(webhookEndpointColumns).filter((name) => name !== 'event_types'),
})
export class WebhookEndpointListQuery extends ListQuery {
  @DateTimeFilter({ on: 'endpoint.created' })
  created?: Date;

  @BooleanFilter({ on: 'endpoint.enabled', description: 'Whether events are delivered.' })
  enabled?: boolean;

  @UuidFilter({ on: 'endpoint.pk' })
  endpoint_uuid?: string;

  @BooleanFilter({ on: '(endpoint.failing_since is not null)', description: 'Whether the last attempt has failed.' })
  failing?: boolean;

  @TextFilter({ on: 'endpoint.name' })
  name?: string;

  @TextFilter({ on: 'endpoint.url' })
  url?: string;
}
