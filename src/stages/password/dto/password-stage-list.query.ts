import { Flow } from '../../../flows/flow.entity.js';
import { BooleanFilter, IntegerFilter, RelationFilter, TextFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { passwordStageColumns } from '../password-stage.mapper.js';

@ListOf({
  columns: passwordStageColumns,
  search: ['stage.name'],
  order: ['name'],
  ordering: Object.keys(passwordStageColumns),
})
export class PasswordStageListQuery extends ListQuery {
  @TextFilter({ on: 'stage.name' })
  name?: string;

  @RelationFilter(() => Flow, { on: 'stage.configureFlowId' })
  configure_flow?: string;

  @IntegerFilter({ on: 'stage.failedAttemptsBeforeCancel' })
  failed_attempts_before_cancel?: number;

  @BooleanFilter({ on: 'stage.allowShowPassword' })
  allow_show_password?: boolean;
}
