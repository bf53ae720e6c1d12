import { BooleanFilter, TextFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { dummyStageColumns } from '../dummy-stage.mapper.js';

@ListOf({
  columns: dummyStageColumns,
  search: ['stage.name'],
  order: ['name'],
  ordering: Object.keys(dummyStageColumns),
})
export class DummyStageListQuery extends ListQuery {
  @TextFilter({ on: 'stage.name' })
  name?: string;

  @UuidFilter({ on: 'stage.pk' })
  stage_uuid?: string;

  @BooleanFilter({ on: 'stage.throwError' })
  throw_error?: boolean;
}
