import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { SMTPServer } from 'smtp-server';

/** A mail that the sink has accepted. */
export interface ReceivedMail {
  readonly to: string;
  readonly from: string;
  /** `Message-ID` without angle brackets. */
  readonly messageId: string;
  readonly source: string;
  /** Time of acceptance in milliseconds. */
  readonly at: number;
}

/** Thrown by `judge` to refuse a mail with this reply. */
export class SmtpRefusal extends Error {
  constructor(
    readonly responseCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** An SMTP server that keeps accepted mails. `judge` may throw a refusal, or delay the reply. */
export class SmtpSink {
  readonly mails: ReceivedMail[] = [];
  private readonly server: SMTPServer;

  constructor(judge: (recipient: string) => Promise<void> | void = () => undefined) {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      // Clients keep connections open for the next mail; the end of a test does not wait for them.
      closeTimeout: 10,
      onData: (stream, session, callback) => {
        const to = session.envelope.rcptTo[0]?.address ?? '';
        const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
        text(stream)
          .then(async (source) => {
            await judge(to);
            this.mails.push({ to, from, messageId: messageIdOf(source), source, at: Date.now() });
          })
          .then(
            () => callback(),
            (error: unknown) => callback(error as Error),
          );
      },
    });
    this.server.on('error', () => undefined);
  }

  async listen(port = 0): Promise<number> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server.server, 'listening');
    return (this.server.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

function messageIdOf(source: string): string {
  return /^Message-ID: <(.+)>/im.exec(source)?.[1] ?? '';
}
