import type { Socket } from 'node:net';
import { type TLSSocket } from 'node:tls';

import { toAsciiHost } from '../../../syntax/mail-host.js';
import type { Step } from '../report.js';
import type { SecretMask } from '../secret-mask.js';
import { Dialogue, type SessionLimits } from './dialogue.js';
import { type Extensions, machineName, parseExtensions, sayHello } from './hello.js';
import { authenticate } from './login.js';
import { quoteReply, type Reply, replyText } from './reply.js';
import { SessionError } from './session-error.js';
import { hostAndPort, type SmtpSettings } from './smtp-settings.js';
import { type Destination, openSocket, secureSocket, type Trust } from './sockets.js';

type StepName = 'connect' | 'greeting' | 'tls' | 'ehlo' | 'auth' | 'mail';

/** Log of opening a session, in order. */
export interface SessionRecord {
  readonly steps: Step[];
  /** Lines prefixed with `C: ` (client), `S: ` (server) or `* ` (events such as TLS); without secrets. */
  readonly transcript: string[];
}

/** An SMTP session, secured and authenticated according to the settings, ready for mail transactions. */
export interface Session {
  readonly dialogue: Dialogue;
  /** Such as `TLSv1.3`; null without TLS. */
  readonly tls: string | null;
  /** Client name in EHLO. */
  readonly clientName: string;
  /** Why there is no TLS, if it is optional and failed. */
  readonly tlsFailure: SessionError | undefined;
}

/** Options of a session that are not part of the settings. */
export interface SessionOptions {
  readonly trust: Trust;
  readonly limits: SessionLimits;
  readonly mask: SecretMask;
  readonly record: SessionRecord;
}

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
    return await new SessionAttempt(settings, options).open();
  } catch (error) {
    const isOptional = !settings.useTls && !settings.useSsl;
    if (!isOptional || !(error instanceof SessionError) || error.fault !== 'tls') throw error;
    options.record.transcript.push('* TLS failed and is not required: continuing without it');
    return new SessionAttempt(settings, options, error).open();
  }
}

/** One attempt to open a session. */
class SessionAttempt {
  private readonly destination: Destination;
  private dialogue: Dialogue | undefined;
  /** Whether the server has accepted EHLO or HELO. */
  private speaksSmtp = false;
  private readonly firstStepIndex: number;
  private readonly firstLineIndex: number;

  /** @param tlsFailure why an earlier attempt failed, so that this one does without TLS */
  constructor(
    private readonly settings: SmtpSettings,
    private readonly options: SessionOptions,
    private tlsFailure?: SessionError,
  ) {
    const { steps, transcript } = options.record;
    [this.firstStepIndex, this.firstLineIndex] = [steps.length, transcript.length];
    const { host, port } = settings;
    this.destination = { host: toAsciiHost(host) ?? host, port, server: hostAndPort(settings) };
  }

  async open(): Promise<Session> {
    try {
      return await this.run();
    } catch (error) {
      this.dialogue?.destroy();
      if (!this.speaksSmtp) this.redactReplies();
      throw error;
    }
  }

  /**
   * Reduces the replies in the record to their codes: a server that has not accepted EHLO may be any service of the
   * internal network, such as FTP, which also greets with 220 (CWE-918).
   */
  private redactReplies(): void {
    const { steps, transcript } = this.options.record;
    const redactedLines = transcript.slice(this.firstLineIndex).map((line) => line.replace(/^(S: \d+).*/s, '$1'));
    transcript.splice(this.firstLineIndex, redactedLines.length, ...redactedLines);
    const redactedSteps = steps
      .slice(this.firstStepIndex)
      .map((step) => (step.name === 'greeting' && step.ok ? { ...step, detail: '' } : step));
    steps.splice(this.firstStepIndex, redactedSteps.length, ...redactedSteps);
  }

  private async run(): Promise<Session> {
    const { useSsl, useTls, username, clientName: name } = this.settings;
    const { server } = this.destination;
    const plain = await this.step('connect', describeRemoteAddress, () =>
      openSocket(this.destination, this.options.limits),
    );
    const clientName = name ?? machineName(plain);
    let tls = useSsl ? await this.secure(plain) : null;
    const dialogue = (this.dialogue = this.openDialogue(tls ?? plain));
    await this.step('greeting', replyText, () => this.greeting(dialogue));
    let extensions = await this.ehlo(dialogue, clientName);
    const offersTls = extensions.has('STARTTLS');
    if (useTls || (tls === null && this.tlsFailure === undefined && offersTls)) {
      tls = await this.startTls(dialogue, extensions);
      if (tls !== null) extensions = await this.ehlo(dialogue, clientName);
    }
    if (username !== '') {
      const offered = extensions.get('AUTH') ?? [];
      const isSafe = tls !== null || this.options.trust.allowsClearLogin || (!offersTls && isLoopback(plain));
      await this.step('auth', String, () =>
        isSafe
          ? authenticate(dialogue, this.settings, offered, server)
          : Promise.reject(insecureLogin(server, this.tlsFailure)),
      );
    }
    return { dialogue, tls: tls?.getProtocol() ?? null, clientName, tlsFailure: this.tlsFailure };
  }

  private openDialogue(socket: Socket): Dialogue {
    const { limits, mask, record } = this.options;
    return new Dialogue(socket, this.destination.server, limits, mask, record.transcript);
  }

  private async greeting(dialogue: Dialogue): Promise<Reply> {
    const { server } = this.destination;
    const reply = await dialogue.readReply('greeting').catch((error: unknown) => {
      if (!(error instanceof SessionError) || error.fault !== 'time' || this.settings.useSsl) throw error;
      const advice = 'A server with implicit TLS, usually on port 465, stays silent: in that case set use_ssl.';
      throw new SessionError('time', error.message, { advice, cause: error });
    });
    if (reply.code === 220) return reply;
    throw new SessionError('busy', `${server} declines service (code ${reply.code}).`, {
      ...(reply.code >= 500 && { advice: 'Ask its administrators; the IP address of this machine may be blocked.' }),
      reply: withoutText(reply),
    });
  }

  private async ehlo(dialogue: Dialogue, clientName: string): Promise<Extensions> {
    const reply = await this.step('ehlo', replyText, () => this.introduce(dialogue, clientName));
    return parseExtensions(reply);
  }

  private async introduce(dialogue: Dialogue, clientName: string): Promise<Reply> {
    const reply = await sayHello(dialogue, clientName);
    if (reply.code === 250) {
      this.speaksSmtp = true;
      return reply;
    }
    const { server } = this.destination;
    if (this.speaksSmtp) throw new SessionError('busy', `${server} rejects EHLO: ${quoteReply(reply)}.`, { reply });
    throw new SessionError('busy', `${server} does not accept EHLO (code ${reply.code}).`, {
      ...(reply.code >= 500 && {
        advice: `Check host and port. This service says that it is ${clientName}; set EMAIL_HELO if the server wants another name.`,
      }),
      reply: withoutText(reply),
    });
  }

  /** @returns null if TLS is optional and the server rejects STARTTLS */
  private async startTls(dialogue: Dialogue, extensions: Extensions): Promise<TLSSocket | null> {
    const { server } = this.destination;
    if (!extensions.has('STARTTLS')) {
      return this.step(
        'tls',
        () => '',
        () => Promise.reject(startTlsNotOffered(server)),
      );
    }
    const reply = await dialogue.command('STARTTLS');
    if (reply.code !== 220) {
      const refusal = new SessionError('tls', `${server} rejects STARTTLS: ${quoteReply(reply)}.`, { reply });
      if (!this.settings.useTls) {
        this.tlsFailure = refusal;
        return null;
      }
      return this.step(
        'tls',
        () => '',
        () => Promise.reject(refusal),
      );
    }
    const secured = await this.secure(dialogue.release());
    dialogue.switchToTls(secured);
    return secured;
  }

  private async secure(plain: Socket): Promise<TLSSocket> {
    const { trust, limits, record } = this.options;
    const verifies = trust.verifies && (this.settings.useSsl || this.settings.useTls);
    const secured = await this.step('tls', describeTls, () =>
      secureSocket(plain, this.destination, limits, { ...trust, verifies }),
    );
    record.transcript.push(`* ${describeTls(secured)}`);
    return secured;
  }

  private async step<T>(name: StepName, describe: (result: T) => string, work: () => Promise<T>): Promise<T> {
    return recordStep(this.options.record, name, describe, work);
  }
}

/** Runs one step and records its result. */
export async function recordStep<T>(
  { steps }: SessionRecord,
  name: StepName,
  describe: (result: T) => string,
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const done = (ok: boolean, detail: string): void => {
    steps.push({ name, ok, milliseconds: Math.round(performance.now() - started), detail });
  };
  try {
    const result = await work();
    done(true, describe(result));
    return result;
  } catch (error) {
    done(false, (error as Error).message);
    throw error;
  }
}

/** A reply without its text; see `withholdReplies`. */
function withoutText({ code }: Reply): Reply {
  return { code, lines: [] };
}

function startTlsNotOffered(server: string): SessionError {
  return new SessionError('tls', `${server} does not offer STARTTLS, so nothing was sent.`, {
    advice:
      'If it uses implicit TLS (usually on port 465), set use_ssl instead of use_tls. ' +
      'If it offered STARTTLS before, a man in the middle may have removed it.',
  });
}

function insecureLogin(server: string, tlsFailure: SessionError | undefined): SessionError {
  const why = tlsFailure === undefined ? '' : ` TLS failed: ${tlsFailure.describe()}`;
  return new SessionError('login', `The connection to ${server} has no TLS, so the password was not sent.${why}`, {
    advice:
      'Set use_tls or use_ssl. If the server does not support TLS and the network is trusted, ' +
      'set EMAIL_ALLOW_CLEAR_LOGIN=true for the service, or leave the user name empty.',
  });
}

/** Whether the connection is local, so that it cannot be eavesdropped. */
function isLoopback({ remoteAddress = '' }: Socket): boolean {
  return /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(remoteAddress);
}

function describeRemoteAddress(socket: Socket): string {
  return `${socket.remoteAddress ?? ''} port ${socket.remotePort ?? ''}`;
}

function describeTls(socket: TLSSocket): string {
  const verified = socket.authorized ? 'certificate verified' : 'certificate not verified';
  return `${socket.getProtocol() ?? 'TLS'}, ${socket.getCipher().name}, ${verified}`;
}
