import type { ISendMailOptions, MailerService } from '@nestjs-modules/mailer';

import { compose } from '../composition.js';
import type { Outcome } from '../outcome.js';
import type { OutgoingMail } from '../outgoing-mail.js';
import { SecretMask } from '../secret-mask.js';
import { endOfMessage, malformedReply, outcomeOfError, type SendContext } from './failures.js';
import { parseReply, replyText } from './reply.js';
import { SessionError } from './session-error.js';
import { openSession, type Session } from './session.js';
import { hostAndPort, type SmtpSettings, stepTimeoutMs, totalTimeoutMs } from './smtp-settings.js';
import type { TlsTrust } from './tls-trust.js';

/** Options of the mailer, with an option of nodemailer that its type lacks. */
type SendOptions = ISendMailOptions & { readonly signal: AbortSignal };

/** Callback of nodemailer's `getSocket`: an open connection and its properties. */
type SocketCallback = (error: Error | null, options?: object) => void;

/**
 * A persistent connection to a mail server: a transporter of the mailer with a nodemailer pool of size one. It sends
 * one mail at a time, so that the connection and TLS version of each mail are known.
 *
 * `openSession` opens and authenticates the session; nodemailer then runs the mail transactions (MAIL, RCPT, DATA).
 */
export class SmtpConnection {
  private readonly mask: SecretMask;
  private session: Session | undefined;
  /** Aborts the current mail. Reused for many mails, because creating a signal is slow. */
  private controller = new AbortController();
  /** The last command sent, such as `RCPT TO`. */
  private lastCommand = '';

  /** @param name of the transporter, unique */
  constructor(
    private readonly name: string,
    private readonly settings: SmtpSettings,
    private readonly mailer: MailerService,
    private readonly trust: TlsTrust,
  ) {
    this.mask = new SecretMask(settings);
    const isSecured = settings.useTls || settings.useSsl;
    const options = {
      pool: true as const,
      maxConnections: 1,
      // `send` reconnects itself: nodemailer's next attempt would report the reply to this one again.
      maxRequeues: 0,
      host: settings.host,
      port: settings.port,
      // The session is already secured. If it ever is not although TLS is required, nothing is sent.
      requireTLS: isSecured,
      ignoreTLS: !isSecured,
      connectionTimeout: totalTimeoutMs(settings),
      greetingTimeout: stepTimeoutMs(settings),
      socketTimeout: stepTimeoutMs(settings),
      // Shorter than the socket timeout, so that an idle connection ends with QUIT.
      idleTimeout: stepTimeoutMs(settings) / 2,
      socketCloseTimeout: 0,
      disableFileAccess: true,
      disableUrlAccess: true,
      logger: this.progressLogger(),
      transactionLog: true,
      getSocket: (_: unknown, callback: SocketCallback) => void this.openSocketForMailer(callback),
    };
    mailer.addTransporter(name, options);
  }

  /**
   * Sends one mail. Must not be called while another send is pending. If the server ends a session of earlier mails, for
   * example because it takes a number of mails per session or was idle for too long, the mail is sent in a new session.
   */
  async send(mail: OutgoingMail): Promise<Outcome> {
    const { settings } = this;
    const server = hostAndPort(settings);
    if (this.controller.signal.aborted) this.controller = new AbortController();
    const timer = setTimeout(() => {
      this.abort(new SessionError('time', `${server} took more than ${totalTimeoutMs(settings) / 1000} s in total.`));
    }, totalTimeoutMs(settings));
    try {
      const reused = this.session;
      const outcome = await this.sendOnce(mail, server);
      const isOver = reused !== undefined && this.session === reused && this.hasEndedSession(outcome);
      return isOver ? await this.sendOnce(mail, server) : outcome;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether it has a session with the server. */
  get isOpen(): boolean {
    return this.session !== undefined;
  }

  /** Whether the current session has sent a command of a mail. */
  get hasBegunMail(): boolean {
    return this.lastCommand !== '';
  }

  /** Whether the server ended the session without accepting the mail: with 421, or before the end of the message. */
  private hasEndedSession(outcome: Outcome): boolean {
    if (this.controller.signal.aborted || outcome.kind !== 'deferred') return false;
    return (
      outcome.code === 421 || (outcome.code === undefined && outcome.unreachable && this.lastCommand !== endOfMessage)
    );
  }

  private async sendOnce(mail: OutgoingMail, server: string): Promise<Outcome> {
    const { signal } = this.controller;
    this.lastCommand = '';
    try {
      const options: SendOptions = { ...compose(mail), transporterName: this.name, signal };
      const { response } = (await this.mailer.sendMail(options)) as { response: string };
      const reply = parseReply(this.mask.redact(response));
      if (reply === undefined) return malformedReply(this.context());
      return { kind: 'accepted', server, tls: this.session?.tls ?? null, code: reply.code, reply: replyText(reply) };
    } catch (error) {
      return outcomeOfError(error, this.context());
    }
  }

  private context(): SendContext {
    const { settings, session, lastCommand, mask } = this;
    const { tls, tlsFailure } = session ?? {};
    return { server: hostAndPort(settings), tls, tlsFailure, lastCommand, timeout: settings.timeout, mask };
  }

  /** Aborts the current mail, if any. */
  abort(reason: SessionError): void {
    this.controller.abort(reason);
  }

  /** Closes the connection, after the current mail if any. */
  close(): void {
    this.mailer.removeTransporter(this.name);
  }

  private async openSocketForMailer(callback: SocketCallback): Promise<void> {
    const { settings, trust, mask } = this;
    const limits = { stepTimeoutMs: stepTimeoutMs(settings), signal: this.controller.signal };
    this.session = undefined;
    try {
      const record = { steps: [], transcript: [] };
      const session = await openSession(settings, { trust, mask, limits, record });
      const connection = session.dialogue.release();
      // nodemailer waits for the greeting, which openSession has already read.
      connection.unshift(Buffer.from('220 ready\r\n'));
      this.session = session;
      const { tls, clientName: name } = session;
      // For a server with TLS and without EHLO, nodemailer would miss STARTTLS.
      callback(null, {
        connection,
        secured: true,
        secure: tls !== null,
        name,
        ...(tls !== null && { requireTLS: false }),
      });
    } catch (error) {
      callback(error as Error);
    }
  }

  /** Tracks the progress of a mail through nodemailer's log, which has no credentials: openSession authenticates. */
  private progressLogger(): Record<
    'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    (...parameters: unknown[]) => void
  > {
    const ignore = (): void => undefined;
    const track = (entry: unknown, message: unknown): void => {
      const { tnx } = entry as { tnx?: string };
      // RSET ends a mail that has its reply already.
      if (tnx === 'client' && message !== 'RSET') {
        this.lastCommand = /^[A-Z]+( (FROM|TO))?/.exec(String(message))?.[0] ?? '';
      }
      if (tnx === 'message') this.lastCommand = endOfMessage;
    };
    return { trace: ignore, debug: track, info: track, warn: ignore, error: ignore, fatal: ignore };
  }
}
