import type { MailerService } from '@nestjs-modules/mailer';

import type { Outcome } from '../outcome.js';
import type { OutgoingMail } from '../outgoing-mail.js';
import type { SessionError } from './session-error.js';
import type { ServerAccess } from './session.js';
import { SmtpConnection } from './smtp-connection.js';
import type { SmtpSettings } from './smtp-settings.js';

/** Accepted mails in a row, per connection, after which one more connection is tried again. */
const mailsPerIncrease = 10;

/** Times that one mail is sent again because the server refused a further connection. */
const maxRepeats = 12;

/**
 * The connections for one set of settings, opened on demand. A server that refuses a connection while others are in use
 * gets fewer from then on, and more again one by one after it has accepted mails.
 */
export class ConnectionPool {
  private readonly connections: SmtpConnection[] = [];
  private readonly idle: SmtpConnection[] = [];
  private readonly waiters: (() => void)[] = [];
  /** Mails that are being sent or wait for a connection. */
  private readonly sends = new Set<Promise<Outcome>>();
  private inUse = 0;
  private limit: number;
  private acceptedInRow = 0;
  private abortReason: SessionError | undefined;

  /**
   * @param name unique; prefix of the names of its transporters
   * @param maxConnections most connections at a time
   */
  constructor(
    private readonly name: string,
    private readonly settings: SmtpSettings,
    private readonly mailer: MailerService,
    private readonly access: ServerAccess,
    private readonly maxConnections: number,
  ) {
    this.limit = maxConnections;
  }

  /** Sends a mail over the next idle connection. */
  send(mail: OutgoingMail): Promise<Outcome> {
    const outcome = this.sendUntilServed(mail).finally(() => this.sends.delete(outcome));
    this.sends.add(outcome);
    return outcome;
  }

  /** Waits until no mail is being sent or waits for a connection, and closes every connection. */
  async close(): Promise<void> {
    while (this.sends.size > 0) await Promise.allSettled(this.sends);
    for (const connection of this.connections) connection.close();
  }

  /** Aborts the mails that are being sent or wait for a connection. */
  abort(reason: SessionError): void {
    this.abortReason = reason;
    for (const connection of this.connections) connection.abort(reason);
  }

  private async sendUntilServed(mail: OutgoingMail): Promise<Outcome> {
    for (let repeats = 0; ; repeats += 1) {
      const { outcome, isOneTooMany } = await this.sendOnce(mail);
      if (!isOneTooMany || repeats === maxRepeats) return outcome;
    }
  }

  private async sendOnce(mail: OutgoingMail): Promise<{ outcome: Outcome; isOneTooMany: boolean }> {
    const connection = await this.acquire();
    let isOneTooMany = false;
    try {
      if (this.abortReason !== undefined) {
        const outcome = { kind: 'deferred', reason: this.abortReason.message, unreachable: false } as const;
        return { outcome, isOneTooMany };
      }
      const outcome = await connection.send(mail);
      isOneTooMany = this.isRefusal(outcome, connection);
      if (isOneTooMany) this.lowerLimit(connection);
      else if (outcome.kind === 'accepted') this.countAccepted();
      return { outcome, isOneTooMany };
    } finally {
      this.release(connection, isOneTooMany);
    }
  }

  /**
   * Whether the server refused one connection too many: with 421, or before any command of the mail while it serves another
   * connection. It has not accepted the mail.
   */
  private isRefusal(outcome: Outcome, connection: SmtpConnection): boolean {
    if (this.abortReason !== undefined || outcome.kind !== 'deferred') return false;
    if (outcome.code !== undefined) return outcome.code === 421 && (this.inUse > 1 || this.openOthers(connection) > 0);
    return outcome.unreachable && !connection.hasBegunMail && this.openOthers(connection) > 0;
  }

  /** Lowers the limit to the connections that the server serves. */
  private lowerLimit(refused: SmtpConnection): void {
    this.limit = Math.max(1, Math.min(this.limit, this.openOthers(refused)));
    this.acceptedInRow = 0;
  }

  private openOthers(connection: SmtpConnection): number {
    return this.connections.filter((other) => other !== connection && other.isOpen).length;
  }

  private countAccepted(): void {
    this.acceptedInRow += 1;
    if (this.limit >= this.maxConnections || this.acceptedInRow < this.limit * mailsPerIncrease) return;
    this.limit += 1;
    this.acceptedInRow = 0;
  }

  private async acquire(): Promise<SmtpConnection> {
    if (this.inUse >= this.limit) await new Promise<void>((resolve) => this.waiters.push(resolve));
    else this.inUse += 1;
    // Last in, first out, so that surplus connections reach their idle timeout.
    const free = this.idle.pop();
    if (free !== undefined) return free;
    const made = new SmtpConnection(`${this.name}/${this.connections.length}`, this.settings, this.mailer, this.access);
    this.connections.push(made);
    return made;
  }

  /** Returns a connection, and lets mails that wait take the places that are free. */
  private release(connection: SmtpConnection, isRefused: boolean): void {
    // Connections with a session come first.
    if (isRefused) this.idle.unshift(connection);
    else this.idle.push(connection);
    this.inUse -= 1;
    while (this.inUse < this.limit) {
      const next = this.waiters.shift();
      if (next === undefined) break;
      this.inUse += 1;
      next();
    }
  }
}
