import { Flow } from '../../flows/flow.entity.js';
import { BooleanFilter, IntegerFilter, RelationFilter, TextFilter } from '../../rest/list/filters.js';
import { defineStage } from '../define-stage.js';
import { stageTypes } from '../stage-types.js';
import { PasswordStageFields } from './dto/password-stage.dto.js';
import { PasswordCheckModule } from './password-check.module.js';
import { PasswordSettingsController } from './password-settings.controller.js';
import { passwordSettings } from './password-settings.js';
import { PasswordStage } from './password-stage.entity.js';
import { PasswordStageExecutor } from './password-stage.executor.js';

/** The password stage. */
export const passwordStage = defineStage({
  kind: 'password',
  description: "Asks for the user's password.",
  entity: PasswordStage,
  ...stageTypes('password', PasswordStageFields),
  filters: {
    name: TextFilter({ on: 'stage.name' }),
    configure_flow: RelationFilter(() => Flow, { on: 'stage.configureFlowId' }),
    failed_attempts_before_cancel: IntegerFilter({ on: 'stage.failedAttemptsBeforeCancel' }),
    allow_show_password: BooleanFilter({ on: 'stage.allowShowPassword' }),
    accept_fresh_session: BooleanFilter({ on: 'stage.acceptFreshSession', isAddition: true }),
  },
  executor: PasswordStageExecutor,
  userSettings: passwordSettings,
  imports: [PasswordCheckModule],
  controllers: [PasswordSettingsController],
});
