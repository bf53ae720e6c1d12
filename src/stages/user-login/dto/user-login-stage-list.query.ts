import { BooleanFilter, ChoiceFilter, TextFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { geoipBindings, networkBindings } from '../user-login-stage.entity.js';
import { userLoginStageColumns } from '../user-login-stage.mapper.js';

@ListOf({
  columns: userLoginStageColumns,
  search: ['stage.name'],
  order: ['name'],
  ordering: Object.keys(userLoginStageColumns),
})
export class UserLoginStageListQuery extends ListQuery {
  @UuidFilter({ on: 'stage.pk' })
  stage_uuid?: string;

  @TextFilter({ on: 'stage.name' })
  name?: string;

  @TextFilter({ on: 'stage.sessionDuration' })
  session_duration?: string;

  @BooleanFilter({ on: 'stage.terminateOtherSessions' })
  terminate_other_sessions?: boolean;

  @TextFilter({ on: 'stage.rememberMeOffset' })
  remember_me_offset?: string;

  @ChoiceFilter(networkBindings, { on: 'stage.networkBinding', description: 'The network that sessions are bound to.' })
  network_binding?: string;

  @ChoiceFilter(geoipBindings, { on: 'stage.geoipBinding', description: 'The place that sessions are bound to.' })
  geoip_binding?: string;
}
