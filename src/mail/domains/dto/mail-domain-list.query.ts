import { BooleanFilter, DateTimeFilter, TextFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { mailDomainColumns } from '../mail-domain.mapper.js';

@ListOf({
  columns: mailDomainColumns,
  search: ['domain.name'],
  order: ['name'],
  ordering: Object.keys(mailDomainColumns),
})
export class MailDomainListQuery extends ListQuery {
  @DateTimeFilter({ on: 'domain.created', description: 'When the domain was added.' })
  created?: Date;

  @UuidFilter({ on: 'domain.pk' })
  domain_uuid?: string;

  @TextFilter({ on: 'domain.name' })
  name?: string;

  @BooleanFilter({ on: 'domain.signing' })
  signing?: boolean;
}
