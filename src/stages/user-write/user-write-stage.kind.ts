import type { StoredStageKind } from '../../flows/stage-store.js';
import {
  PatchedUserWriteStageRequestDto,
  type UserWriteStageDto,
  UserWriteStageRequestDto,
} from './dto/user-write-stage.dto.js';
import { UserWriteStage } from './user-write-stage.entity.js';
import { userWriteStageColumns, userWriteStageFields } from './user-write-stage.mapper.js';

export const userWriteStageKind: StoredStageKind<UserWriteStage, UserWriteStageDto> = {
  kind: 'user_write',
  model: 'authentik_stages_user_write.userwritestage',
  component: 'ak-stage-user-write-form',
  verboseName: 'User Write Stage',
  verboseNamePlural: 'User Write Stages',
  description: 'Writes what has been asked to the user, or creates the user from it.',
  entity: UserWriteStage,
  request: UserWriteStageRequestDto,
  patch: PatchedUserWriteStageRequestDto,
  columns: userWriteStageColumns,
  own: userWriteStageFields,
};
