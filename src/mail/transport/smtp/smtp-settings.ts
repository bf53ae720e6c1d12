import type { Settings } from '../../../config/settings.js';
import { hostProblem, loginProblem } from '../../../syntax/mail-host.js';
import type { TransportSettings } from '../mail-transport.js';
import type { OAuthSettings } from '../oauth/oauth-settings.js';
import type { DsnSettings } from './dsn.js';

/** Settings of an SMTP server and of the connections to it. */
export interface SmtpSettings extends TransportSettings {
  readonly kind: 'smtp';
  /** A host name, possibly internationalized, or an IP address. */
  readonly host: string;
  readonly port: number;
  /** Empty for no authentication. */
  readonly username: string;
  readonly password: string;
  /** For logins with an access token instead of a password. */
  readonly oauth?: OAuthSettings;
  /** Requires STARTTLS. */
  readonly useTls: boolean;
  /** Implicit TLS. */
  readonly useSsl: boolean;
  /** Seconds for each step: TCP connect, TLS handshake, each reply. A mail may take four times that in total. */
  readonly timeout: number;
  /** Client name in EHLO; default: the name or address of this machine. */
  readonly clientName?: string | undefined;
  /** What the servers on the way report to the sender; default: what they report by themselves. */
  readonly dsn?: DsnSettings;
}

/** Whether a transport is a mail server. */
export function isSmtp(settings: TransportSettings): settings is SmtpSettings {
  return settings.kind === 'smtp';
}

/** Returns the settings of the server in EMAIL_HOST and the settings beside it; undefined if there is none. */
export function globalSmtpSettings(settings: Settings): SmtpSettings | undefined {
  if (settings.emailHost === undefined) return undefined;
  return {
    kind: 'smtp',
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

/** How to ask for TLS, by a field of a stage or in the URL of a transport: with STARTTLS, and from the first byte. */
export const startTls = 'use_tls (in a URL: require_tls=true)';
export const implicitTls = 'use_ssl (in a URL: smtps://)';

/**
 * Returns the timeout from connect to the last reply in milliseconds. It bounds servers that reply to each step just in
 * time, or send byte by byte.
 */
export function totalTimeoutMs(settings: SmtpSettings): number {
  return Math.min(4 * stepTimeoutMs(settings), (settings.totalTimeout ?? Infinity) * 1000);
}

/**
 * Returns why these settings are invalid, for administrators; undefined if they are valid. Values with control
 * characters must not reach a command or a header (CVE-2025-13033 and related advisories).
 */
export function settingsProblem(settings: SmtpSettings): string | undefined {
  const { host, port, username, password, useTls, useSsl, timeout } = settings;
  const problem = hostProblem(host) ?? loginProblem('username', username) ?? loginProblem('password', password);
  if (problem !== undefined) return problem;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return 'The port of the mail server must be 1 to 65535.';
  if (useTls && useSsl) {
    return (
      'Both use_tls and use_ssl are set, but a connection starts either with or without TLS. ' +
      'Set use_tls for STARTTLS (port 587 or 25), or use_ssl for implicit TLS (port 465).'
    );
  }
  if (!(timeout > 0)) return 'The timeout of the mail server must be more than 0 seconds.';
  return undefined;
}
