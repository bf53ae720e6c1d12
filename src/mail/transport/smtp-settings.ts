import type { Settings } from '../../config/settings.js';

/** Where and how mails are handed over. */
export interface SmtpSettings {
  /** A name, in any script, or an IP address. */
  readonly host: string;
  readonly port: number;
  /** Empty: no authentication. */
  readonly username: string;
  readonly password: string;
  /** STARTTLS is required. */
  readonly useTls: boolean;
  /** TLS from the first byte. */
  readonly useSsl: boolean;
  /** Seconds for each step: connecting, a TLS handshake, the reply to a command. A whole mail may take four times it. */
  readonly timeout: number;
  /** Seconds for everything from the connection to the last reply, if that is less than four times `timeout`. */
  readonly totalTimeout?: number;
}

/** `totalTimeout` of what administrators try out, whatever `timeout` the settings have. */
export const trialTimeout = 60;

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

/** `host:port`, as it is told to people. */
export function serverOf({ host, port }: SmtpSettings): string {
  return `${host}:${port}`;
}

/** Milliseconds for one step. A longer time than an hour is taken for an hour. */
export function stepTime({ timeout }: SmtpSettings): number {
  return Math.min(timeout, 3600) * 1000;
}

/**
 * Milliseconds for everything from the connection to the last reply. A server that answers every single step just in
 * time would otherwise hold a place for a dozen time-outs; one that sends byte after byte, for ever.
 */
export function wholeTime(settings: SmtpSettings): number {
  return Math.min(4 * stepTime(settings), (settings.totalTimeout ?? Infinity) * 1000);
}
