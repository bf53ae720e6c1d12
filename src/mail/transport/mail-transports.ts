import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { MailerService } from '@nestjs-modules/mailer';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { ConnectionPool } from './connection-pool.js';
import type { Outcome } from './outcome.js';
import type { OutgoingMail } from './outgoing-mail.js';
import { PoolCache } from './pool-cache.js';
import { SessionError } from './session-error.js';
import type { SmtpSettings } from './smtp-settings.js';
import { hostAndPort } from './smtp-settings.js';
import { TlsTrust } from './tls-trust.js';
import { mailProblem, settingsProblem } from './validation.js';

export type { OutgoingMail } from './outgoing-mail.js';
export type { Outcome } from './outcome.js';

/** Limits of the pool cache: one pool per set of settings. */
const cacheLimits = { maxPools: 50, idleMs: 5 * 60_000 };

/**
 * Sends mails over pooled SMTP connections: at most SMTP_CONNECTIONS for each set of settings.
 */
@Injectable()
export class MailTransports implements OnModuleDestroy {
  private readonly pools = new PoolCache<ConnectionPool>(cacheLimits);
  private readonly inFlight = new Set<{ pool: ConnectionPool; outcome: Promise<Outcome> }>();
  private poolCount = 0;
  private isStopping = false;
  private deadline: NodeJS.Timeout | undefined;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly mailer: MailerService,
    private readonly trust: TlsTrust,
  ) {}

  /**
   * Sends one mail. Waits while all connections of the pool are busy, and then at most four times the settings'
   * timeout.
   *
   * Errors of the server, the settings or the mail are returned as an outcome and never thrown.
   */
  async send(settings: SmtpSettings, mail: OutgoingMail): Promise<Outcome> {
    const reason = settingsProblem(settings) ?? mailProblem(mail);
    if (reason !== undefined) return { kind: 'refused', reason };
    if (this.isStopping) return { kind: 'deferred', reason: shuttingDown.message, unreachable: false };
    const pool = this.poolFor(settings);
    const attempt = { pool, outcome: pool.send(mail) };
    this.inFlight.add(attempt);
    return attempt.outcome.finally(() => this.inFlight.delete(attempt));
  }

  /** Lets mails be sent for SHUTDOWN_TIMEOUT, and aborts them then. */
  stopInTime(): void {
    this.deadline ??= setTimeout(() => this.abort(), this.settings.shutdownTimeout * 1000);
  }

  /** Aborts the mails in flight. Later ones are deferred. */
  abort(): void {
    this.isStopping = true;
    for (const { pool } of this.inFlight) pool.abort(shuttingDown);
  }

  /** Waits for the mails in flight, and closes every connection. */
  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    this.stopInTime();
    await Promise.all([...this.inFlight].map(({ outcome }) => outcome));
    clearTimeout(this.deadline);
    this.pools.clear();
  }

  private poolFor(settings: SmtpSettings): ConnectionPool {
    const { password, ...others } = settings;
    const account = JSON.stringify(others);
    return this.pools.get(JSON.stringify([account, password]), account, () => {
      this.trust.warnAbout(hostAndPort(settings));
      this.poolCount += 1;
      return new ConnectionPool(`${this.poolCount}`, settings, this.mailer, this.trust, this.settings.smtpConnections);
    });
  }
}

const shuttingDown = new SessionError('stopped', 'The service is shutting down.');
