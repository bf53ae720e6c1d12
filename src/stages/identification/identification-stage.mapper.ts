import type { StageDto } from '../../flows/dto/stage.dto.js';
import type { Columns } from '../../rest/list/list-query.js';
import type { IdentificationStageDto } from './dto/identification-stage.dto.js';

/** What is read of an identification stage for the clients, of a statement that calls it `stage`. */
export const identificationStageColumns = {
  pk: 'stage.pk',
  name: 'stage.name',
  user_fields: 'stage.userFields',
  password_stage: 'stage.passwordStageId',
  case_insensitive_matching: 'stage.caseInsensitiveMatching',
  show_matched_user: 'stage.showMatchedUser',
  enrollment_flow: 'stage.enrollmentFlowId',
  recovery_flow: 'stage.recoveryFlowId',
  passwordless_flow: 'stage.passwordlessFlowId',
  show_source_labels: 'stage.showSourceLabels',
  pretend_user_exists: 'stage.pretendUserExists',
} satisfies Columns;

/** A row of those columns. */
export type IdentificationStageRow = Pick<IdentificationStageDto, keyof typeof identificationStageColumns>;

/** What clients see of an identification stage besides what every stage has. */
export function identificationStageFields(row: IdentificationStageRow): Omit<IdentificationStageDto, keyof StageDto> {
  return {
    user_fields: row.user_fields,
    password_stage: row.password_stage,
    captcha_stage: null,
    case_insensitive_matching: row.case_insensitive_matching,
    show_matched_user: row.show_matched_user,
    enrollment_flow: row.enrollment_flow,
    recovery_flow: row.recovery_flow,
    passwordless_flow: row.passwordless_flow,
    sources: [],
    show_source_labels: row.show_source_labels,
    pretend_user_exists: row.pretend_user_exists,
  };
}
