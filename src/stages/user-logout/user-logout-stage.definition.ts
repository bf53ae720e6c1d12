import { EventsModule } from '../../events/events.module.js';
import { StageFields } from '../../flows/dto/stage.dto.js';
import { TextFilter, UuidFilter } from '../../rest/list/filters.js';
import { defineStage } from '../define-stage.js';
import { stageTypes } from '../stage-types.js';
import { UserLogoutStage } from './user-logout-stage.entity.js';
import { UserLogoutStageExecutor } from './user-logout-stage.executor.js';

/** The user logout stage. */
export const userLogoutStage = defineStage({
  kind: 'user_logout',
  description: 'Signs the visitor out.',
  entity: UserLogoutStage,
  ...stageTypes('user_logout', StageFields),
  filters: {
    name: TextFilter({ on: 'stage.name' }),
    stage_uuid: UuidFilter({ on: 'stage.pk' }),
  },
  executor: UserLogoutStageExecutor,
  imports: [EventsModule],
});
