import type { MailerService } from '@nestjs-modules/mailer';

import type { Outcome } from './outcome.js';
import type { OutgoingMail } from './outgoing-mail.js';
import type { SessionError } from './session-error.js';
import { SmtpConnection } from './smtp-connection.js';
import type { SmtpSettings } from './smtp-settings.js';
import type { TlsTrust } from './tls-trust.js';

/** Connections per set of settings. Five are about ten times as fast as one; more gain little. */
const maxConnections = 5;

/** The connections for one set of settings, opened on demand. */
export class ConnectionPool {
  private readonly connections: SmtpConnection[] = [];
  private readonly idle: SmtpConnection[] = [];
  private readonly waiters: ((connection: SmtpConnection) => void)[] = [];
  private activeSends = 0;
  private isClosed = false;
  private abortReason: SessionError | undefined;

  /** @param name unique; prefix of the names of its transporters */
  constructor(
    private readonly name: string,
    private readonly settings: SmtpSettings,
    private readonly mailer: MailerService,
    private readonly trust: TlsTrust,
  ) {}

  /** Sends a mail over the next idle connection. */
  async send(mail: OutgoingMail): Promise<Outcome> {
    this.activeSends += 1;
    const lane = await this.acquire();
    try {
      if (this.abortReason === undefined) return await lane.send(mail);
      return { kind: 'deferred', reason: this.abortReason.message, unreachable: false };
    } finally {
      this.activeSends -= 1;
      this.release(lane);
    }
  }

  /** Whether a mail is being sent or waits for a connection. */
  get isBusy(): boolean {
    return this.activeSends > 0;
  }

  /** Closes every connection once no mail is being sent or waits for one. */
  close(): void {
    this.isClosed = true;
    if (this.isBusy) return;
    for (const lane of this.connections) lane.close();
  }

  /** Aborts the mails that are being sent or wait for a connection. */
  abort(reason: SessionError): void {
    this.abortReason = reason;
    for (const lane of this.connections) lane.abort(reason);
  }

  private async acquire(): Promise<SmtpConnection> {
    // Last in, first out, so that surplus connections reach their idle timeout.
    const free = this.idle.pop();
    if (free !== undefined) return free;
    if (this.connections.length < maxConnections) {
      const lane = new SmtpConnection(
        `${this.name}/${this.connections.length}`,
        this.settings,
        this.mailer,
        this.trust,
      );
      this.connections.push(lane);
      return lane;
    }
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  private release(lane: SmtpConnection): void {
    const next = this.waiters.shift();
    if (next !== undefined) {
      next(lane);
      return;
    }
    this.idle.push(lane);
    if (this.isClosed) this.close();
  }
}
