import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import type { TransportSettings } from './mail-transport.js';
import { mailboxKind } from './mailbox/mailbox-kind.js';
import { globalSmtpSettings, isSmtp, type SmtpSettings } from './smtp/smtp-settings.js';
import { transportKinds } from './transport-kinds.js';
import { schemeOf } from './transport-url.js';

/** The transport of stages that use the global settings, and of mails of the service itself. */
@Injectable()
export class GlobalTransport {
  readonly settings: TransportSettings;

  constructor(@Inject(SETTINGS) settings: Settings) {
    this.settings = globalTransport(settings);
  }

  /** Whether mails are not sent but kept in the local mailbox. */
  get isMailbox(): boolean {
    return this.settings.kind === mailboxKind.name;
  }
}

/**
 * Returns the transport of EMAIL_URL, or else of the other EMAIL_ settings, or else the local mailbox.
 *
 * @throws Error with a line about EMAIL_URL if it cannot be used, or if the other settings contradict it
 */
export function globalTransport(settings: Settings): TransportSettings {
  const server = globalSmtpSettings(settings);
  if (settings.emailUrl === undefined) return server ?? { kind: mailboxKind.name };
  const transport = transportOf(settings.emailUrl, settings);
  const others = contradictions(settings, transport);
  if (others.length === 0) return transport;
  throw new Error(`EMAIL_URL and ${others.join(', ')} are both set and differ; set one or the other.`);
}

/** @throws Error with a line about EMAIL_URL */
function transportOf(url: string, settings: Settings): TransportSettings {
  const scheme = schemeOf(url);
  const kind = transportKinds.find(({ schemes }) => scheme !== undefined && schemes.includes(scheme));
  if (kind === undefined) {
    const known = transportKinds.flatMap(({ schemes }) => schemes.map((each) => `${each}://`));
    throw new Error(`EMAIL_URL must start with one of ${known.join(', ')}.`);
  }
  let transport;
  try {
    transport = kind.parse(url, settings);
  } catch (error) {
    throw new Error(`EMAIL_URL ${(error as Error).message}.`, { cause: error });
  }
  const problem = kind.problem(transport);
  if (problem !== undefined) throw new Error(`EMAIL_URL cannot be used: ${problem}`);
  return transport;
}

/** Returns the names of the other settings that are not what EMAIL_URL says. Defaults contradict nothing. */
function contradictions(settings: Settings, transport: TransportSettings): string[] {
  const smtp: Partial<SmtpSettings> = isSmtp(transport) ? transport : {};
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
