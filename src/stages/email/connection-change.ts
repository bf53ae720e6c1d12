import type { EmailStageRequestDto } from './dto/email-stage.dto.js';
import type { EmailStage } from './email-stage.entity.js';

/** Fields that decide which server receives the password of a stage, and whether it is encrypted in transit. */
const connectionFields = ['host', 'port', 'username', 'use_tls', 'use_ssl'] as const;

/** Whether a request contains one of the connection fields. */
export function changesConnection(request: Partial<EmailStageRequestDto>): boolean {
  return connectionFields.some((name) => request[name] !== undefined);
}

/**
 * Returns the fields of a request that would send the stored password to another server or account, or without the TLS
 * that protects it now. Empty if the password may stay.
 */
export function fieldsExposingPassword(stored: EmailStage, request: Partial<EmailStageRequestDto>): string[] {
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
