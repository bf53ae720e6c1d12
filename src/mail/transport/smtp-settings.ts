import type { Settings } from '../../config/settings.js';

/** Settings of an SMTP server and of the connections to it. */
export interface SmtpSettings {
  /** A host name, possibly internationalized, or an IP address. */
  readonly host: string;
  readonly port: number;
  /** Empty for no authentication. */
  readonly username: string;
  readonly password: string;
  /** Requires STARTTLS. */
  readonly useTls: boolean;
  /** Implicit TLS. */
  readonly useSsl: boolean;
  /** Seconds for each step: TCP connect, TLS handshake, each reply. A mail may take four times that in total. */
  readonly timeout: number;
  /** Client name in EHLO; default: the name or address of this machine. */
  readonly clientName?: string | undefined;
  /** Seconds from connect to the last reply, if less than four times `timeout`. */
  readonly totalTimeout?: number;
}

/** `totalTimeout` of tests that administrators start, regardless of `timeout`. */
export const testTimeoutSeconds = 60;

/** Returns the settings of the global mail server; undefined if there is none, and mails go to the local mailbox. */
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
    clientName: settings.emailHelo,
  };
}

/** Returns `host:port` for messages. */
export function hostAndPort({ host, port }: SmtpSettings): string {
  return `${host}:${port}`;
}

/** Returns the timeout of one step in milliseconds, at most an hour. */
export function stepTimeoutMs({ timeout }: SmtpSettings): number {
  return Math.min(timeout, 3600) * 1000;
}

/**
 * Returns the timeout from connect to the last reply in milliseconds. It bounds servers that reply to each step just in
 * time, or send byte by byte.
 */
export function totalTimeoutMs(settings: SmtpSettings): number {
  return Math.min(4 * stepTimeoutMs(settings), (settings.totalTimeout ?? Infinity) * 1000);
}
