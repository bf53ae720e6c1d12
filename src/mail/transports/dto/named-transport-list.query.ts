import { DateTimeFilter, TextFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { namedTransportColumns } from '../named-transport.mapper.js';

@ListOf({
  columns: { ...namedTransportColumns, sealed: 'transport.url' },
  search: ['transport.name', 'transport.shownUrl'],
  order: ['name'],
  ordering: Object.keys(namedTransportColumns),
})
export class NamedTransportListQuery extends ListQuery {
  @DateTimeFilter({ on: 'transport.created', description: 'When the transport was added.' })
  created?: Date;

  @TextFilter({ on: 'transport.fromAddress' })
  from_address?: string;

  @TextFilter({ on: 'transport.name' })
  name?: string;

  @UuidFilter({ on: 'transport.pk' })
  transport_uuid?: string;
}
