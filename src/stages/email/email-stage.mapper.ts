import type { StageDto } from '../../flows/dto/stage.dto.js';
import type { Columns } from '../../rest/list/list-query.js';
import type { EmailStageDto } from './dto/email-stage.dto.js';

/** What is read of an email stage for the clients, of a statement that calls it `stage`. Of the password only whether there is one. */
export const emailStageColumns = {
  pk: 'stage.pk',
  name: 'stage.name',
  use_global_settings: 'stage.useGlobalSettings',
  host: 'stage.host',
  port: 'stage.port',
  username: 'stage.username',
  password_set: "(stage.password <> '')",
  use_tls: 'stage.useTls',
  use_ssl: 'stage.useSsl',
  timeout: 'stage.timeout',
  from_address: 'stage.fromAddress',
  token_expiry: 'stage.tokenExpiry',
  subject: 'stage.subject',
  template: 'stage.template',
  activate_user_on_success: 'stage.activateUserOnSuccess',
  recovery_max_attempts: 'stage.recoveryMaxAttempts',
  recovery_cache_timeout: 'stage.recoveryCacheTimeout',
} satisfies Columns;

/** A row of those columns. */
export type EmailStageRow = Pick<EmailStageDto, keyof typeof emailStageColumns>;

/** What clients see of an email stage besides what every stage has. */
export function emailStageFields(row: EmailStageRow): Omit<EmailStageDto, keyof StageDto> {
  return {
    use_global_settings: row.use_global_settings,
    host: row.host,
    port: row.port,
    username: row.username,
    password_set: row.password_set,
    use_tls: row.use_tls,
    use_ssl: row.use_ssl,
    timeout: row.timeout,
    from_address: row.from_address,
    token_expiry: row.token_expiry,
    subject: row.subject,
    template: row.template,
    activate_user_on_success: row.activate_user_on_success,
    recovery_max_attempts: row.recovery_max_attempts,
    recovery_cache_timeout: row.recovery_cache_timeout,
  };
}
