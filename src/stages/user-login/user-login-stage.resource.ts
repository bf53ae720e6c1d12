import { Resource } from '../../rest/resource.js';
import { UserLoginStageDto } from './dto/user-login-stage.dto.js';
import { UserLoginStage } from './user-login-stage.entity.js';

/** The routes below `/stages/user_login/`. */
export const userLoginStages = new Resource({
  operations: 'stages_user_login',
  model: 'authentik_stages_user_login.userloginstage',
  noun: 'user login stage',
  answer: UserLoginStageDto,
  cached: true,
  lookup: {
    entity: () => UserLoginStage,
    parameter: 'stage_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the user login stage.',
  },
});
