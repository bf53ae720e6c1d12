import type { HandedOn } from '../../core/authority/read-standings.js';
import { NamedTransport } from '../../mail/transports/named-transport.entity.js';
import { BooleanFilter, IntegerFilter, RelationFilter, TextFilter } from '../../rest/list/filters.js';
import { defineStage } from '../define-stage.js';
import { EmailStageDto, EmailStageRequestDto, PatchedEmailStageRequestDto } from './dto/email-stage.dto.js';
import { EmailStage } from './email-stage.entity.js';

const defaults = new EmailStage();

/** The email stage. Its module registers its executor. */
export const emailStage = defineStage({
  kind: 'email',
  description: 'Sends the pending user a link by mail and continues when it is opened, which verifies the address.',
  entity: EmailStage,
  response: EmailStageDto,
  request: EmailStageRequestDto,
  patch: PatchedEmailStageRequestDto,
  filters: {
    name: TextFilter({ on: 'stage.name' }),
    use_global_settings: BooleanFilter({ on: 'stage.useGlobalSettings' }),
    host: TextFilter({ on: 'stage.host' }),
    port: IntegerFilter({ on: 'stage.port' }),
    username: TextFilter({ on: 'stage.username' }),
    use_tls: BooleanFilter({ on: 'stage.useTls' }),
    use_ssl: BooleanFilter({ on: 'stage.useSsl' }),
    timeout: IntegerFilter({ on: 'stage.timeout' }),
    from_address: TextFilter({ on: 'stage.fromAddress' }),
    token_expiry: IntegerFilter({ on: 'stage.tokenExpiry' }),
    subject: TextFilter({ on: 'stage.subject' }),
    template: TextFilter({ on: 'stage.template' }),
    activate_user_on_success: BooleanFilter({ on: 'stage.activateUserOnSuccess' }),
    recovery_max_attempts: IntegerFilter({ on: 'stage.recoveryMaxAttempts', isAddition: true }),
    recovery_cache_timeout: TextFilter({ on: 'stage.recoveryCacheTimeout', isAddition: true }),
    transport: RelationFilter(() => NamedTransport, { on: 'stage.transportId', isAddition: true }),
  },
  columns: { password_set: "(stage.password <> '')" },
  handsOn,
});

/**
 * Returns the transport of the stage, and its mail server if it differs from the default: their operators can read the
 * recovery links of every user, including superusers. The server counts although the transport takes its place, because all
 * editors may take the transport away.
 */
function handsOn({ useGlobalSettings, host, port, useTls, useSsl, transportId }: EmailStage): HandedOn {
  const isOwn = !useGlobalSettings && (host !== defaults.host || port !== defaults.port);
  const server = `mail ${host}:${port} ${String(useTls)} ${String(useSsl)}`;
  return {
    groups: [],
    superuserBy: [...(isOwn ? [server] : []), ...(transportId === null ? [] : [`mail transport ${transportId}`])],
  };
}
