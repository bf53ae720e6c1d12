import { TextFilter, UuidFilter } from '../../rest/list/filters.js';
import { defineStage } from '../define-stage.js';
import {
  PatchedUserDeleteStageRequestDto,
  UserDeleteStageDto,
  UserDeleteStageRequestDto,
} from './dto/user-delete-stage.dto.js';
import { UserDeleteStage } from './user-delete-stage.entity.js';
import { UserDeleteStageExecutor } from './user-delete-stage.executor.js';

/** The user delete stage. */
export const userDeleteStage = defineStage({
  kind: 'user_delete',
  description: 'Deletes the pending user, without asking again.',
  entity: UserDeleteStage,
  answer: UserDeleteStageDto,
  request: UserDeleteStageRequestDto,
  patch: PatchedUserDeleteStageRequestDto,
  filters: {
    name: TextFilter({ on: 'stage.name' }),
    stage_uuid: UuidFilter({ on: 'stage.pk' }),
  },
  executor: UserDeleteStageExecutor,
});
