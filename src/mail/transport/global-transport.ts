import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import type { TransportSettings } from './mail-transport.js';
import { mailboxKind } from './mailbox/mailbox-kind.js';
import { readTransports } from './read-transports.js';
import { globalSmtpSettings, isSmtp, type SmtpSettings } from './smtp/smtp-settings.js';

/** The transports of stages that use the global settings, and of mails of the service itself. */
@Injectable()
export class GlobalTransport {
  /** In the order in which a mail tries them. */
  readonly transports: readonly TransportSettings[];

  constructor(@Inject(SETTINGS) settings: Settings) {
    this.transports = globalTransports(settings);
  }

  /** Whether mails are not sent but kept in the local mailbox. */
  get isMailbox(): boolean {
    return this.transports.some(({ kind }) => kind === mailboxKind.name);
  }
}

/**
 * Returns the transports of EMAIL_URL, or else of the other EMAIL_ settings, or else the local mailbox.
 *
 * @throws Error with a line about EMAIL_URL if it cannot be used, or if the other settings contradict it
 */
export function globalTransports(settings: Settings): readonly TransportSettings[] {
  if (settings.emailUrl === undefined) return [globalSmtpSettings(settings) ?? { kind: mailboxKind.name }];
  const transports = transportsOf(settings.emailUrl, settings);
  const others = contradictions(settings, transports);
  if (others.length === 0) return transports;
  throw new Error(`EMAIL_URL and ${others.join(', ')} are both set and differ; set one or the other.`);
}

function transportsOf(url: string, settings: Settings): readonly TransportSettings[] {
  try {
    return readTransports(url, settings);
  } catch (error) {
    throw new Error(`EMAIL_URL ${(error as Error).message}`, { cause: error });
  }
}

/** Returns the names of the other settings that are not what EMAIL_URL says. Defaults contradict nothing. */
function contradictions(settings: Settings, transports: readonly TransportSettings[]): string[] {
  const [only] = transports;
  const smtp: Partial<SmtpSettings> = transports.length === 1 && only && isSmtp(only) ? only : {};
  const given: readonly [name: string, isSet: boolean, isSame: boolean][] = [
    ['EMAIL_HOST', settings.emailHost !== undefined, settings.emailHost === smtp.host],
    ['EMAIL_PORT', settings.emailPort !== 25, settings.emailPort === smtp.port],
    ['EMAIL_USERNAME', settings.emailUsername !== '', settings.emailUsername === smtp.username],
    ['EMAIL_PASSWORD', settings.emailPassword !== undefined, settings.emailPassword === smtp.password],
    ['EMAIL_USE_TLS', settings.emailUseTls, smtp.useTls === true],
    ['EMAIL_USE_SSL', settings.emailUseSsl, smtp.useSsl === true],
  ];
  return given.filter(([, isSet, isSame]) => isSet && !isSame).map(([name]) => name);
}
