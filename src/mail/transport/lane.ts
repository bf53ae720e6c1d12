import type { ISendMailOptions, MailerService } from '@nestjs-modules/mailer';

import { compose } from './composition.js';
import { outcomeOf, theMail } from './failures.js';
import type { Outcome } from './outcome.js';
import type { OutgoingMail } from './outgoing-mail.js';
import { parseReply, textOf } from './reply.js';
import { SecretMask } from './secret-mask.js';
import { SessionError } from './session-error.js';
import { openSession, type Session } from './session.js';
import { serverOf, type SmtpSettings, stepTime, wholeTime } from './smtp-settings.js';
import type { TlsTrust } from './tls-trust.js';

/** What the mailer takes, with what nodemailer adds to its type. */
type SendOptions = ISendMailOptions & { readonly signal: AbortSignal };

/** What nodemailer's getSocket gives: a connection that is ready, and what is known of it. */
type SocketCallback = (error: Error | null, options?: object) => void;

/**
 * One connection to a server that is kept from mail to mail: a transporter of the mailer, a nodemailer pool of one. It
 * takes one mail at a time, so that it is known over which connection, and over which TLS, each mail went.
 *
 * The session is opened by ours and handed to nodemailer, which does what comes after it: MAIL, RCPT, DATA, and all
 * over again.
 */
export class Lane {
  private readonly mask: SecretMask;
  private session: Session | undefined;
  /** Ends the mail that is under way. One signal serves many mails: making one takes a while. */
  private stop = new AbortController();
  /** The last thing that was said to the server. */
  private last = '';

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
      // A connection that the server closed while nobody used it; more than one try is a try of its own.
      maxRequeues: 1,
      host: settings.host,
      port: settings.port,
      // The session comes as it shall be. Should it ever come in clear where TLS was asked for, nothing is sent.
      requireTLS: isSecured,
      ignoreTLS: !isSecured,
      connectionTimeout: wholeTime(settings),
      greetingTimeout: stepTime(settings),
      socketTimeout: stepTime(settings),
      // Before the socket's time is over, so that an idle connection ends with QUIT.
      idleTimeout: stepTime(settings) / 2,
      socketCloseTimeout: 0,
      disableFileAccess: true,
      disableUrlAccess: true,
      logger: this.listener(),
      transactionLog: true,
      getSocket: (_: unknown, callback: SocketCallback) => void this.connect(callback),
    };
    mailer.addTransporter(name, options);
  }

  /** Sends one mail. Not to be called before the one before it has ended. */
  async send(mail: OutgoingMail): Promise<Outcome> {
    const { settings } = this;
    const server = serverOf(settings);
    if (this.stop.signal.aborted) this.stop = new AbortController();
    const { signal } = this.stop;
    const timer = setTimeout(() => {
      this.abort(new SessionError('time', `${server} took more than ${wholeTime(settings) / 1000} s altogether.`));
    }, wholeTime(settings));
    this.last = '';
    try {
      const options: SendOptions = { ...compose(mail), transporterName: this.name, signal };
      const { response } = (await this.mailer.sendMail(options)) as { response: string };
      const reply = parseReply(this.mask.hide(response)) ?? { code: 250, lines: [] };
      return { kind: 'accepted', server, tls: this.session?.tls ?? null, code: reply.code, reply: textOf(reply) };
    } catch (error) {
      const { timeout } = settings;
      return outcomeOf(error, { server, tls: this.session?.tls, last: this.last, timeout, mask: this.mask });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the mail that is under way, if there is one. */
  abort(reason: SessionError): void {
    this.stop.abort(reason);
  }

  /** Closes the connection; one that is in use, when its mail has ended. */
  close(): void {
    this.mailer.removeTransporter(this.name);
  }

  private async connect(callback: SocketCallback): Promise<void> {
    const { settings, trust, mask } = this;
    const limits = { step: stepTime(settings), signal: this.stop.signal };
    this.session = undefined;
    try {
      const record = { steps: [], transcript: [] };
      const session = await openSession(settings, { trust, mask, limits, record });
      const connection = session.dialogue.release();
      // nodemailer begins with the greeting, which was heard already.
      connection.unshift(Buffer.from('220 ready\r\n'));
      this.session = session;
      callback(null, { connection, secured: true, secure: session.tls !== null, name: session.clientName });
    } catch (error) {
      callback(error as Error);
    }
  }

  /** Hears from nodemailer's log how far a mail has come. Logins are not in it: they are ours. */
  private listener(): Record<'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', (...said: unknown[]) => void> {
    const ignore = (): void => undefined;
    const hear = (entry: unknown, message: unknown): void => {
      const { tnx } = entry as { tnx?: string };
      if (tnx === 'client') this.last = /^[A-Z]+( (FROM|TO))?/.exec(String(message))?.[0] ?? '';
      if (tnx === 'message') this.last = theMail;
    };
    return { trace: ignore, debug: hear, info: hear, warn: ignore, error: ignore, fatal: ignore };
  }
}
