import type { StoredStageKind } from '../../flows/stage-store.js';
import {
  type PasswordStageDto,
  PasswordStageRequestDto,
  PatchedPasswordStageRequestDto,
} from './dto/password-stage.dto.js';
import { PasswordStage } from './password-stage.entity.js';
import { passwordStageColumns, passwordStageFields } from './password-stage.mapper.js';

export const passwordStageKind: StoredStageKind<PasswordStage, PasswordStageDto> = {
  kind: 'password',
  model: 'authentik_stages_password.passwordstage',
  component: 'ak-stage-password-form',
  verboseName: 'Password Stage',
  verboseNamePlural: 'Password Stages',
  description: 'Asks for the password of the user of the run.',
  entity: PasswordStage,
  request: PasswordStageRequestDto,
  patch: PatchedPasswordStageRequestDto,
  columns: passwordStageColumns,
  own: passwordStageFields,
};
