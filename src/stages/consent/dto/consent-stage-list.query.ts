import { ChoiceFilter, TextFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { consentModes } from '../consent-stage.entity.js';
import { consentStageColumns } from '../consent-stage.mapper.js';

@ListOf({
  columns: consentStageColumns,
  search: ['stage.name'],
  order: ['name'],
  ordering: Object.keys(consentStageColumns),
})
export class ConsentStageListQuery extends ListQuery {
  @UuidFilter({ on: 'stage.pk' })
  stage_uuid?: string;

  @TextFilter({ on: 'stage.name' })
  name?: string;

  @ChoiceFilter(consentModes, { on: 'stage.mode' })
  mode?: string;

  @TextFilter({ on: 'stage.consentExpireIn' })
  consent_expire_in?: string;
}
