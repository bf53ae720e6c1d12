import { StageFields } from '../../flows/dto/stage.dto.js';
import { TextFilter, UuidFilter } from '../../rest/list/filters.js';
import { defineStage } from '../define-stage.js';
import { stageTypes } from '../stage-types.js';
import { UserDeleteStage } from './user-delete-stage.entity.js';
import { UserDeleteStageExecutor } from './user-delete-stage.executor.js';

/** The user delete stage. */
export const userDeleteStage = defineStage({
  kind: 'user_delete',
  description: 'Deletes the pending user, without asking again.',
  entity: UserDeleteStage,
  ...stageTypes('user_delete', StageFields),
  filters: {
    name: TextFilter({ on: 'stage.name' }),
    stage_uuid: UuidFilter({ on: 'stage.pk' }),
  },
  executor: UserDeleteStageExecutor,
});
