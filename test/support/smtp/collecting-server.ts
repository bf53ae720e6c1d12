import type { AddressInfo } from 'node:net';

import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

/** A mail that the server has accepted. */
export interface CollectedMail {
  readonly raw: string;
  readonly from: string;
  readonly to: string[];
  readonly secured: boolean;
  readonly user: string | undefined;
  readonly parsed: ParsedMail;
}

/** A complete SMTP server that keeps accepted mails. */
export class CollectingServer {
  readonly mails: CollectedMail[] = [];
  /** Number of connections so far. */
  connections = 0;
  /** Number of open connections. */
  open = 0;
  /** Highest number of concurrent connections. */
  most = 0;
  port = 0;
  private readonly server: SMTPServer;

  private constructor(options: SMTPServerOptions) {
    this.server = new SMTPServer({
      authOptional: true,
      disableReverseLookup: true,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 100,
      onConnect: (_, callback) => {
        this.connections += 1;
        this.open += 1;
        this.most = Math.max(this.most, this.open);
        callback();
      },
      onClose: (_, callback) => {
        this.open -= 1;
        callback();
      },
      onAuth: ({ username, password }, _, callback) => {
        if (password === 'correct horse') callback(null, { user: username });
        else callback(new Error('wrong user name or password'));
      },
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on(
          'end',
          () => void this.keep(Buffer.concat(chunks), session).then(() => callback(null, 'kept'), callback),
        );
      },
      ...options,
    });
    this.server.on('error', () => undefined);
  }

  /** Starts a server. @param port 0 for a free port */
  static async start(options: SMTPServerOptions = {}, port = 0): Promise<CollectingServer> {
    const collecting = new CollectingServer(options);
    const server = collecting.server.listen(port, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    collecting.port = (server.address() as AddressInfo).port;
    return collecting;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve));
  }

  private async keep(raw: Buffer, session: SMTPServerSession): Promise<void> {
    const { mailFrom, rcptTo } = session.envelope;
    this.mails.push({
      raw: raw.toString('utf8'),
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      secured: session.secure,
      user: session.user,
      parsed: await simpleParser(raw),
    });
  }
}
