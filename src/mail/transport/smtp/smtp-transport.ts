import type { MailerService } from '@nestjs-modules/mailer';

import type { OutgoingProxy } from '../../../outgoing/outgoing-proxy.js';
import type { MailTransport } from '../mail-transport.js';
import type { TokenSource } from '../oauth/token-source.js';
import type { Outcome } from '../outcome.js';
import type { OutgoingMail } from '../outgoing-mail.js';
import type { Report, StepListener } from '../report.js';
import { ConnectionPool } from './connection-pool.js';
import { SessionError } from './session-error.js';
import type { SmtpCheck } from './smtp-check.js';
import { hostAndPort, type SmtpSettings } from './smtp-settings.js';
import type { TlsTrust } from './tls-trust.js';

/** What an SMTP transport works with. */
export interface SmtpTransportOptions {
  /** Unique; prefix of the names of its connections. */
  readonly name: string;
  readonly mailer: MailerService;
  readonly trust: TlsTrust;
  readonly tokens: TokenSource | undefined;
  readonly proxy: OutgoingProxy | undefined;
  readonly checker: SmtpCheck;
  readonly maxConnections: number;
  /** Aborts the mails in flight; its reason is an `Error` for administrators. */
  readonly stopping: AbortSignal;
}

/** Sends mails to one mail server. */
export class SmtpTransport implements MailTransport {
  private readonly pool: ConnectionPool;
  private readonly abort = (): void =>
    this.pool.abort(new SessionError('stopped', (this.options.stopping.reason as Error).message));

  constructor(
    private readonly settings: SmtpSettings,
    private readonly options: SmtpTransportOptions,
  ) {
    const { name, mailer, trust, tokens, proxy, maxConnections, stopping } = options;
    trust.warnAbout(hostAndPort(settings));
    this.pool = new ConnectionPool(name, settings, mailer, { trust, tokens, proxy }, maxConnections);
    stopping.addEventListener('abort', this.abort);
  }

  /** Waits while all connections are busy, and then at most four times the timeout of the settings. */
  send(mail: OutgoingMail): Promise<Outcome> {
    return this.pool.send(mail);
  }

  check(sender: string, onStep?: StepListener): Promise<Report> {
    return this.options.checker.check(this.settings, sender, onStep);
  }

  async close(): Promise<void> {
    await this.pool.close();
    this.options.stopping.removeEventListener('abort', this.abort);
  }
}
