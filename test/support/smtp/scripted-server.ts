import { createServer, type AddressInfo, type Socket } from 'node:net';
import { type TlsOptions, TLSSocket } from 'node:tls';

import { credentials } from './certificates.js';

/** The server says nothing from here on. */
export const silence = Symbol('silence');

/** The server drops the connection. */
export const hangUp = Symbol('hang up');

/** What it says, without the last line break. */
export type Answer = string | typeof silence | typeof hangUp;

/** `handshake` is that of TLS, `AUTH` the end of the login, `message` comes after the mail. */
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

/** Decides what is said to a line. `times`: how often it was said over this connection, from 1. */
type Reaction = (line: Line, times: number) => Answer | undefined;

export interface Script {
  /** Default: in clear, without STARTTLS. */
  readonly tls?: 'implicit' | 'starttls';
  /** Default: the good ones. */
  readonly credentials?: TlsOptions;
  /** In addition to STARTTLS. */
  readonly extensions?: readonly string[];
  /** What is said differently. Of a list, one answer after the other; the last one stays. */
  readonly answers?: Partial<Record<Moment, Answer | readonly Answer[] | Reaction>>;
}

/** One line that a client said. */
export interface Line {
  readonly text: string;
  readonly secured: boolean;
  /** Counted from 0. */
  readonly connection: number;
}

const usual: Record<Moment, string> = {
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
  /** Mails as they came over the wire, with stuffed dots and without the last one. */
  readonly mails: string[] = [];
  connections = 0;
  port = 0;
  private readonly sockets = new Set<Socket>();
  private readonly said = new Map<Moment, number>();
  private readonly listeners: { verb: string; hear: () => void }[] = [];
  private readonly server = createServer((socket) => this.greet(socket));

  private constructor(private readonly script: Script) {}

  /** @param port 0 for a free one */
  static async start(script: Script = {}, port = 0): Promise<ScriptedServer> {
    const server = new ScriptedServer(script);
    await new Promise<void>((resolve) => server.server.listen(port, '127.0.0.1', resolve));
    server.port = (server.server.address() as AddressInfo).port;
    return server;
  }

  /** What was said, in order. */
  commands(): string[] {
    return this.lines.map(({ text }) => text);
  }

  /** The first words of what was said, in order. */
  verbs(): string[] {
    return this.commands().map((line) => line.split(/[ :]/, 1)[0]!);
  }

  /** Connections that are open now. */
  get open(): number {
    return this.sockets.size;
  }

  /** Resolves at the next time that a client sends this command. */
  async heard(verb: Moment): Promise<void> {
    await new Promise<void>((hear) => this.listeners.push({ verb, hear }));
  }

  /** Resolves when no connection is open. */
  async silent(): Promise<void> {
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
    // The end is the only event of a half-made TLS connection whose client has gone.
    const drop = (): void => void socket.destroy();
    secured
      .on('error', () => undefined)
      .on('end', drop)
      .on('close', drop);
    secured.once('secure', () => then(secured)).resume();
  }

  private converse(socket: Socket, connection: number, greets: boolean): void {
    let received = '';
    /** Takes what is no command: lines of a login, then the mail. */
    let next: ((line: string) => void) | undefined;
    let current: Line = { text: '', secured: false, connection };
    const times = new Map<Moment, number>();
    const say = (moment: Moment): boolean => {
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
        if (question === undefined) say('AUTH');
        else socket.write(`334 ${question}\r\n`);
      };
      ask();
    };
    const mail: string[] = [];
    const takeMail = (line: string): void => {
      if (line !== '.') {
        mail.push(line);
        return;
      }
      next = undefined;
      this.mails.push(mail.splice(0).join('\r\n'));
      say('message');
    };
    const obey = (line: string): void => {
      current = { text: line, secured: socket instanceof TLSSocket, connection };
      this.lines.push(current);
      for (const { verb, hear } of this.listeners) if (line.startsWith(verb)) hear();
      if (next !== undefined) {
        next(line);
        return;
      }
      const [verb = '', first = '', second] = line.split(/[ :]/);
      if (verb === 'AUTH') login(first, second !== undefined);
      else if (verb === 'STARTTLS') this.startTls(socket, connection, say);
      else if (verb === 'DATA') {
        if (say('DATA') && this.lastWas354) next = takeMail;
      } else if (verb in usual) {
        say(verb as Moment);
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
        if (next === takeMail) takeMail(line);
        else obey(line);
      }
    });
    if (greets) say('greeting');
  }

  private startTls(socket: Socket, connection: number, say: (moment: Moment) => boolean): void {
    if (!say('STARTTLS') || !this.last.startsWith('220')) return;
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
      scripted === undefined ? [this.usualAnswer(moment)] : Array.isArray(scripted) ? scripted : [scripted];
    const count = this.said.get(moment) ?? 0;
    this.said.set(moment, count + 1);
    const answer = answers[Math.min(count, answers.length - 1)] as Answer;
    this.last = typeof answer === 'string' ? answer : '';
    return answer;
  }

  private usualAnswer(moment: Moment): string {
    if (moment !== 'EHLO') return usual[moment];
    const isSecured = this.lines.at(-1)?.secured === true;
    const startTls = this.script.tls === 'starttls' && !isSecured ? ['STARTTLS'] : [];
    const lines = ['scripted.example.org', ...startTls, ...(this.script.extensions ?? [])];
    return lines.map((line, index) => `250${index < lines.length - 1 ? '-' : ' '}${line}`).join('\r\n');
  }
}
