import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { MailerService } from '@nestjs-modules/mailer';

import type { Outcome } from './outcome.js';
import type { OutgoingMail } from './outgoing-mail.js';
import { Pool } from './pool.js';
import { Pools } from './pools.js';
import { reasonToRefuseMail, reasonToRefuseSettings } from './refusals.js';
import { SessionError } from './session-error.js';
import type { SmtpSettings } from './smtp-settings.js';
import { serverOf } from './smtp-settings.js';
import { TlsTrust } from './tls-trust.js';

export type { OutgoingMail } from './outgoing-mail.js';
export type { Outcome } from './outcome.js';

/** Sets of settings that connections are kept for, and milliseconds after which unused ones are forgotten. */
const bounds = { most: 50, idle: 5 * 60_000 };

/** Milliseconds that mails under way have to end; the process must be gone ten seconds after a signal. */
const drainTime = 5_000;

/**
 * Hands mails over to mail servers, over connections that are kept for the next mail: up to five for every set of
 * settings.
 */
@Injectable()
export class MailTransports implements OnModuleDestroy {
  private readonly pools = new Pools<Pool>(bounds);
  private readonly underWay = new Set<{ pool: Pool; outcome: Promise<Outcome> }>();
  private made = 0;
  private isStopping = false;

  constructor(
    private readonly mailer: MailerService,
    private readonly trust: TlsTrust,
  ) {}

  /**
   * Hands one mail over to the server, or finds out why not. Waits while all connections to it are in use, and then at
   * most four times the settings' timeout.
   *
   * Never throws for what a server, the settings or a mail can do.
   */
  async send(settings: SmtpSettings, mail: OutgoingMail): Promise<Outcome> {
    const reason = reasonToRefuseSettings(settings) ?? reasonToRefuseMail(mail);
    if (reason !== undefined) return { kind: 'refused', reason };
    if (this.isStopping) return { kind: 'deferred', reason: stopping.message, unreachable: false };
    const pool = this.poolFor(settings);
    const attempt = { pool, outcome: pool.send(mail) };
    this.underWay.add(attempt);
    return attempt.outcome.finally(() => this.underWay.delete(attempt));
  }

  /** Lets the mails under way end, but not for ever, and closes every connection. */
  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    const deadline = setTimeout(() => {
      for (const { pool } of this.underWay) pool.abort(stopping);
    }, drainTime);
    await Promise.all([...this.underWay].map(({ outcome }) => outcome));
    clearTimeout(deadline);
    this.pools.clear();
  }

  private poolFor(settings: SmtpSettings): Pool {
    const { password, ...others } = settings;
    const account = JSON.stringify(others);
    return this.pools.get(JSON.stringify([account, password]), account, () => {
      this.trust.warnAbout(serverOf(settings));
      this.made += 1;
      return new Pool(`${this.made}`, settings, this.mailer, this.trust);
    });
  }
}

const stopping = new SessionError('stopped', 'The service is being stopped.');
