import type { StageDto } from '../../flows/dto/stage.dto.js';
import type { Columns } from '../../rest/list/list-query.js';
import type { PasswordStageDto } from './dto/password-stage.dto.js';

/** What is read of a password stage for the clients, of a statement that calls it `stage`. */
export const passwordStageColumns = {
  pk: 'stage.pk',
  name: 'stage.name',
  backends: 'stage.backends',
  configure_flow: 'stage.configureFlowId',
  failed_attempts_before_cancel: 'stage.failedAttemptsBeforeCancel',
  allow_show_password: 'stage.allowShowPassword',
} satisfies Columns;

/** A row of those columns. */
export type PasswordStageRow = Pick<PasswordStageDto, keyof typeof passwordStageColumns>;

/** What clients see of a password stage besides what every stage has. */
export function passwordStageFields(row: PasswordStageRow): Omit<PasswordStageDto, keyof StageDto> {
  return {
    backends: row.backends,
    configure_flow: row.configure_flow,
    failed_attempts_before_cancel: row.failed_attempts_before_cancel,
    allow_show_password: row.allow_show_password,
  };
}
