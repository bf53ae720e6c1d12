import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import { type TLSSocket } from 'node:tls';

import { type Destination, openConnection, secureConnection, type Trust } from './connection.js';
import { Dialogue, type Limits } from './dialogue.js';
import { logIn } from './login.js';
import { hostOnTheWire } from './refusals.js';
import { cited, type Reply, textOf } from './reply.js';
import type { SecretMask } from './secret-mask.js';
import { SessionError } from './session-error.js';
import { serverOf, type SmtpSettings } from './smtp-settings.js';

type StepName = 'connect' | 'greeting' | 'tls' | 'ehlo' | 'auth';

/** One step on the way to a session. */
export interface Step {
  readonly name: StepName;
  readonly ok: boolean;
  readonly milliseconds: number;
  readonly detail: string;
}

/** What happened on the way to a session, in order. */
export interface SessionRecord {
  readonly steps: Step[];
  /** `C: ` what we said, `S: ` what the server said, `* ` what happened in between; without secrets. */
  readonly transcript: string[];
}

/** A server that waits for mails: greeted, secured and logged in to as the settings ask. */
export interface Session {
  readonly dialogue: Dialogue;
  /** Such as `TLSv1.3`; null for a connection in clear. */
  readonly tls: string | null;
  /** What we called ourselves. */
  readonly clientName: string;
}

/** What a session is opened with besides the settings. */
export interface SessionOptions {
  readonly trust: Trust;
  readonly limits: Limits;
  readonly mask: SecretMask;
  readonly record: SessionRecord;
}

/** The server's extensions by their names in capitals, each with its parameters (RFC 5321, 4.1.1.1). */
type Extensions = ReadonlyMap<string, readonly string[]>;

/**
 * Opens a session: the same way for sending mails and for checking settings, so that a check cannot pass where sending
 * fails.
 *
 * - `useSsl`: TLS before anything else; `useTls`: STARTTLS, and nothing but EHLO and STARTTLS is said without it. The
 *   certificate is verified.
 * - Neither: STARTTLS if the server offers it, without a look at the certificate, as mail servers do among themselves
 *   (RFC 7435): better than clear against those who only listen. If that fails, mails go in clear.
 *
 * A login without TLS goes only to a server on this machine that offers none, or where EMAIL_ALLOW_CLEAR_LOGIN is set:
 * a server or a man in the middle gets no password by not doing TLS (RFC 4954, 4; RFC 8314, 3.3).
 *
 * @param settings that `reasonToRefuseSettings` has nothing against
 * @throws SessionError
 */
export async function openSession(settings: SmtpSettings, options: SessionOptions): Promise<Session> {
  try {
    return await new SessionOpening(settings, options).open(true);
  } catch (error) {
    const isOptional = !settings.useTls && !settings.useSsl;
    if (!isOptional || !(error instanceof SessionError) || error.fault !== 'tls') throw error;
    options.record.transcript.push('* TLS failed and was not asked for: going on without it');
    return new SessionOpening(settings, options).open(false);
  }
}

/** One try to open a session. */
class SessionOpening {
  private readonly destination: Destination;
  private dialogue: Dialogue | undefined;
  /** Whether the server has answered EHLO or HELO as a mail server does. */
  private speaksSmtp = false;
  private readonly firstStep: number;
  private readonly firstLine: number;

  constructor(
    private readonly settings: SmtpSettings,
    private readonly options: SessionOptions,
  ) {
    const { steps, transcript } = options.record;
    [this.firstStep, this.firstLine] = [steps.length, transcript.length];
    const { host, port } = settings;
    this.destination = { host: hostOnTheWire(host) ?? host, port, server: serverOf(settings) };
  }

  /** @param mayUpgrade whether STARTTLS is used if it is offered but not asked for */
  async open(mayUpgrade: boolean): Promise<Session> {
    try {
      return await this.run(mayUpgrade);
    } catch (error) {
      this.dialogue?.destroy();
      if (!this.speaksSmtp) this.withholdReplies();
      throw error;
    }
  }

  /**
   * Reduces the replies in the record to their codes: until it has answered EHLO, the server may be any service of the
   * inner network, such as FTP, which greets with 220 too (CWE-918).
   */
  private withholdReplies(): void {
    const { steps, transcript } = this.options.record;
    const withheld = transcript.slice(this.firstLine).map((line) => line.replace(/^(S: \d+).*/s, '$1'));
    transcript.splice(this.firstLine, withheld.length, ...withheld);
    const silent = steps
      .slice(this.firstStep)
      .map((step) => (step.name === 'greeting' && step.ok ? { ...step, detail: '' } : step));
    steps.splice(this.firstStep, silent.length, ...silent);
  }

  private async run(mayUpgrade: boolean): Promise<Session> {
    const { useSsl, useTls, username } = this.settings;
    const { server } = this.destination;
    const plain = await this.step('connect', addressOf, () => openConnection(this.destination, this.options.limits));
    const clientName = nameOfClient(plain);
    let tls = useSsl ? await this.secure(plain) : null;
    const dialogue = (this.dialogue = this.dialogueOver(tls ?? plain));
    await this.step('greeting', textOf, () => this.greeting(dialogue));
    let extensions = await this.ehlo(dialogue, clientName);
    const offersTls = extensions.has('STARTTLS');
    if (useTls || (tls === null && mayUpgrade && offersTls)) {
      tls = await this.startTls(dialogue, extensions);
      if (tls !== null) extensions = await this.ehlo(dialogue, clientName);
    }
    if (username !== '') {
      const offered = extensions.get('AUTH') ?? [];
      const isSafe = tls !== null || this.options.trust.allowsClearLogin || (!offersTls && isOnThisMachine(plain));
      await this.step('auth', String, () =>
        isSafe ? logIn(dialogue, this.settings, offered, server) : Promise.reject(noSafeLogin(server)),
      );
    }
    return { dialogue, tls: tls?.getProtocol() ?? null, clientName };
  }

  private dialogueOver(socket: Socket): Dialogue {
    const { limits, mask, record } = this.options;
    return new Dialogue(socket, this.destination.server, limits, mask, record.transcript);
  }

  private async greeting(dialogue: Dialogue): Promise<Reply> {
    const { server } = this.destination;
    const reply = await dialogue.reply('greeting').catch((error: unknown) => {
      if (!(error instanceof SessionError) || error.fault !== 'time' || this.settings.useSsl) throw error;
      const advice =
        'A server that expects TLS from the first byte stays silent, mostly on port 465: then set use_ssl.';
      throw new SessionError('time', error.message, { advice, cause: error });
    });
    if (reply.code === 220) return reply;
    throw new SessionError('busy', `${server} takes no mail from here now (code ${reply.code}).`, {
      ...(reply.code >= 500 && { advice: 'Ask those who run it; the address of this machine may be blocked.' }),
      reply: withoutText(reply),
    });
  }

  private async ehlo(dialogue: Dialogue, clientName: string): Promise<Extensions> {
    const reply = await this.step('ehlo', textOf, () => this.hello(dialogue, clientName));
    return extensionsIn(reply);
  }

  private async hello(dialogue: Dialogue, clientName: string): Promise<Reply> {
    let reply = await dialogue.command(`EHLO ${clientName}`);
    // A server without extensions, as they were before RFC 1869.
    if ([500, 502].includes(reply.code)) reply = { ...(await dialogue.command(`HELO ${clientName}`)), lines: [] };
    if (reply.code === 250) {
      this.speaksSmtp = true;
      return reply;
    }
    const { server } = this.destination;
    if (this.speaksSmtp) throw new SessionError('busy', `${server} refuses EHLO: ${cited(reply)}.`, { reply });
    throw new SessionError('busy', `${server} does not answer EHLO as a mail server does (code ${reply.code}).`, {
      ...(reply.code >= 500 && { advice: 'Check host and port.' }),
      reply: withoutText(reply),
    });
  }

  /** @returns null if TLS was not asked for and the server does not want it after all */
  private async startTls(dialogue: Dialogue, extensions: Extensions): Promise<TLSSocket | null> {
    const { server } = this.destination;
    if (!extensions.has('STARTTLS')) {
      return this.step(
        'tls',
        () => '',
        () => Promise.reject(noStartTls(server)),
      );
    }
    const reply = await dialogue.command('STARTTLS');
    if (reply.code !== 220) {
      if (!this.settings.useTls) return null;
      const refusal = `${server} refuses STARTTLS: ${cited(reply)}.`;
      return this.step(
        'tls',
        () => '',
        () => Promise.reject(new SessionError('tls', refusal, { reply })),
      );
    }
    const secured = await this.secure(dialogue.release());
    dialogue.continueOver(secured);
    return secured;
  }

  private async secure(plain: Socket): Promise<TLSSocket> {
    const { trust, limits, record } = this.options;
    const verifies = trust.verifies && (this.settings.useSsl || this.settings.useTls);
    const secured = await this.step('tls', describeTls, () =>
      secureConnection(plain, this.destination, limits, { ...trust, verifies }),
    );
    record.transcript.push(`* ${describeTls(secured)}`);
    return secured;
  }

  /** Does one step and writes down how it went. */
  private async step<T>(name: StepName, describe: (result: T) => string, work: () => Promise<T>): Promise<T> {
    const { steps } = this.options.record;
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
}

/** A reply without its text; see `withholdReplies`. */
function withoutText({ code }: Reply): Reply {
  return { code, lines: [] };
}

function noStartTls(server: string): SessionError {
  return new SessionError('tls', `${server} does not offer STARTTLS, so nothing was sent to it.`, {
    advice:
      'If it speaks TLS from the first byte (mostly on port 465), set use_ssl instead of use_tls. ' +
      'If it offered STARTTLS before, somebody in between may have taken it away.',
  });
}

function noSafeLogin(server: string): SessionError {
  return new SessionError('login', `The connection to ${server} has no TLS, so the password was not sent.`, {
    advice:
      'Set use_tls or use_ssl. If the server cannot do TLS and the network in between is trusted, ' +
      'set EMAIL_ALLOW_CLEAR_LOGIN=true for the service, or leave the user name empty.',
  });
}

/** Whether nobody can listen on the way: the address is one of the loopback interface. */
function isOnThisMachine({ remoteAddress = '' }: Socket): boolean {
  return /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(remoteAddress);
}

function extensionsIn({ lines }: Reply): Extensions {
  const words = lines.slice(1).map((line) =>
    line
      .toUpperCase()
      .trim()
      .split(/[\s=]+/),
  );
  return new Map(words.map(([name = '', ...parameters]) => [name, parameters]));
}

function addressOf(socket: Socket): string {
  return `${socket.remoteAddress ?? ''} port ${socket.remotePort ?? ''}`;
}

function describeTls(socket: TLSSocket): string {
  const verified = socket.authorized ? 'certificate verified' : 'certificate not verified';
  return `${socket.getProtocol() ?? 'TLS'}, ${socket.getCipher().name}, ${verified}`;
}

/** The full name of this machine if it has one, else its address as a literal (RFC 5321, 4.1.3). */
function nameOfClient({ localAddress = '127.0.0.1' }: Socket): string {
  const name = hostname();
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name)) return name;
  const address = localAddress.replace(/^::ffff:/, '').replace(/%.*$/, '');
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
}
