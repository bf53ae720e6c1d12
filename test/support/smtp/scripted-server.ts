import { createServer, type AddressInfo, type Socket } from 'node:net';
import { type TlsOptions, TLSSocket } from 'node:tls';

import { credentials } from './certificates.js';

/** The server sends nothing from here on. */
export const silence = Symbol('silence');

/** The server drops the connection. */
export const hangUp = Symbol('hang up');

/** A reply without the final line break. */
export type Answer = string | typeof silence | typeof hangUp;

/** Points at which a reply can be scripted: `handshake` is TLS's, `AUTH` ends a login, `message` follows the mail. */
export type Moment =
  | 'greeting'
  | 'EHLO'
  | 'HELO'
  | 'STARTTLS'
  | 'handshake'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'message'
  | 'RSET'
  | 'QUIT';

/** Chooses the reply to a line. `times`: how often this reply was requested on the connection, from 1. */
type Reaction = (line: Line, times: number) => Answer | undefined;

export interface Script {
  /** Default: plain text, without STARTTLS. */
  readonly tls?: 'implicit' | 'starttls';
  /** Default: a valid certificate. */
  readonly credentials?: TlsOptions;
  /** Announced extensions, in addition to STARTTLS. */
  readonly extensions?: readonly string[];
  /** Replies that differ from the default. A list is used in order, its last reply repeatedly. */
  readonly answers?: Partial<Record<Moment, Answer | readonly Answer[] | Reaction>>;
}

/** A line that a client sent. */
export interface Line {
  readonly text: string;
  readonly secured: boolean;
  /** Index of the connection, from 0. */
  readonly connection: number;
}

const defaultReplies: Record<Moment, string> = {
  greeting: '220 scripted.example.org ESMTP',
  EHLO: '250 scripted.example.org',
  HELO: '250 scripted.example.org',
  STARTTLS: '220 go ahead',
  handshake: '',
  AUTH: '235 welcome',
  MAIL: '250 sender ok',
  RCPT: '250 recipient ok',
  DATA: '354 go ahead',
  message: '250 2.0.0 taken as 4711',
  RSET: '250 reset',
  QUIT: '221 bye',
};

/** An SMTP server with scripted replies, which records every line it receives. */
export class ScriptedServer {
  readonly lines: Line[] = [];
  /** Mails as received, with dot-stuffing and without the final dot. */
  readonly mails: string[] = [];
  connections = 0;
  port = 0;
  private readonly sockets = new Set<Socket>();
  private readonly replyCounts = new Map<Moment, number>();
  private readonly listeners: { verb: string; notify: () => void }[] = [];
  private readonly server = createServer((socket) => this.greet(socket));

  private constructor(private readonly script: Script) {}

  /** Starts a server. @param port 0 for a free port */
  static async start(script: Script = {}, port = 0): Promise<ScriptedServer> {
    const server = new ScriptedServer(script);
    await new Promise<void>((resolve) => server.server.listen(port, '127.0.0.1', resolve));
    server.port = (server.server.address() as AddressInfo).port;
    return server;
  }

  /** Returns all received lines, in order. */
  commands(): string[] {
    return this.lines.map(({ text }) => text);
  }

  /** Returns the verbs of all received lines, in order. */
  verbs(): string[] {
    return this.commands().map((line) => line.split(/[ :]/, 1)[0]!);
  }

  /** Number of open connections. */
  get open(): number {
    return this.sockets.size;
  }

  /** Resolves when a client next sends this command. */
  async received(verb: Moment): Promise<void> {
    await new Promise<void>((notify) => this.listeners.push({ verb, notify }));
  }

  /** Resolves when all current connections are closed. */
  async disconnected(): Promise<void> {
    await Promise.all([...this.sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  }

  /** Drops every connection. */
  hangUp(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.hangUp();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private greet(socket: Socket): void {
    const connection = this.connections;
    this.connections += 1;
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    if (this.script.tls !== 'implicit') this.converse(socket, connection, true);
    else this.secure(socket, (secured) => this.converse(secured, connection, true));
  }

  private secure(socket: Socket, then: (secured: Socket) => void): void {
    if (this.answer('handshake') === silence) {
      socket.on('data', () => undefined);
      return;
    }
    const secured = new TLSSocket(socket, {
      isServer: true,
      ...(this.script.credentials ?? credentials('localhost')),
    });
    // A TLS connection whose client leaves during the handshake emits only `end`.
    const drop = (): void => void socket.destroy();
    secured
      .on('error', () => undefined)
      .on('end', drop)
      .on('close', drop);
    secured.once('secure', () => then(secured)).resume();
  }

  private converse(socket: Socket, connection: number, greets: boolean): void {
    let received = '';
    /** Handles lines that are not commands: those of a login or a mail. */
    let next: ((line: string) => void) | undefined;
    let current: Line = { text: '', secured: false, connection };
    const times = new Map<Moment, number>();
    const reply = (moment: Moment): boolean => {
      times.set(moment, (times.get(moment) ?? 0) + 1);
      const answer = this.answer(moment, current, times.get(moment));
      if (answer === hangUp) socket.destroy();
      else if (answer !== silence) socket.write(`${answer}\r\n`);
      else socket.removeAllListeners('data').on('data', () => undefined);
      return typeof answer === 'string';
    };
    const login = (mechanism: string, hasResponse: boolean): void => {
      const questions =
        { PLAIN: hasResponse ? [] : [''], LOGIN: ['VXNlcm5hbWU6', 'UGFzc3dvcmQ6'], 'CRAM-MD5': ['PDEuMkB4Pg=='] }[
          mechanism
        ] ?? [];
      const ask = (): void => {
        const question = questions.shift();
        next = question === undefined ? undefined : ask;
        if (question === undefined) reply('AUTH');
        else socket.write(`334 ${question}\r\n`);
      };
      ask();
    };
    const mail: string[] = [];
    const receiveMail = (line: string): void => {
      if (line !== '.') {
        mail.push(line);
        return;
      }
      next = undefined;
      this.mails.push(mail.splice(0).join('\r\n'));
      reply('message');
    };
    const handleCommand = (line: string): void => {
      current = { text: line, secured: socket instanceof TLSSocket, connection };
      this.lines.push(current);
      for (const { verb, notify } of this.listeners) if (line.startsWith(verb)) notify();
      if (next !== undefined) {
        next(line);
        return;
      }
      const [verb = '', first = '', second] = line.split(/[ :]/);
      if (verb === 'AUTH') login(first, second !== undefined);
      else if (verb === 'STARTTLS') this.startTls(socket, connection, reply);
      else if (verb === 'DATA') {
        if (reply('DATA') && this.lastWas354) next = receiveMail;
      } else if (verb in defaultReplies) {
        reply(verb as Moment);
        if (verb === 'QUIT') socket.end();
      } else socket.write('500 unknown command\r\n');
    };
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (;;) {
        const end = received.indexOf('\r\n');
        if (end === -1 || socket.destroyed) return;
        const line = received.slice(0, end);
        received = received.slice(end + 2);
        if (next === receiveMail) receiveMail(line);
        else handleCommand(line);
      }
    });
    if (greets) reply('greeting');
  }

  private startTls(socket: Socket, connection: number, reply: (moment: Moment) => boolean): void {
    if (!reply('STARTTLS') || !this.last.startsWith('220')) return;
    socket.removeAllListeners('data');
    this.secure(socket, (secured) => this.converse(secured, connection, false));
  }

  private last = '';

  private get lastWas354(): boolean {
    return this.last.startsWith('354');
  }

  private answer(moment: Moment, line: Line = { text: '', secured: false, connection: 0 }, times = 1): Answer {
    const given = this.script.answers?.[moment];
    const scripted = typeof given === 'function' ? given(line, times) : given;
    const answers =
      scripted === undefined ? [this.defaultReply(moment)] : Array.isArray(scripted) ? scripted : [scripted];
    const count = this.replyCounts.get(moment) ?? 0;
    this.replyCounts.set(moment, count + 1);
    const answer = answers[Math.min(count, answers.length - 1)] as Answer;
    this.last = typeof answer === 'string' ? answer : '';
    return answer;
  }

  private defaultReply(moment: Moment): string {
    if (moment !== 'EHLO') return defaultReplies[moment];
    const isSecured = this.lines.at(-1)?.secured === true;
    const startTls = this.script.tls === 'starttls' && !isSecured ? ['STARTTLS'] : [];
    const lines = ['scripted.example.org', ...startTls, ...(this.script.extensions ?? [])];
    return lines.map((line, index) => `250${index < lines.length - 1 ? '-' : ' '}${line}`).join('\r\n');
  }
}
