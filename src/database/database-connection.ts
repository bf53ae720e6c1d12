import type { Socket } from 'node:net';

import { Connection, type DatabaseError } from 'pg';

import type { TlsUse } from '../config/database-tls.js';
import type { DatabaseUrl } from '../config/database-url.js';
import { type Encryption, openSocket, Unreachable } from './database-socket.js';

/** What pg has and its types lack. */
interface Internals {
  stream: Socket;
  _connecting: boolean;
  readonly _ending: boolean;
  attachListeners(stream: Socket): void;
}

/** What is tried in order, by the use of TLS. */
const encryptions: Readonly<Record<TlsUse, readonly Encryption[]>> = {
  never: ['none'],
  fallback: ['none', 'required'],
  first: ['offered', 'none'],
  always: ['required'],
};

const scram = 'scram-sha-256';

/** Messages of a SCRAM exchange, and what may come in between. */
const exchange = [
  'authenticationSASL',
  'authenticationSASLContinue',
  'authenticationSASLFinal',
  'errorMessage',
  'notice',
];

/** Events of the connection itself; all others are messages of the server. */
const ownEvents = ['connect', 'error', 'end', 'newListener', 'removeListener'];

/** SQLSTATE of a server that does not admit this client with, or without, TLS (`pg_hba.conf`). */
const notAdmitted = '28000';

/** Milliseconds for a request to cancel a statement. */
const cancelTimeout = 5_000;

/**
 * A connection of pg that is opened as libpq opens one: with TLS as `sslmode` means it, which can take two attempts. Under
 * `require_auth=scram-sha-256`, the server must prove that it knows the password before pg acts on any other message.
 */
export class DatabaseConnection extends Connection {
  private readonly attempts: readonly Encryption[];
  /** Index of the attempt in progress, then of the one that succeeded. */
  private current = 0;
  private state: 'opening' | 'open' | 'failed' = 'opening';
  private hasProof = false;
  private problem: Error = new Error('Connection terminated unexpectedly');

  constructor(private readonly url: DatabaseUrl) {
    super();
    this.attempts = encryptions[url.address.host.startsWith('/') ? 'never' : url.tls.use];
  }

  /** Opens the connection; called by pg, which waits for the event `connect` and then starts a session. */
  connect(): void {
    this.internals._connecting = true;
    void this.open();
  }

  /** Filters the messages of the server until the session has started. */
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event === 'error' && this.state === 'opening') this.endAttempts();
    const isMessage = typeof event === 'string' && !ownEvents.includes(event);
    if (isMessage && this.state !== 'open' && !this.admits(event, values[0])) return true;
    const isHeard = super.emit(event, ...values);
    // pg has verified the signature of the message, or has emitted an error.
    if (event === 'authenticationSASLFinal') this.hasProof = true;
    return isHeard;
  }

  /**
   * Asks the server to cancel the statement in progress (frontend/backend protocol, 54.2.8), over a connection of its own.
   * The session is named by its secret, so it works through a pooler too. The server closes the connection when the
   * signal is sent; a failure is ignored.
   */
  async cancel(processId: number, secretKey: number): Promise<void> {
    const request = Buffer.alloc(16);
    [16, 80_877_102, processId, secretKey].forEach((word, index) => request.writeInt32BE(word, 4 * index));
    let socket: Socket | undefined;
    const timer = setTimeout(() => socket?.destroy(), cancelTimeout);
    try {
      const opened = await this.openSocket((used) => (socket = used));
      await new Promise<void>((resolve) => {
        opened.on('error', () => undefined).on('close', () => resolve());
        opened.resume().end(request);
      });
    } catch {
      // STATEMENT_TIMEOUT ends the statement.
    } finally {
      clearTimeout(timer);
    }
  }

  private get internals(): Internals {
    return this as unknown as Internals;
  }

  private async open(): Promise<void> {
    try {
      const socket = await this.openSocket((used) => (this.internals.stream = used));
      socket.on('error', (error) => this.onError(error)).on('close', () => this.onClose());
      this.internals.attachListeners(socket);
    } catch (error) {
      this.problem = (error instanceof Unreachable ? error.cause : error) as Error;
      // Another kind of encryption does not help to reach the server.
      if (error instanceof Unreachable) this.endAttempts();
      this.onClose();
      return;
    }
    this.emit('connect');
  }

  private openSocket(use: (socket: Socket) => void): Promise<Socket> {
    return openSocket(this.url.address, this.attempts[this.current] ?? 'none', this.url.tls, use);
  }

  private onError(error: Error & { code?: string }): void {
    if (this.state === 'opening') this.problem = error;
    // The server may close the connection before it has read everything that was sent.
    else if (!this.internals._ending || !['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) this.emit('error', error);
  }

  private onClose(): void {
    if (this.state === 'opening' && !this.internals._ending && this.current + 1 < this.attempts.length) {
      this.current += 1;
      void this.open();
      return;
    }
    if (this.state !== 'open') this.emit('error', this.problem);
    this.emit('end');
  }

  /** Whether pg may act on a message before the session has started. */
  private admits(message: string, value: unknown): boolean {
    if (this.state === 'failed') return false;
    const { requireScram, requireChannelBinding } = this.url;
    if ((requireScram || requireChannelBinding) && !this.hasProof && !exchange.includes(message)) {
      return this.refuse(`The database server did not authenticate by ${scram} (${message}).`);
    }
    if (message === 'authenticationSASL' && requireChannelBinding && !offersBinding(value)) {
      return this.refuse('The database server has no channel binding, which the URL requires');
    }
    if (message === 'errorMessage') return this.admitsError(value as DatabaseError);
    if (message === 'readyForQuery') this.state = 'open';
    return true;
  }

  /** Whether an error of the server ends the last attempt. */
  private admitsError(error: DatabaseError): boolean {
    const isLast = error.code !== notAdmitted || this.current + 1 === this.attempts.length;
    if (isLast) {
      this.state = 'failed';
    } else {
      this.problem = error;
      this.internals.stream.destroy();
    }
    return isLast;
  }

  private refuse(problem: string): false {
    this.emit('error', new Error(problem));
    return false;
  }

  private endAttempts(): void {
    this.state = 'failed';
    this.internals.stream.destroy();
  }
}

function offersBinding(message: unknown): boolean {
  return (message as { mechanisms: readonly string[] }).mechanisms.includes('SCRAM-SHA-256-PLUS');
}
