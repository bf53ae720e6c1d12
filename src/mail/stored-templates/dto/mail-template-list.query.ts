import { DateTimeFilter, TextFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { mailTemplateColumns } from '../mail-template.mapper.js';

@ListOf({
  columns: mailTemplateColumns,
  search: ['template.name', 'template.html', 'template.text'],
  order: ['name'],
  ordering: ['name', 'version', 'created', 'last_updated'],
})
export class MailTemplateListQuery extends ListQuery {
  @DateTimeFilter({ on: 'template.created', description: 'When the template was added.' })
  created?: Date;

  @DateTimeFilter({ on: 'template.lastUpdated', description: 'When the template was changed last.' })
  last_updated?: Date;

  @TextFilter({ on: 'template.name' })
  name?: string;

  @UuidFilter({ on: 'template.pk' })
  template_uuid?: string;
}
