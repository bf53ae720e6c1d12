import type { Socket } from 'node:net';

import { NoReplyError, readable, type Reply, ReplyReader } from './reply.js';
import { masked, type SecretMask } from './secret-mask.js';
import { SessionError } from './session-error.js';

/** How long a session may take. */
export interface Limits {
  /** Milliseconds for each single step: connecting, a TLS handshake, the reply to one command. */
  readonly step: number;
  /** Ends everything; its reason is the error that is told. */
  readonly signal: AbortSignal;
}

/** Commands and replies, one after the other, over a connection that may change to TLS in the middle. */
export class Dialogue {
  private reader = new ReplyReader();
  private waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined;
  private broken: SessionError | undefined;

  /**
   * @param server `host:port`, for messages
   * @param transcript gets what is said, without secrets
   */
  constructor(
    private socket: Socket,
    private readonly server: string,
    private readonly limits: Limits,
    private readonly mask: SecretMask,
    private readonly transcript: string[],
  ) {
    this.attach(socket);
  }

  /**
   * The server's next reply.
   *
   * @param what it answers, for messages
   * @throws SessionError if none comes in time, or no SMTP
   */
  async reply(what: string): Promise<Reply> {
    const reply = await new Promise<Reply>((resolve, reject) => {
      const timer = setTimeout(() => {
        const seconds = this.limits.step / 1000;
        this.fail(new SessionError('time', `${this.server} did not answer within ${seconds} s (${what}).`));
      }, this.limits.step);
      this.waiting = {
        resolve: (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.deliver();
    });
    const lines = reply.lines.map((line) => readable(this.mask.hide(line)));
    lines.forEach((line, index) => {
      this.transcript.push(`S: ${reply.code}${index < lines.length - 1 ? '-' : ' '}${line}`);
    });
    return { code: reply.code, lines };
  }

  /**
   * Says a command and waits for the reply to it.
   *
   * @throws SessionError as `reply` does, and if the server has said more than it was asked: what came too early must
   *   not pass for the answer to what we say now (RFC 3207, 6; CVE-2021-38371)
   */
  async command(line: string): Promise<Reply> {
    return this.say(line, line);
  }

  /**
   * Says a command that holds a secret.
   *
   * @param shown what the transcript gets instead of the secret part
   */
  async secretCommand(before: string, secret: string): Promise<Reply> {
    this.mask.add(secret);
    return this.say(before + secret, before + masked);
  }

  /** Goes on over the TLS connection that now runs on the former one. */
  continueOver(secured: Socket): void {
    this.reader = new ReplyReader();
    this.attach(secured);
  }

  /**
   * Gives the connection away, paused. Nothing is heard or said here any more.
   *
   * @throws SessionError if the server has said more than it was asked
   */
  release(): Socket {
    this.requireSilence();
    this.detach();
    return this.socket;
  }

  /** Says goodbye without waiting for an answer. Gives the connection, which is ending. */
  end(): Socket {
    this.detach();
    if (this.broken === undefined) {
      this.transcript.push('C: QUIT');
      this.socket.write('QUIT\r\n');
    }
    this.socket.destroySoon();
    return this.socket;
  }

  /** Drops the connection. */
  destroy(): void {
    this.detach();
    this.socket.destroy();
  }

  private async say(line: string, shown: string): Promise<Reply> {
    if (/[\r\n\0]/.test(line)) throw new Error('a command is one line');
    this.requireSilence();
    this.transcript.push(`C: ${shown}`);
    this.socket.write(`${line}\r\n`);
    return this.reply(/^[A-Z]+( [A-Z0-9-]+)?/.exec(shown)?.[0] ?? 'login');
  }

  private requireSilence(): void {
    if (this.broken !== undefined) throw this.broken;
    if (!this.reader.hasRest) return;
    throw new SessionError('protocol', `${this.server} said more than it was asked; somebody may be in between.`);
  }

  private attach(socket: Socket): void {
    this.socket = socket;
    socket.on('data', this.onData).on('error', this.onError).on('close', this.onClose).resume();
    this.limits.signal.addEventListener('abort', this.onAbort);
    if (this.limits.signal.aborted) this.onAbort();
  }

  /** Stops listening. What still comes is kept by the connection, which is paused. */
  private detach(): void {
    this.socket.pause().off('data', this.onData).off('error', this.onError).off('close', this.onClose);
    this.limits.signal.removeEventListener('abort', this.onAbort);
  }

  private readonly onData = (chunk: Buffer): void => {
    this.reader.push(chunk);
    this.deliver();
  };

  private readonly onError = (error: NodeJS.ErrnoException): void => {
    const code = error.code === undefined ? '' : ` (${error.code})`;
    this.fail(new SessionError('connection', `The connection to ${this.server} broke${code}.`, { cause: error }));
  };

  private readonly onClose = (): void => {
    this.fail(new SessionError('connection', `${this.server} closed the connection.`));
  };

  private readonly onAbort = (): void => {
    this.fail(this.limits.signal.reason as SessionError);
  };

  private deliver(): void {
    if (this.waiting === undefined) return;
    if (this.broken !== undefined) {
      this.waiting.reject(this.broken);
      this.waiting = undefined;
      return;
    }
    try {
      const reply = this.reader.take();
      if (reply === undefined) return;
      this.waiting.resolve(reply);
      this.waiting = undefined;
    } catch (error) {
      if (!(error instanceof NoReplyError)) throw error;
      // What it said is not told: a stage's host may be any service of the inner network (CWE-918).
      this.fail(
        new SessionError('protocol', `${this.server} does not speak SMTP.`, { advice: 'Check host and port.' }),
      );
    }
  }

  private fail(error: SessionError): void {
    this.broken ??= error;
    this.socket.destroy();
    this.deliver();
  }
}
