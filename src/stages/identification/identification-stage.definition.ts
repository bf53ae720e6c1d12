import { Flow } from '../../flows/flow.entity.js';
import { Rejection } from '../../rest/fields/coercions.js';
import { BooleanFilter, filter, notAvailable, RelationFilter, TextFilter, uuidOf } from '../../rest/list/filters.js';
import { defineStage } from '../define-stage.js';
import { PasswordCheckModule } from '../password/password-check.module.js';
import { PasswordStage } from '../password/password-stage.entity.js';
import { stageTypes } from '../stage-types.js';
import { hasUserFields, IdentificationStageFields } from './dto/identification-stage.dto.js';
import { IdentificationStage } from './identification-stage.entity.js';
import { IdentificationStageExecutor } from './identification-stage.executor.js';

/** The identification stage. */
export const identificationStage = defineStage({
  kind: 'identification',
  description: 'Asks for the user name or address, and optionally for the password in the same step.',
  entity: IdentificationStage,
  ...stageTypes('identification', IdentificationStageFields, hasUserFields),
  filters: {
    name: TextFilter({ on: 'stage.name' }),
    password_stage: RelationFilter(() => PasswordStage, { on: 'stage.passwordStageId' }),
    // There are no captcha stages, so no key is valid.
    captcha_stage: filter({ type: 'string', format: 'uuid' }, rejectCaptchaStage, (builder) =>
      builder.andWhere('false'),
    ),
    case_insensitive_matching: BooleanFilter({ on: 'stage.caseInsensitiveMatching' }),
    show_matched_user: BooleanFilter({ on: 'stage.showMatchedUser' }),
    enrollment_flow: RelationFilter(() => Flow, { on: 'stage.enrollmentFlowId' }),
    recovery_flow: RelationFilter(() => Flow, { on: 'stage.recoveryFlowId' }),
    passwordless_flow: RelationFilter(() => Flow, { on: 'stage.passwordlessFlowId' }),
    show_source_labels: BooleanFilter({ on: 'stage.showSourceLabels' }),
  },
  constants: { captcha_stage: null, sources: [] },
  executor: IdentificationStageExecutor,
  imports: [PasswordCheckModule],
});

function rejectCaptchaStage(raw: unknown): never {
  uuidOf(raw);
  throw new Rejection([notAvailable('That choice')]);
}
