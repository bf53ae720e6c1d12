import type { ISendMailOptions, MailerService } from '@nestjs-modules/mailer';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';

import { hasUtf8LocalPart } from '../../../syntax/email-address.js';
import { compose } from '../composition.js';
import type { Outcome } from '../outcome.js';
import type { OutgoingMail } from '../outgoing-mail.js';
import { SecretMask } from '../secret-mask.js';
import { malformedReply, outcomeOfError, type SendContext } from './failures.js';
import { parseReply, replyText } from './reply.js';
import { SessionError } from './session-error.js';
import { endOfMessage } from './session-log.js';
import { openSession, type ServerAccess, type Session } from './session.js';
import { hostAndPort, type SmtpSettings, stepTimeoutMs, totalTimeoutMs } from './smtp-settings.js';

/** Options of the mailer, with an option of nodemailer that its type lacks. */
type SendOptions = ISendMailOptions & { readonly signal: AbortSignal };

/** What nodemailer's mailer gives to a transport. */
interface MailToSend {
  readonly data: {
    readonly raw: Buffer;
    readonly envelope: { readonly from: string; readonly to: string[] };
    readonly dsn?: SMTPConnection.DSNOptions;
  };
}

type SentInfo = Pick<SMTPConnection.SentMessageInfo, 'response' | 'serverMessageId'>;
type SentCallback = (error: Error | null, info?: SentInfo) => void;

/**
 * A persistent connection to a mail server: a transporter of the mailer that sends one mail at a time, so that the
 * connection and TLS version of each mail are known.
 */
export class SmtpConnection {
  /** A new one for each session, because it collects what is sent. */
  private mask: SecretMask;
  private session: Session | undefined;
  /** Ends a mail that the server refused. */
  private reset: Promise<void> = Promise.resolve();
  private idleTimer: NodeJS.Timeout | undefined;
  /** Aborts the current mail. Reused for many mails, because creating a signal is slow. */
  private controller = new AbortController();

  /** @param name of the transporter, unique */
  constructor(
    private readonly name: string,
    private readonly settings: SmtpSettings,
    private readonly mailer: MailerService,
    private readonly access: ServerAccess,
  ) {
    this.mask = new SecretMask(settings);
    mailer.addTransporter(name, {
      name: 'SMTP',
      version: '1',
      send: (mail: MailToSend, callback: SentCallback) => {
        this.transmit(mail).then((info) => callback(null, info), callback);
      },
      close: () => this.end(),
    });
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
    clearTimeout(this.idleTimer);
    try {
      const reused = this.session;
      const outcome = await this.sendOnce(mail, server);
      const isOver = reused !== undefined && this.session === reused && this.hasEndedSession(outcome);
      return isOver ? await this.sendOnce(mail, server) : outcome;
    } finally {
      clearTimeout(timer);
      // Less than the timeout of the socket, so that an idle connection ends with QUIT.
      this.idleTimer = setTimeout(() => this.end(), stepTimeoutMs(settings) / 2).unref();
    }
  }

  /** Whether it has a session with the server. */
  get isOpen(): boolean {
    return this.session?.isOpen === true;
  }

  /** Whether the current session has sent a command of a mail. */
  get hasBegunMail(): boolean {
    return this.lastCommand !== '';
  }

  /** Aborts the current mail, if any. */
  abort(reason: SessionError): void {
    this.controller.abort(reason);
  }

  /** Closes the connection. */
  close(): void {
    this.mailer.removeTransporter(this.name);
    this.end();
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
    try {
      const options: SendOptions = {
        ...compose(mail),
        transporterName: this.name,
        signal,
        ...this.notifications(mail),
      };
      const { response, serverMessageId } = (await this.mailer.sendMail(options)) as SentInfo;
      const reply = parseReply(this.mask.redact(response));
      if (reply === undefined) return malformedReply(this.context());
      const { code } = reply;
      const text = replyText(reply);
      const providerMessageId = serverMessageId?.slice(1, -1) ?? queueIdIn(text);
      return { kind: 'accepted', server, tls: this.session?.tls ?? null, code, reply: text, providerMessageId };
    } catch (error) {
      return outcomeOfError(error, this.context());
    }
  }

  /** Sends one mail in the current session, or else in a new one. */
  private async transmit({ data: { raw, envelope, dsn } }: MailToSend): Promise<SentInfo> {
    await this.reset;
    const { signal } = this.controller;
    const session = await this.openedSession(signal);
    const isUtf8 = [envelope.from, ...envelope.to].some(hasUtf8LocalPart);
    session.beginMail(signal);
    // nodemailer would send it anyway (10.6.0, `dist/esm/smtp-connection/index.js`, 1276).
    if (isUtf8 && !session.offers('SMTPUTF8')) {
      const reason = `${hostAndPort(this.settings)} takes no address with a non-ASCII local part (it does not offer SMTPUTF8).`;
      throw Object.assign(new Error(reason), { code: 'EENVELOPE' });
    }
    try {
      // nodemailer takes DSN for offered if the name of the server contains it (10.6.0, 1536).
      const notifications = dsn !== undefined && session.offers('DSN') ? { dsn } : {};
      return await session.send({ ...envelope, ...notifications, size: raw.length, use8BitMime: isUtf8 }, raw);
    } catch (error) {
      const { responseCode } = error as { responseCode?: number };
      if (responseCode === undefined || responseCode === 421) session.close();
      else this.reset = session.reset();
      throw error;
    }
  }

  /** Returns the options that ask for reports about a mail. Its key in them leads back to the message. */
  private notifications({ pk }: OutgoingMail): Pick<ISendMailOptions, 'dsn'> {
    const { dsn } = this.settings;
    return dsn === undefined ? {} : { dsn: { notify: [...dsn.notify], ret: dsn.returns, envid: pk } };
  }

  private async openedSession(signal: AbortSignal): Promise<Session> {
    if (this.session?.isOpen === true) return this.session;
    this.session = undefined;
    this.mask = new SecretMask(this.settings);
    const record = { steps: [], transcript: [] };
    this.session = await openSession(this.settings, { ...this.access, signal, mask: this.mask, record });
    return this.session;
  }

  private context(): SendContext {
    const { settings, session, lastCommand, mask } = this;
    const { tls, tlsFailure } = session ?? {};
    return { server: hostAndPort(settings), tls, tlsFailure, lastCommand, timeout: settings.timeout, mask };
  }

  /** The latest command of the mail, such as `RCPT TO`; empty before the first one. */
  private get lastCommand(): string {
    return this.session?.lastCommand ?? '';
  }

  private end(): void {
    clearTimeout(this.idleTimer);
    if (this.isOpen) this.session?.quit();
    this.session = undefined;
  }
}

/** Returns the identifier in a reply of Postfix, Exim and others such as `Ok: queued as 4b3fJ2`. */
function queueIdIn(reply: string): string | undefined {
  return /\bqueued as <?([\w.@+-]{1,200})/i.exec(reply)?.[1];
}
