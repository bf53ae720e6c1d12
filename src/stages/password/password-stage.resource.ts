import { Resource } from '../../rest/resource.js';
import { PasswordStageDto } from './dto/password-stage.dto.js';
import { PasswordStage } from './password-stage.entity.js';

/** The routes below `/stages/password/`. */
export const passwordStages = new Resource({
  operations: 'stages_password',
  model: 'authentik_stages_password.passwordstage',
  noun: 'password stage',
  answer: PasswordStageDto,
  cached: true,
  lookup: {
    entity: () => PasswordStage,
    parameter: 'stage_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the password stage.',
  },
});
