import { setTimeout as sleep } from 'node:timers/promises';

import { type ReceivedMail, SmtpRefusal, SmtpSink } from '../../support/smtp-sink.js';

/** An SMTP server that can be down, defer mails or fall silent. */
export class UnreliableMailServer {
  private readonly sinks: SmtpSink[] = [];
  private isDown = false;
  private isDeferring = false;
  /** Resolved when the silence ends. */
  private silence: Promise<void> | undefined;

  private constructor(readonly port: number) {}

  static async start(): Promise<UnreliableMailServer> {
    const first = new SmtpSink();
    const server = new UnreliableMailServer(await first.listen());
    await first.close();
    await server.listen();
    return server;
  }

  get mails(): ReceivedMail[] {
    return this.sinks.flatMap(({ mails }) => mails);
  }

  async beDownDuring(work: () => Promise<void>): Promise<void> {
    // Mails in progress are not accepted: a lost reply to an accepted mail would have to be a duplicate.
    this.isDown = true;
    await this.sinks.at(-1)?.close();
    await work();
    await this.listen();
  }

  async deferDuring(work: () => Promise<void>): Promise<void> {
    this.isDeferring = true;
    await work();
    this.isDeferring = false;
  }

  /** Mails that were waiting for their reply at the end of the silence are deferred. */
  async beSilentDuring(work: () => Promise<void>): Promise<void> {
    this.silence = work();
    await this.silence;
    this.silence = undefined;
  }

  close(): Promise<void> {
    return this.sinks.at(-1)!.close();
  }

  private async listen(): Promise<void> {
    const sink = new SmtpSink(() => this.judge());
    await sink.listen(this.port);
    this.sinks.push(sink);
    this.isDown = false;
  }

  private async judge(): Promise<void> {
    await sleep(20);
    if (this.silence !== undefined) {
      await this.silence;
      throw new SmtpRefusal(451, 'Try again');
    }
    if (this.isDeferring || this.isDown) throw new SmtpRefusal(451, 'Try again later');
  }
}
