import { Inject, Injectable } from '@nestjs/common';
import { MailerService } from '@nestjs-modules/mailer';

import { SETTINGS, type Settings } from '../../../config/settings.js';
import { MailProxy } from '../mail-proxy.js';
import type { MailTransport, TransportFactory, TransportKind } from '../mail-transport.js';
import { oauthParameters, oauthSecretParameters, oauthSecrets, oauthSettingsIn } from '../oauth/oauth-settings.js';
import { TokenSources } from '../oauth/token-sources.js';
import { flagIn, readTransportUrl } from '../transport-url.js';
import { dsnParameters, dsnSettingsIn } from './dsn.js';
import { SmtpCheck } from './smtp-check.js';
import { hostAndPort, type SmtpSettings, settingsProblem } from './smtp-settings.js';
import { SmtpTransport } from './smtp-transport.js';
import { TlsTrust } from './tls-trust.js';

/** Opens SMTP transports, with at most SMTP_CONNECTIONS connections for each set of settings. */
@Injectable()
class SmtpTransports implements TransportFactory<SmtpSettings> {
  private opened = 0;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly mailer: MailerService,
    private readonly trust: TlsTrust,
    private readonly checker: SmtpCheck,
    private readonly tokens: TokenSources,
    private readonly mailProxy: MailProxy,
  ) {}

  open(smtp: SmtpSettings, stopping: AbortSignal): MailTransport {
    this.opened += 1;
    const { mailer, trust, checker } = this;
    const { smtpConnections: maxConnections } = this.settings;
    const tokens = this.tokens.of(smtp);
    const { proxy } = this.mailProxy;
    const name = String(this.opened);
    return new SmtpTransport(smtp, { name, mailer, trust, tokens, proxy, checker, maxConnections, stopping });
  }
}

/** A mail server. */
export const smtpKind: TransportKind<SmtpSettings> = {
  name: 'smtp',
  schemes: ['smtp', 'smtps'],
  secrets: ['password', ...oauthSecrets],
  secretParts: () => oauthSecretParameters,
  parse: smtpSettingsIn,
  problem: settingsProblem,
  describe: (settings) => ({ provider: 'smtp', server: hostAndPort(settings) }),
  factory: SmtpTransports,
  providers: [SmtpCheck, TlsTrust],
};

/** Reads `smtp://user:password@host:port` (or `?oauth=…` instead of the password), or `smtps://` with TLS from the first byte. */
function smtpSettingsIn(text: string, { emailTimeout, emailHelo }: Settings): SmtpSettings {
  const url = readTransportUrl(text, ['require_tls', ...oauthParameters, ...dsnParameters]);
  const { scheme, username, password, host, port, path } = url;
  if (host === '') throw new Error('has no host');
  if (path !== '') throw new Error('must not have a path');
  const oauth = oauthSettingsIn(url);
  if (oauth !== undefined && password !== '') throw new Error('has both a password and oauth');
  if (username !== '' && password === '' && oauth === undefined) throw new Error('has a user name without a password');
  const dsn = dsnSettingsIn(url);
  const useSsl = scheme === 'smtps';
  const requiresTls = flagIn(url, 'require_tls');
  if (useSsl && requiresTls === false) throw new Error('cannot be smtps:// with require_tls=false');
  return {
    kind: 'smtp',
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: port ?? (useSsl ? 465 : 25),
    username,
    password,
    // A password must not depend on an attacker who leaves STARTTLS to the server.
    useTls: !useSsl && (requiresTls ?? username !== ''),
    useSsl,
    timeout: emailTimeout,
    clientName: emailHelo,
    ...(oauth !== undefined && { oauth }),
    ...(dsn !== undefined && { dsn }),
  };
}
