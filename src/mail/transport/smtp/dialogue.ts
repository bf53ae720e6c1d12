import type { Socket } from 'node:net';

import { sanitize } from '../sanitize.js';
import { redacted, type SecretMask } from '../secret-mask.js';
import { MalformedReplyError, type Reply, ReplyReader } from './reply.js';
import { SessionError } from './session-error.js';

/** Time limits of a session. */
export interface SessionLimits {
  /** Milliseconds for each step: TCP connect, TLS handshake, each reply. */
  readonly stepTimeoutMs: number;
  /** Aborts the session; its reason is the error to throw. */
  readonly signal: AbortSignal;
}

/** Exchanges SMTP commands and replies in lock-step, over a connection that may switch to TLS. */
export class Dialogue {
  private reader = new ReplyReader();
  private pending: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined;
  private failure: SessionError | undefined;

  /**
   * @param server `host:port`, for messages
   * @param transcript receives commands and replies, without secrets
   */
  constructor(
    private socket: Socket,
    private readonly server: string,
    private readonly limits: SessionLimits,
    private readonly mask: SecretMask,
    private readonly transcript: string[],
  ) {
    this.attach(socket);
  }

  /**
   * Returns the server's next reply.
   *
   * @param what it replies to, for messages
   * @throws SessionError on timeout, connection loss or malformed replies
   */
  async readReply(what: string): Promise<Reply> {
    const reply = await new Promise<Reply>((resolve, reject) => {
      const timer = setTimeout(() => {
        const seconds = this.limits.stepTimeoutMs / 1000;
        this.fail(new SessionError('time', `${this.server} did not answer within ${seconds} s (${what}).`));
      }, this.limits.stepTimeoutMs);
      this.pending = {
        resolve: (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.settle();
    });
    const lines = reply.lines.map((line) => sanitize(this.mask.redact(line)));
    lines.forEach((line, index) => {
      this.transcript.push(`S: ${reply.code}${index < lines.length - 1 ? '-' : ' '}${line}`);
    });
    return { code: reply.code, lines };
  }

  /**
   * Sends a command and returns the reply to it.
   *
   * @throws SessionError as `readReply` does, and for unsolicited data: data received before a command must not be
   *   taken for the reply to it (RFC 3207, 6; CVE-2021-38371)
   */
  async command(line: string): Promise<Reply> {
    return this.exchange(line, line);
  }

  /**
   * Sends a command that ends with a secret.
   *
   * @param before the part of the command before the secret
   */
  async secretCommand(before: string, secret: string): Promise<Reply> {
    this.mask.add(secret);
    return this.exchange(before + secret, before + redacted);
  }

  /** Continues over the TLS connection on top of the current one. */
  switchToTls(secured: Socket): void {
    this.reader = new ReplyReader();
    this.attach(secured);
  }

  /**
   * Detaches from the connection and returns it paused.
   *
   * @throws SessionError for unsolicited data
   */
  release(): Socket {
    this.rejectUnsolicitedData();
    this.detach();
    return this.socket;
  }

  /** Sends QUIT without waiting for the reply, and returns the closing connection. */
  quit(): Socket {
    this.detach();
    if (this.failure === undefined) {
      this.transcript.push('C: QUIT');
      this.socket.write('QUIT\r\n');
    }
    this.socket.destroySoon();
    return this.socket;
  }

  /** Closes the connection without QUIT. */
  destroy(): void {
    this.detach();
    this.socket.destroy();
  }

  private async exchange(line: string, loggedLine: string): Promise<Reply> {
    if (/[\r\n\0]/.test(line)) throw new Error('a command is one line');
    this.rejectUnsolicitedData();
    this.transcript.push(`C: ${loggedLine}`);
    this.socket.write(`${line}\r\n`);
    return this.readReply(/^[A-Z]+( [A-Z0-9-]+)?/.exec(loggedLine)?.[0] ?? 'login');
  }

  private rejectUnsolicitedData(): void {
    if (this.failure !== undefined) throw this.failure;
    if (!this.reader.hasUnreadData) return;
    throw new SessionError('protocol', `${this.server} sent unsolicited data; this may be a man-in-the-middle attack.`);
  }

  private attach(socket: Socket): void {
    this.socket = socket;
    socket.on('data', this.onData).on('error', this.onError).on('close', this.onClose).resume();
    this.limits.signal.addEventListener('abort', this.onAbort);
    if (this.limits.signal.aborted) this.onAbort();
  }

  /** Removes all listeners and pauses the socket, which keeps later data in its buffer. */
  private detach(): void {
    this.socket.pause().off('data', this.onData).off('error', this.onError).off('close', this.onClose);
    this.limits.signal.removeEventListener('abort', this.onAbort);
  }

  private readonly onData = (chunk: Buffer): void => {
    this.reader.push(chunk);
    this.settle();
  };

  private readonly onError = (error: NodeJS.ErrnoException): void => {
    const code = error.code === undefined ? '' : ` (${error.code})`;
    this.fail(new SessionError('connection', `The connection to ${this.server} was lost${code}.`, { cause: error }));
  };

  private readonly onClose = (): void => {
    this.fail(new SessionError('connection', `${this.server} closed the connection.`));
  };

  private readonly onAbort = (): void => {
    this.fail(this.limits.signal.reason as SessionError);
  };

  private settle(): void {
    if (this.pending === undefined) return;
    if (this.failure !== undefined) {
      this.pending.reject(this.failure);
      this.pending = undefined;
      return;
    }
    try {
      const reply = this.reader.next();
      if (reply === undefined) return;
      this.pending.resolve(reply);
      this.pending = undefined;
    } catch (error) {
      if (!(error instanceof MalformedReplyError)) throw error;
      // The data is not quoted: a stage's host may be any service of the internal network (CWE-918).
      this.fail(
        new SessionError('protocol', `${this.server} does not speak SMTP.`, { advice: 'Check host and port.' }),
      );
    }
  }

  private fail(error: SessionError): void {
    this.failure ??= error;
    this.socket.destroy();
    this.settle();
  }
}
