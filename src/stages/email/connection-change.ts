import type { EmailStageRequestDto } from './dto/email-stage.dto.js';
import type { EmailStage } from './email-stage.entity.js';

/** The fields that decide who hears the password of a stage, and how well it is protected on the way. */
const connectionFields = ['host', 'port', 'username', 'use_tls', 'use_ssl'] as const;

/** Whether a request names one of the fields that decide who hears the password. */
export function namesConnection(request: Partial<EmailStageRequestDto>): boolean {
  return connectionFields.some((name) => request[name] !== undefined);
}

/**
 * The fields by which a request would have the stored password sent to another server or account, or without the TLS that
 * it was sent with. Empty if the password may stay.
 */
export function exposingFields(stored: EmailStage, request: Partial<EmailStageRequestDto>): string[] {
  const { host = stored.host, port = stored.port, username = stored.username } = request;
  const { use_tls: useTls = stored.useTls, use_ssl: useSsl = stored.useSsl } = request;
  const losesTls = (stored.useTls || stored.useSsl) && !useTls && !useSsl;
  return [
    ...(host.toLowerCase() === stored.host.toLowerCase() ? [] : ['host']),
    ...(port === stored.port ? [] : ['port']),
    ...(username === stored.username ? [] : ['username']),
    ...(losesTls ? [stored.useTls ? 'use_tls' : 'use_ssl'] : []),
  ];
}
