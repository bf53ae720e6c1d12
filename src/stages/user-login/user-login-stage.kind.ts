import type { StoredStageKind } from '../../flows/stage-store.js';
import {
  type UserLoginStageDto,
  UserLoginStageRequestDto,
  PatchedUserLoginStageRequestDto,
} from './dto/user-login-stage.dto.js';
import { UserLoginStage } from './user-login-stage.entity.js';
import { userLoginStageColumns, userLoginStageFields } from './user-login-stage.mapper.js';

export const userLoginStageKind: StoredStageKind<UserLoginStage, UserLoginStageDto> = {
  kind: 'user_login',
  model: 'authentik_stages_user_login.userloginstage',
  component: 'ak-stage-user-login-form',
  verboseName: 'User Login Stage',
  verboseNamePlural: 'User Login Stages',
  description: 'Signs in the user of the run.',
  entity: UserLoginStage,
  request: UserLoginStageRequestDto,
  patch: PatchedUserLoginStageRequestDto,
  columns: userLoginStageColumns,
  own: userLoginStageFields,
};
