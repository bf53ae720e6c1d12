import { EventsModule } from '../../events/events.module.js';
import { BooleanFilter, ChoiceFilter, TextFilter, UuidFilter } from '../../rest/list/filters.js';
import { defineStage } from '../define-stage.js';
import { stageTypes } from '../stage-types.js';
import { UserLoginStageFields } from './dto/user-login-stage.dto.js';
import { geoipBindings, networkBindings, UserLoginStage } from './user-login-stage.entity.js';
import { UserLoginStageExecutor } from './user-login-stage.executor.js';

/** The user login stage. */
export const userLoginStage = defineStage({
  kind: 'user_login',
  description: 'Signs in the pending user.',
  entity: UserLoginStage,
  ...stageTypes('user_login', UserLoginStageFields),
  filters: {
    stage_uuid: UuidFilter({ on: 'stage.pk' }),
    name: TextFilter({ on: 'stage.name' }),
    session_duration: TextFilter({ on: 'stage.sessionDuration' }),
    terminate_other_sessions: BooleanFilter({ on: 'stage.terminateOtherSessions' }),
    remember_me_offset: TextFilter({ on: 'stage.rememberMeOffset' }),
    network_binding: ChoiceFilter(networkBindings, {
      on: 'stage.networkBinding',
      description: 'The network that sessions are bound to.',
    }),
    geoip_binding: ChoiceFilter(geoipBindings, {
      on: 'stage.geoipBinding',
      description: 'The location that sessions are bound to.',
    }),
  },
  executor: UserLoginStageExecutor,
  imports: [EventsModule],
});
