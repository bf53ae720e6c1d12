import type { Settings } from '../../config/settings.js';

/** Where and how mails are handed over. */
export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** Empty: no authentication. */
  readonly username: string;
  readonly password: string;
  /** STARTTLS is required. */
  readonly useTls: boolean;
  /** TLS from the first byte. */
  readonly useSsl: boolean;
  /** Seconds. */
  readonly timeout: number;
}

/** The service's own mail server, or undefined if none is set: mails then go to the local mailbox. */
export function globalSmtpSettings(settings: Settings): SmtpSettings | undefined {
  if (settings.emailHost === undefined) return undefined;
  return {
    host: settings.emailHost,
    port: settings.emailPort,
    username: settings.emailUsername,
    password: settings.emailPassword ?? '',
    useTls: settings.emailUseTls,
    useSsl: settings.emailUseSsl,
    timeout: settings.emailTimeout,
  };
}
