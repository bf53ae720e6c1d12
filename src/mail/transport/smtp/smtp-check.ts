import type { PeerCertificate } from 'node:tls';

import { Injectable } from '@nestjs/common';

import { toAsciiAddress } from '../../../syntax/email-address.js';
import { MailProxy } from '../mail-proxy.js';
import { TokenSources } from '../oauth/token-sources.js';
import { type Report, type StepListener, testTimeoutSeconds } from '../report.js';
import { sanitize } from '../sanitize.js';
import { SecretMask } from '../secret-mask.js';
import { outcomeOfReply } from './failures.js';
import { quoteReply, type Reply, replyText } from './reply.js';
import { SessionError } from './session-error.js';
import type { SessionRecord } from './session-log.js';
import { openSession, type ServerAccess, type Session } from './session.js';
import { hostAndPort, implicitTls, type SmtpSettings, startTls, totalTimeoutMs } from './smtp-settings.js';
import { certificateNames } from './tls-error.js';
import { TlsTrust } from './tls-trust.js';

/** Checks SMTP settings without sending a mail. */
@Injectable()
export class SmtpCheck {
  constructor(
    private readonly trust: TlsTrust,
    private readonly tokens: TokenSources,
    private readonly mailProxy: MailProxy,
  ) {}

  /**
   * Connects, authenticates and begins a mail as `SmtpTransport.send` does, then resets and quits. Takes at most 60 s,
   * including the second connection that fetches a certificate. Errors of the server or the settings are returned as a
   * verdict and never thrown.
   *
   * @param sender address of the mail that is begun
   */
  async check(settings: SmtpSettings, sender: string, onStep?: StepListener): Promise<Report> {
    const record: SessionRecord = { steps: [], transcript: [], onStep };
    const deadline = performance.now() + testTimeoutSeconds * 1000;
    const [ok, verdict] = await this.beginMail(settings, sender, record, deadline).then(
      (success) => [true, success] as const,
      async (error: unknown) => [false, await this.failureVerdict(error, settings, record, deadline)] as const,
    );
    // The reply to QUIT comes later.
    return { ok, verdict, steps: [...record.steps], transcript: [...record.transcript] };
  }

  private async beginMail(
    settings: SmtpSettings,
    sender: string,
    record: SessionRecord,
    deadline: number,
  ): Promise<string> {
    const access = { trust: this.trust, tokens: this.tokens.of(settings), proxy: this.mailProxy.proxy };
    return inSession(settings, access, record, deadline, async (session) => {
      await session.step('mail', replyText, () => mailFrom(session, sender, settings));
      session.quit();
      return this.successVerdict(settings, session.tls);
    });
  }

  private successVerdict(settings: SmtpSettings, tls: string | null): string {
    const server = hostAndPort(settings);
    const isLoggedIn = settings.username !== '';
    const isVerified = this.trust.verifies && (settings.useTls || settings.useSsl);
    return [
      isLoggedIn
        ? `${server} accepts the login.`
        : `${server} is ready. No user name is set, so authentication was skipped.`,
      tls === null
        ? `Warning: mails${isLoggedIn ? ' and the password' : ''} are sent unencrypted. Set ${startTls} or ${implicitTls} if the server supports TLS.`
        : `Connections are secured with ${tls}.`,
      ...(tls !== null && !isVerified ? [this.unverifiedWarning()] : []),
    ].join(' ');
  }

  private unverifiedWarning(): string {
    if (!this.trust.verifies) return 'Warning: its certificate is not verified, because EMAIL_TLS_INSECURE is set.';
    return `TLS is opportunistic: the certificate is not verified. Set ${startTls} to require TLS.`;
  }

  /** Describes the error, with details from a second connection if they help. */
  private async failureVerdict(
    error: unknown,
    settings: SmtpSettings,
    { steps }: SessionRecord,
    deadline: number,
  ): Promise<string> {
    if (!(error instanceof SessionError)) throw error;
    const server = hostAndPort(settings);
    if (steps.at(-1)?.name === 'greeting' && !settings.useSsl && error.fault !== 'busy') {
      const certificate = await this.fetchCertificate({ ...settings, useSsl: true, useTls: false }, deadline);
      if (certificate !== undefined) {
        return `${server} expects implicit TLS on this port: set ${implicitTls} instead of ${startTls}.`;
      }
    }
    const certificate = error.fault === 'certificate' ? await this.fetchCertificate(settings, deadline) : undefined;
    return error.describe(certificate === undefined ? '' : describeCertificate(certificate));
  }

  /**
   * Returns the certificate that a server presents, without verifying it; undefined if no TLS session can be opened.
   */
  private async fetchCertificate(settings: SmtpSettings, deadline: number): Promise<PeerCertificate | undefined> {
    const anonymous = { ...settings, username: '', password: '' };
    const access = { trust: { ...this.trust, verifies: false }, tokens: undefined, proxy: this.mailProxy.proxy };
    try {
      const record = { steps: [], transcript: [] };
      return await inSession(anonymous, access, record, deadline, (session) => {
        const certificate = session.certificate();
        session.quit();
        return Promise.resolve(certificate);
      });
    } catch (error) {
      if (error instanceof SessionError) return undefined;
      throw error;
    }
  }
}

/**
 * Begins a mail and resets it. Returns the reply to MAIL FROM.
 *
 * @throws SessionError if the server rejects the sender
 */
async function mailFrom(session: Session, sender: string, settings: SmtpSettings): Promise<Reply> {
  const { tls, tlsFailure } = session;
  const reply = await session.command(`MAIL FROM:<${toAsciiAddress(sender)}>`);
  if (reply.code >= 200 && reply.code < 300) {
    // Sending needs no RSET, so its reply does not count.
    await session.reset();
    return reply;
  }
  session.quit();
  const { reason } = outcomeOfReply(reply, 'MAIL FROM', {
    server: hostAndPort(settings),
    tls,
    tlsFailure,
    lastCommand: 'MAIL FROM',
    timeout: settings.timeout,
    mask: new SecretMask(settings),
  });
  throw new SessionError('sender', `${reason} Its reply: ${quoteReply(reply)}.`, { reply });
}

/**
 * Opens a session and uses it. Times out at `deadline`, or after the total timeout of a mail if that is earlier; then and
 * on other errors the connection is closed.
 */
async function inSession<T>(
  settings: SmtpSettings,
  access: ServerAccess,
  record: SessionRecord,
  deadline: number,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const milliseconds = Math.max(0, Math.min(totalTimeoutMs(settings), deadline - performance.now()));
  const timeoutError = new SessionError(
    'time',
    `${hostAndPort(settings)} took more than ${Math.round(milliseconds / 1000)} s in total.`,
  );
  const timer = setTimeout(() => controller.abort(timeoutError), milliseconds);
  try {
    return await use(
      await openSession(settings, { ...access, signal: controller.signal, mask: new SecretMask(settings), record }),
    );
  } finally {
    clearTimeout(timer);
  }
}

function describeCertificate(certificate: PeerCertificate): string {
  const { issuer, valid_from: from, valid_to: to } = certificate;
  const authority = [issuer.O ?? issuer.CN ?? 'an unnamed issuer'].flat().join(', ');
  return sanitize(
    `It was issued for ${certificateNames(certificate)} by ${authority}, and is valid from ${from} to ${to}.`,
  );
}
