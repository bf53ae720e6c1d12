import type { Socket } from 'node:net';

import { Connection, type DatabaseError } from 'pg';

import type { DatabaseUrl, ServerAddress, TargetServer } from '../config/database-url.js';
import { type Attempt, attemptsFor, nameOf, remember } from './connection-attempts.js';
import { openSocket, Unreachable } from './database-socket.js';

/** What pg has and its types lack. */
interface Internals {
  stream: Socket;
  _connecting: boolean;
  readonly _ending: boolean;
  attachListeners(stream: Socket): void;
}

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

/** SQLSTATE of a server that is starting or stopping. */
const notNow = '57P03';

/** SQLSTATE of a statement that writes on a read-only server. */
const readOnly = '25006';

/** Asks whether a server is not what `target_session_attrs` wants. */
const checks: Readonly<Record<Exclude<TargetServer, 'any'>, string>> = {
  'read-write': `select current_setting('transaction_read_only') = 'on'`,
  primary: 'select pg_catalog.pg_is_in_recovery()',
};

/** Milliseconds for a request to cancel a statement. */
const cancelTimeout = 5_000;

/**
 * A connection of pg that is opened as libpq opens one: to the first server of the URL that is what `target_session_attrs`
 * wants, with TLS as `sslmode` means it. Under `require_auth=scram-sha-256`, the server must prove that it knows the password
 * before pg acts on any other message. pg hears nothing of attempts that are followed by another one.
 */
export class DatabaseConnection extends Connection {
  private readonly attempts: readonly Attempt[];
  private readonly timeout: number;
  /** Index of the attempt in progress, then of the one that succeeded. */
  private current = 0;
  private state: 'opening' | 'checking' | 'open' | 'failed' = 'opening';
  private hasProof = false;
  private problem = new Error('Connection terminated unexpectedly');
  /** Whether another kind of encryption does not help. */
  private isUseless = false;
  private readonly problems = new Map<string, string>();
  private isOutdated = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param timeout milliseconds for all attempts; 0: no limit */
  constructor(
    private readonly url: DatabaseUrl,
    timeout = 0,
  ) {
    super();
    this.attempts = attemptsFor(url);
    // The limit of pg itself ends a connection to a single server.
    this.timeout = url.addresses.length > 1 ? timeout / url.addresses.length : 0;
  }

  /** The server in use. */
  get address(): ServerAddress {
    return this.attempt.address;
  }

  /** Opens the connection; called by pg, which waits for the event `connect` and then starts a session. */
  connect(): void {
    this.internals._connecting = true;
    void this.open();
  }

  /** Filters the messages of the server until the session has started. */
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    const isMessage = typeof event === 'string' && !ownEvents.includes(event);
    if (this.state === 'open') {
      const isHeard = super.emit(event, ...values);
      if (isMessage) this.watchForReadOnly(event, values[0]);
      return isHeard;
    }
    if (event === 'error') this.endAttempts();
    if (isMessage && !this.admits(event, values[0])) return true;
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
        // PgBouncer forgets a request whose client does not wait for its end.
        opened.resume().write(request);
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

  private get attempt(): Attempt {
    const attempt = this.attempts[this.current];
    if (attempt === undefined) throw new Error('The database URL has no server');
    return attempt;
  }

  private async open(): Promise<void> {
    this.state = 'opening';
    this.hasProof = false;
    this.isUseless = false;
    this.problem = new Error('Connection terminated unexpectedly');
    if (this.timeout > 0) this.timer = setTimeout(() => this.leave(new Error('timeout expired'), true), this.timeout);
    try {
      const socket = await this.openSocket((used) => (this.internals.stream = used));
      socket.on('error', (error) => this.onError(error)).on('close', () => this.onClose());
      this.internals.attachListeners(socket);
    } catch (error) {
      if (error instanceof Unreachable) this.isUseless = true;
      this.problem = (error instanceof Unreachable ? error.cause : error) as Error;
      this.onClose();
      return;
    }
    this.emit('connect');
  }

  private openSocket(use: (socket: Socket) => void): Promise<Socket> {
    return openSocket(this.attempt.address, this.attempt.encryption, this.url.tls, use);
  }

  private onError(error: Error & { code?: string }): void {
    if (this.state !== 'open') this.problem = error;
    // The server may close the connection before it has read everything that was sent.
    else if (!this.internals._ending || !['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) this.emit('error', error);
  }

  private onClose(): void {
    clearTimeout(this.timer);
    if (this.state === 'open' || this.state === 'failed') {
      this.emit('end');
      return;
    }
    this.problems.set(nameOf(this.address), this.problem.message);
    const next = this.next();
    if (next === undefined || this.internals._ending) {
      this.emit('error', this.url.addresses.length > 1 ? this.allProblems() : this.problem);
      this.emit('end');
      return;
    }
    this.current = next;
    void this.open();
  }

  /** Index of the next attempt. */
  private next(): number | undefined {
    const rest = this.attempts.slice(this.current + 1);
    const next = rest.findIndex(({ address }) => !this.isUseless || address !== this.address);
    return next === -1 ? undefined : this.current + 1 + next;
  }

  private allProblems(): Error {
    const problems = [...this.problems].map(([name, problem]) => `${name}: ${problem}`);
    return new Error(`Connection terminated: no server can be used (${problems.join('; ')})`, { cause: this.problem });
  }

  /** Ends the attempt, so that the next one follows. */
  private leave(problem: Error, isUseless: boolean): void {
    this.isUseless ||= isUseless;
    this.problem = problem;
    this.internals.stream.destroy(problem);
  }

  /** Whether pg may act on a message before the session is open. */
  private admits(message: string, value: unknown): boolean {
    if (this.state === 'failed') return false;
    if (this.state === 'checking') return this.isChecked(message, value);
    const { requireScram, requireChannelBinding } = this.url;
    if ((requireScram || requireChannelBinding) && !this.hasProof && !exchange.includes(message)) {
      return this.refuse(`The database server did not authenticate by ${scram} (${message}).`);
    }
    if (message === 'authenticationSASL' && requireChannelBinding && !offersBinding(value)) {
      return this.refuse('The database server has no channel binding, which the URL requires');
    }
    if (message === 'errorMessage') return this.isFinal(value as DatabaseError);
    return message !== 'readyForQuery' || this.isReady();
  }

  /** Whether an error of the server ends the last attempt. */
  private isFinal(error: DatabaseError): boolean {
    const isUseless = error.code === notNow;
    this.isUseless = isUseless;
    if ((!isUseless && error.code !== notAdmitted) || this.next() === undefined) {
      this.state = 'failed';
      return true;
    }
    this.leave(error, isUseless);
    return false;
  }

  /** Whether the session is open; false while the server is asked what it is. */
  private isReady(): boolean {
    const { target } = this.url;
    if (target === 'any') {
      this.state = 'open';
      clearTimeout(this.timer);
      return true;
    }
    this.state = 'checking';
    this.query(checks[target]);
    return false;
  }

  /** Whether the server was found to be what the URL wants. */
  private isChecked(message: string, value: unknown): boolean {
    if (message === 'errorMessage') this.leave(value as DatabaseError, true);
    if (message === 'dataRow' && (value as { fields: readonly string[] }).fields[0] !== 'f') {
      this.leave(new Error(this.url.target === 'primary' ? 'is a standby' : 'is read-only'), true);
    }
    if (message !== 'readyForQuery' || this.internals.stream.destroyed) return false;
    remember(this.url, this.address);
    this.state = 'open';
    clearTimeout(this.timer);
    return true;
  }

  /** Closes a connection to a server that has become read-only, when its transaction has ended; the next one is to another. */
  private watchForReadOnly(message: string, value: unknown): void {
    if (this.url.target === 'any') return;
    if (message === 'errorMessage' && (value as DatabaseError).code === readOnly) this.isOutdated = true;
    const isIdle = message === 'readyForQuery' && (value as { status: string }).status === 'I';
    if (this.isOutdated && isIdle) this.internals.stream.destroy();
  }

  private refuse(problem: string): false {
    this.emit('error', new Error(problem));
    return false;
  }

  private endAttempts(): void {
    clearTimeout(this.timer);
    this.state = 'failed';
    this.internals.stream.destroy();
  }
}

function offersBinding(message: unknown): boolean {
  return (message as { mechanisms: readonly string[] }).mechanisms.includes('SCRAM-SHA-256-PLUS');
}
