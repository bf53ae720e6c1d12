import type { MailerService } from '@nestjs-modules/mailer';

import { Lane } from './lane.js';
import type { Outcome } from './outcome.js';
import type { OutgoingMail } from './outgoing-mail.js';
import type { SessionError } from './session-error.js';
import type { SmtpSettings } from './smtp-settings.js';
import type { TlsTrust } from './tls-trust.js';

/** Connections to one server with one set of settings. More of them gain little (five make it ten times as fast). */
const mostConnections = 5;

/** The connections for one set of settings, opened as they are needed. */
export class Pool {
  private readonly lanes: Lane[] = [];
  private readonly free: Lane[] = [];
  private readonly waiting: ((lane: Lane) => void)[] = [];
  private underWay = 0;
  private isClosed = false;
  private ended: SessionError | undefined;

  /** @param name unique; the names of its transporters begin with it */
  constructor(
    private readonly name: string,
    private readonly settings: SmtpSettings,
    private readonly mailer: MailerService,
    private readonly trust: TlsTrust,
  ) {}

  /** Sends a mail over the next free connection. */
  async send(mail: OutgoingMail): Promise<Outcome> {
    this.underWay += 1;
    const lane = await this.take();
    try {
      if (this.ended === undefined) return await lane.send(mail);
      return { kind: 'deferred', reason: this.ended.message, unreachable: false };
    } finally {
      this.underWay -= 1;
      this.giveBack(lane);
    }
  }

  /** Whether a mail is being sent, or waits to be. */
  get isBusy(): boolean {
    return this.underWay > 0;
  }

  /** Closes every connection; those in use, and the ones that mails wait for, after their mails. */
  close(): void {
    this.isClosed = true;
    if (this.isBusy) return;
    for (const lane of this.lanes) lane.close();
  }

  /** Ends the mails that are under way, and those that wait. */
  abort(reason: SessionError): void {
    this.ended = reason;
    for (const lane of this.lanes) lane.abort(reason);
  }

  private async take(): Promise<Lane> {
    // The one that was used last: the others become idle and are closed.
    const free = this.free.pop();
    if (free !== undefined) return free;
    if (this.lanes.length < mostConnections) {
      const lane = new Lane(`${this.name}/${this.lanes.length}`, this.settings, this.mailer, this.trust);
      this.lanes.push(lane);
      return lane;
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private giveBack(lane: Lane): void {
    const next = this.waiting.shift();
    if (next !== undefined) {
      next(lane);
      return;
    }
    this.free.push(lane);
    if (this.isClosed) this.close();
  }
}
