import { type PeerCertificate, TLSSocket } from 'node:tls';

import { Injectable } from '@nestjs/common';

import { namesOf, type Trust } from './connection.js';
import { reasonToRefuseSettings } from './refusals.js';
import { readable } from './reply.js';
import { SecretMask } from './secret-mask.js';
import { SessionError } from './session-error.js';
import { openSession, type Session, type SessionRecord, type Step } from './session.js';
import { serverOf, type SmtpSettings, stepTime, trialTimeout, wholeTime } from './smtp-settings.js';
import { TlsTrust } from './tls-trust.js';

/** How a mail server was found to be. */
export interface CheckResult {
  /** Whether a mail could be handed over now. */
  readonly ok: boolean;
  /** In plain language: what is wrong and what to do about it. */
  readonly verdict: string;
  /** In the order in which they were done; `ehlo` comes twice around STARTTLS. */
  readonly steps: readonly Step[];
  /** `C: ` what we said, `S: ` what the server said, `* ` what happened in between; without secrets. */
  readonly transcript: readonly string[];
}

/** Tries out settings of a mail server without sending a mail. */
@Injectable()
export class SmtpCheck {
  constructor(private readonly trust: TlsTrust) {}

  /**
   * Connects and logs in the way `MailTransports` does, then says goodbye. Never throws for what a server or the
   * settings can do; takes at most 60 s, a second look included, whatever the settings' timeout.
   */
  async check(settings: SmtpSettings): Promise<CheckResult> {
    const problem = reasonToRefuseSettings(settings);
    if (problem !== undefined) return { ok: false, verdict: problem, steps: [], transcript: [] };
    const record: SessionRecord = { steps: [], transcript: [] };
    const end = performance.now() + trialTimeout * 1000;
    const [ok, verdict] = await this.try(settings, record, end).then(
      (praise) => [true, praise] as const,
      async (error: unknown) => [false, await this.explain(error, settings, record, end)] as const,
    );
    return { ok, verdict, ...record };
  }

  private async try(settings: SmtpSettings, record: SessionRecord, end: number): Promise<string> {
    const { dialogue, tls } = await open(settings, this.trust, record, end);
    dialogue.end();
    return this.praise(settings, tls);
  }

  private praise(settings: SmtpSettings, tls: string | null): string {
    const server = serverOf(settings);
    const isLoggedIn = settings.username !== '';
    const isVerified = this.trust.verifies && (settings.useTls || settings.useSsl);
    return [
      isLoggedIn ? `${server} accepts the login.` : `${server} is ready. No user name is set, so it was not logged in.`,
      tls === null
        ? `Careful: mails${isLoggedIn ? ' and the password' : ''} go there in clear. Set use_tls or use_ssl if it can do TLS.`
        : `Connections are secured with ${tls}.`,
      ...(tls !== null && !isVerified ? [this.whyUnverified()] : []),
    ].join(' ');
  }

  private whyUnverified(): string {
    if (!this.trust.verifies) return 'Careful: its certificate is not verified, because EMAIL_TLS_INSECURE is set.';
    return 'Its certificate is not verified, and TLS not insisted on: set use_tls for that.';
  }

  /** What went wrong, with what a second look finds out about it. */
  private async explain(
    error: unknown,
    settings: SmtpSettings,
    { steps }: SessionRecord,
    end: number,
  ): Promise<string> {
    if (!(error instanceof SessionError)) throw error;
    const server = serverOf(settings);
    if (steps.at(-1)?.name === 'greeting' && !settings.useSsl && error.fault !== 'busy') {
      const certificate = await this.look({ ...settings, useSsl: true, useTls: false }, end);
      if (certificate !== undefined) {
        return `${server} speaks TLS from the first byte on this port: set use_ssl, and not use_tls.`;
      }
    }
    const certificate = error.fault === 'certificate' ? await this.look(settings, end) : undefined;
    return error.tell(certificate === undefined ? '' : factsOf(certificate));
  }

  /** The certificate that a server shows, whoever signed it; undefined if there is no session with TLS to be had. */
  private async look(settings: SmtpSettings, end: number): Promise<PeerCertificate | undefined> {
    const anonymous = { ...settings, username: '', password: '' };
    const trust = { ...this.trust, verifies: false };
    try {
      const { dialogue } = await open(anonymous, trust, { steps: [], transcript: [] }, end);
      const socket = dialogue.end();
      return socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
    } catch (error) {
      if (error instanceof SessionError) return undefined;
      throw error;
    }
  }
}

/** Opens a session, and gives up at `end`, or after the time that a whole mail would have. */
async function open(settings: SmtpSettings, trust: Trust, record: SessionRecord, end: number): Promise<Session> {
  const controller = new AbortController();
  const milliseconds = Math.max(0, Math.min(wholeTime(settings), end - performance.now()));
  const late = new SessionError(
    'time',
    `${serverOf(settings)} took more than ${Math.round(milliseconds / 1000)} s altogether.`,
  );
  const timer = setTimeout(() => controller.abort(late), milliseconds);
  const limits = { step: stepTime(settings), signal: controller.signal };
  try {
    return await openSession(settings, { trust, limits, mask: new SecretMask(settings), record });
  } finally {
    clearTimeout(timer);
  }
}

function factsOf(certificate: PeerCertificate): string {
  const { issuer, valid_from: from, valid_to: to } = certificate;
  const authority = [issuer.O ?? issuer.CN ?? 'nobody'].flat().join(', ');
  return readable(`It names ${namesOf(certificate)}, was signed by ${authority}, and is valid from ${from} to ${to}.`);
}
