import { BooleanFilter, IntegerFilter, TextFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { emailStageColumns } from '../email-stage.mapper.js';

@ListOf({
  columns: emailStageColumns,
  search: ['stage.name'],
  order: ['name'],
  ordering: Object.keys(emailStageColumns),
})
export class EmailStageListQuery extends ListQuery {
  @TextFilter({ on: 'stage.name' })
  name?: string;

  @BooleanFilter({ on: 'stage.useGlobalSettings' })
  use_global_settings?: boolean;

  @TextFilter({ on: 'stage.host' })
  host?: string;

  @IntegerFilter({ on: 'stage.port' })
  port?: number;

  @TextFilter({ on: 'stage.username' })
  username?: string;

  @BooleanFilter({ on: 'stage.useTls' })
  use_tls?: boolean;

  @BooleanFilter({ on: 'stage.useSsl' })
  use_ssl?: boolean;

  @IntegerFilter({ on: 'stage.timeout' })
  timeout?: number;

  @TextFilter({ on: 'stage.fromAddress' })
  from_address?: string;

  @IntegerFilter({ on: 'stage.tokenExpiry' })
  token_expiry?: number;

  @TextFilter({ on: 'stage.subject' })
  subject?: string;

  @TextFilter({ on: 'stage.template' })
  template?: string;

  @BooleanFilter({ on: 'stage.activateUserOnSuccess' })
  activate_user_on_success?: boolean;

  @IntegerFilter({ on: 'stage.recoveryMaxAttempts' })
  recovery_max_attempts?: number;

  @TextFilter({ on: 'stage.recoveryCacheTimeout' })
  recovery_cache_timeout?: string;
}
