import { TextFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { denyStageColumns } from '../deny-stage.mapper.js';

@ListOf({
  columns: denyStageColumns,
  search: ['stage.name'],
  order: ['name'],
  ordering: Object.keys(denyStageColumns),
})
export class DenyStageListQuery extends ListQuery {
  @UuidFilter({ on: 'stage.pk' })
  stage_uuid?: string;

  @TextFilter({ on: 'stage.name' })
  name?: string;

  @TextFilter({ on: 'stage.denyMessage' })
  deny_message?: string;
}
