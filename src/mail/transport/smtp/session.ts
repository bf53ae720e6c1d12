import { isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import type SMTPConnection from 'nodemailer/lib/smtp-connection';

import type { OutgoingProxy } from '../../../outgoing/outgoing-proxy.js';
import { toAsciiHost } from '../../../syntax/mail-host.js';
import type { TokenSource } from '../oauth/token-source.js';
import type { SecretMask } from '../secret-mask.js';
import { GuardedConnection } from './guarded-connection.js';
import { authenticate } from './login.js';
import { machineName } from './machine-name.js';
import { parseReply, type Reply } from './reply.js';
import { SessionError } from './session-error.js';
import { insecureLogin, type OpeningContext, sessionErrorOf } from './session-failures.js';
import { SessionLog, type SessionRecord } from './session-log.js';
import { hostAndPort, type SmtpSettings, stepTimeoutMs } from './smtp-settings.js';
import { describeAddress, describeTls, isLoopback, openSocket } from './sockets.js';
import type { Trust } from './tls-trust.js';
import { authenticateWithToken, tokenFor } from './token-login.js';

/** Most bytes of a reply; the longest usual one, to EHLO, has a few hundred. */
const maxReplyBytes = 16_384;

/** What sessions need to trust a server and to log in. */
export interface ServerAccess {
  readonly trust: Trust;
  /** For logins with an access token. */
  readonly tokens: TokenSource | undefined;
  /** Undefined for a direct connection. */
  readonly proxy: OutgoingProxy | undefined;
}

/** Options of a session that are not part of the settings. */
export interface SessionOptions extends ServerAccess {
  /** Aborts the session; its reason is the `SessionError` to throw. */
  readonly signal: AbortSignal;
  readonly mask: SecretMask;
  readonly record: SessionRecord;
}

type Callback<T> = (error?: Error | null, result?: T) => void;

/**
 * Opens a session, both for sending mails and for checking settings, so that a check cannot pass where sending fails.
 *
 * - `useSsl`: implicit TLS; `useTls`: STARTTLS, preceded by EHLO only. The certificate is verified.
 * - Neither: opportunistic STARTTLS without verification, as between mail servers (RFC 7435). It protects against
 *   passive eavesdroppers. If it fails, mails are sent unencrypted.
 *
 * Without TLS, it authenticates only to a loopback server that does not offer TLS, or if EMAIL_ALLOW_CLEAR_LOGIN is
 * set, so that a server or a man in the middle cannot get the password by disabling TLS (RFC 4954, 4; RFC 8314, 3.3).
 *
 * @param settings without a `settingsProblem`
 * @throws SessionError
 */
export async function openSession(settings: SmtpSettings, options: SessionOptions): Promise<Session> {
  try {
    return await Session.open(settings, options);
  } catch (error) {
    const isOptional = !settings.useTls && !settings.useSsl;
    if (!isOptional || !(error instanceof SessionError) || error.fault !== 'tls') throw error;
    options.record.transcript.push('* TLS failed and is not required: continuing without it');
    return Session.open(settings, options, error);
  }
}

/** An SMTP session, secured and authenticated according to the settings, ready for mail transactions. */
export class Session {
  private readonly connection: GuardedConnection;
  private readonly log: SessionLog;
  private signal: AbortSignal;
  private tlsVersion: string | null = null;

  private constructor(
    private readonly settings: SmtpSettings,
    private readonly options: SessionOptions,
    socket: Socket,
    log: SessionLog,
    private failure: SessionError | undefined,
  ) {
    const { useSsl, useTls, host, port, clientName } = settings;
    const { trust } = options;
    const name = toAsciiHost(host) ?? host;
    this.log = log;
    this.signal = options.signal;
    this.clientName = clientName ?? machineName(socket);
    this.connection = new GuardedConnection(options.mask, {
      connection: socket,
      host: name,
      // SNI allows neither addresses nor a trailing dot (RFC 6066, 3).
      ...(isIP(name) === 0 && { servername: name.replace(/\.$/, '') }),
      port,
      name: this.clientName,
      secure: useSsl,
      requireTLS: useTls,
      ignoreTLS: failure !== undefined,
      opportunisticTLS: !useTls && !useSsl,
      tls: {
        minVersion: 'TLSv1.2',
        rejectUnauthorized: trust.verifies && (useSsl || useTls),
        ...(trust.authorities !== undefined && { ca: trust.authorities }),
      },
      greetingTimeout: stepTimeoutMs(settings),
      socketTimeout: stepTimeoutMs(settings),
      socketCloseTimeout: 0,
      maxResponseSize: maxReplyBytes,
      transactionLog: true,
      logger: log.logger,
    });
    // Every wait has its own listener. Without any, an error would end the process.
    this.connection.on('error', () => undefined);
  }

  /** Client name in EHLO. */
  readonly clientName: string;

  /** @param tlsFailure why an earlier attempt failed, so that this one does without TLS */
  static async open(settings: SmtpSettings, options: SessionOptions, tlsFailure?: SessionError): Promise<Session> {
    const log = new SessionLog(options.record, options.mask);
    const { tokens, signal } = options;
    if (tokens !== undefined)
      await log.step(
        'token',
        () => tokens.description,
        () => tokenFor(tokens, signal),
      );
    const addressOf =
      options.proxy === undefined ? describeAddress : () => `${hostAndPort(settings)} through EMAIL_PROXY`;
    const socket = await log.step('connect', addressOf, () => openSocket(settings, options));
    const session = new Session(settings, options, socket, log, tlsFailure);
    try {
      await session.greet(socket);
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /** Such as `TLSv1.3`; null without TLS. */
  get tls(): string | null {
    return this.tlsVersion;
  }

  /** Why there is no TLS, if it is optional and failed. */
  get tlsFailure(): SessionError | undefined {
    return this.failure;
  }

  /** The latest command, such as `RCPT TO`. */
  get lastCommand(): string {
    return this.log.lastCommand;
  }

  get isOpen(): boolean {
    return !this.connection.destroyed;
  }

  /** The certificate of the server; undefined without TLS. */
  certificate(): ReturnType<TLSSocket['getPeerCertificate']> | undefined {
    const { socket } = this.connection;
    return socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
  }

  offers(extension: string): boolean {
    return this.connection.offers(extension);
  }

  /** Runs one step and records its result. */
  step<T>(name: string, describe: (result: T) => string, work: () => Promise<T>): Promise<T> {
    return this.log.step(name, describe, work);
  }

  /** Begins a mail: forgets the log of what came before. @param signal aborts it */
  beginMail(signal: AbortSignal): void {
    this.signal = signal;
    this.log.clear();
  }

  /** Sends one mail. @throws the error of nodemailer, or the reason of an abort */
  send(envelope: SMTPConnection.Envelope, raw: Buffer): Promise<SMTPConnection.SentMessageInfo> {
    return this.wait((done) => this.connection.send(envelope, raw, done));
  }

  /** Sends one command without a secret, and returns the reply. @throws SessionError */
  async command(line: string): Promise<Reply> {
    if (/[\r\n\0]/.test(line)) throw new Error('a command is one line');
    const text = await this.wait<string>((done) => this.connection.exchange(line, (reply) => done(null, reply))).catch(
      (error: unknown) => {
        throw sessionErrorOf(error, this.context());
      },
    );
    return parseReply(this.options.mask.redact(text)) ?? { code: 0, lines: [] };
  }

  /** Ends a mail that was not accepted, so that the session can send the next one. */
  async reset(): Promise<void> {
    await this.wait<boolean>((done) => this.connection.reset(done)).catch(() => this.close());
  }

  /** Sends QUIT and closes the connection at the reply, or after a second. */
  quit(): void {
    this.connection.quit();
    this.connection.socket?.setTimeout(1000);
  }

  /** Closes the connection without QUIT. */
  close(): void {
    this.connection.close();
  }

  /** Brings the session from the greeting to the login. */
  private async greet(socket: Socket): Promise<void> {
    const { settings, log } = this;
    log.beginOpening(settings.useSsl, () => describeTls(this.connection.socket));
    try {
      await this.wait((done) => this.connection.connect(done));
      const { socket } = this.connection;
      // A closed socket has no version.
      this.tlsVersion = socket instanceof TLSSocket ? socket.getProtocol() : null;
      log.endOpening();
    } catch (error) {
      const failure = sessionErrorOf(error, this.context());
      log.endOpening(failure.message);
      throw failure;
    }
    const offersTls = this.connection.offers('STARTTLS');
    if (offersTls && this.tls === null) this.failure ??= this.refusedTls();
    if (settings.username === '') return;
    const isSafe =
      this.tls !== null ||
      this.options.trust.allowsClearLogin ||
      (!offersTls && this.options.proxy === undefined && isLoopback(socket));
    await log.step('auth', String, () =>
      isSafe ? this.authenticate() : Promise.reject(insecureLogin(settings, this.failure)),
    );
  }

  private authenticate(): Promise<string> {
    const { settings, connection, options, signal } = this;
    const { username: user, password: pass } = settings;
    const { offered } = connection;
    const login = (auth: object): Promise<void> =>
      this.wait((done) => connection.login({ user, ...auth }, (error) => done(error)));
    const describe = (error: unknown): SessionError => sessionErrorOf(error, this.context());
    if (options.tokens !== undefined) {
      const withToken = (oauth2: object): Promise<void> => login({ method: 'XOAUTH2', oauth2 });
      const { tokens, mask } = options;
      return authenticateWithToken(settings, { tokens, offered, mask, signal, login: withToken, describe });
    }
    return authenticate(settings, offered, (method) => login({ method, pass, credentials: { user, pass } }), describe);
  }

  /** Why nodemailer goes on without the TLS that the server offers. */
  private refusedTls(): SessionError {
    const { lastReply: response } = this.log;
    return sessionErrorOf(Object.assign(new Error('STARTTLS refused'), { code: 'ETLS', response }), this.context());
  }

  private context(): OpeningContext {
    const { settings, clientName, log, options } = this;
    const { speaksSmtp, lastCommand } = log;
    return { settings, clientName, speaksSmtp, lastCommand, mask: options.mask };
  }

  /** Waits for nodemailer's callback, or for the end of the connection. */
  private wait<T = void>(start: (done: Callback<T>) => void): Promise<T> {
    const { connection, signal } = this;
    return new Promise((resolve, reject) => {
      const done: Callback<T> = (error, result) => {
        connection.off('error', onError).off('end', onEnd);
        signal.removeEventListener('abort', onAbort);
        if (error === undefined || error === null) resolve(result as T);
        else reject(error);
      };
      const onError = (error: Error): void => done(error);
      // The error of a command comes after the end.
      const onEnd = (): void =>
        void setImmediate(() => done(Object.assign(new Error('closed'), { code: 'ECONNECTION' })));
      const onAbort = (): void => {
        done(signal.reason as Error);
        connection.close();
      };
      connection.on('error', onError).on('end', onEnd);
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
      else start(done);
    });
  }
}
