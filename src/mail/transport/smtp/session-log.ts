import type { Step, StepListener } from '../report.js';
import { sanitize } from '../sanitize.js';
import { redacted, type SecretMask } from '../secret-mask.js';
import { parseReply, replyText } from './reply.js';

/** Log of a session, in order. */
export interface SessionRecord {
  readonly steps: Step[];
  /** Lines prefixed with `C: ` (client), `S: ` (server) or `* ` (events such as TLS); without secrets. */
  readonly transcript: string[];
  readonly onStep?: StepListener | undefined;
}

/** nodemailer's replacement for a secret in its log, in base64 together with what surrounds it. */
const hidden = '/* secret */';

/** Records the steps and the transcript of a session, from nodemailer's log. */
export class SessionLog {
  /** The latest command, such as `RCPT TO`; empty before the first one. */
  lastCommand = '';
  /** The latest reply, with its codes. */
  lastReply = '';
  /** Whether the server has accepted EHLO or HELO. */
  speaksSmtp = false;
  private opening: { readonly name: string; readonly done: (ok: boolean, detail: string) => void } | undefined;
  private describeTls: () => string = () => '';
  private readonly first: { readonly step: number; readonly line: number };
  /** Steps that the listener knows. */
  private announced: number;

  /** @param record receives steps and lines */
  constructor(
    private readonly record: SessionRecord,
    private readonly mask: SecretMask,
  ) {
    this.first = { step: record.steps.length, line: record.transcript.length };
    this.announced = record.steps.length;
  }

  /** Forgets what was recorded. */
  clear(): void {
    this.lastCommand = '';
    this.announced = 0;
    this.record.steps.length = 0;
    this.record.transcript.length = 0;
  }

  /** Takes nodemailer's log. */
  readonly logger = { ...levels(() => undefined), debug: this.take.bind(this), info: this.take.bind(this) };

  /** Records an event that is not a line of SMTP. */
  event(text: string): void {
    this.record.transcript.push(`* ${text}`);
  }

  /** Runs one step and records its result. */
  async step<T>(name: string, describe: (result: T) => string, work: () => Promise<T>): Promise<T> {
    const done = this.begin(name);
    try {
      const result = await work();
      done(true, describe(result));
      return result;
    } catch (error) {
      done(false, (error as Error).message);
      throw error;
    }
  }

  /** Begins a step. @returns records its result */
  begin(name: string): (ok: boolean, detail: string) => void {
    const started = performance.now();
    return (ok, detail) => {
      this.record.steps.push({ name, ok, milliseconds: Math.round(performance.now() - started), detail });
      this.announce();
    };
  }

  /** Passes new steps to the listener; the greeting only when it is certain that it needs no redaction. */
  private announce(isRedacted = false): void {
    const { steps, onStep } = this.record;
    for (const step of steps.slice(this.announced)) {
      if (step.name === 'greeting' && !this.speaksSmtp && !isRedacted) return;
      this.announced += 1;
      onStep?.(step);
    }
  }

  /**
   * Reduces the replies to their codes: a server that has not accepted EHLO may be any service of the internal network, such
   * as FTP, which also greets with 220 (CWE-918).
   */
  private redactReplies(): void {
    const { steps, transcript } = this.record;
    const { step, line } = this.first;
    transcript.push(...transcript.splice(line).map((text) => text.replace(/^(S: \d+).*/s, '$1')));
    steps.push(
      ...steps.splice(step).map((each) => (each.ok && each.name === 'greeting' ? { ...each, detail: '' } : each)),
    );
  }

  /**
   * Records the steps from the connection to the last EHLO.
   *
   * @param isImplicitTls whether TLS comes before the greeting
   * @param describeTls returns the TLS version and what is known of the certificate
   */
  beginOpening(isImplicitTls: boolean, describeTls: () => string): void {
    this.describeTls = describeTls;
    this.next(isImplicitTls ? 'tls' : 'greeting');
  }

  /** Records the end of the opening. @param failure why it failed */
  endOpening(failure?: string): void {
    // A refused STARTTLS that is optional is no step.
    if (failure !== undefined) this.opening?.done(false, failure);
    else if (this.opening?.name === 'ehlo') this.opening.done(true, this.replyText());
    this.opening = undefined;
    if (!this.speaksSmtp) this.redactReplies();
    this.announce(true);
  }

  private take(entry: unknown, text: unknown): void {
    const { tnx, remoteAddress } = entry as { tnx?: string; remoteAddress?: string };
    if (tnx === 'client') this.takeCommand(String(text));
    else if (tnx === 'server') this.takeReply(String(text));
    else if (tnx === 'message') this.lastCommand = endOfMessage;
    else if (remoteAddress !== undefined && this.opening?.name === 'tls') this.next('greeting');
  }

  /** Records the end of the current step of the opening, and begins the next one. */
  private next(name: string): void {
    if (this.opening?.name === 'tls') {
      const tls = this.describeTls();
      this.opening.done(true, tls);
      this.event(tls);
    } else this.opening?.done(true, this.replyText());
    this.opening = { name, done: this.begin(name) };
  }

  private replyText(): string {
    const reply = parseReply(this.mask.redact(this.lastReply));
    return reply === undefined ? '' : replyText(reply);
  }

  private takeCommand(line: string): void {
    if (this.opening !== undefined) {
      if (line.startsWith('EHLO ')) this.next('ehlo');
      else if (line === 'STARTTLS') this.next('tls');
    }
    // RSET ends a mail that has its reply already.
    const [command] = /^(?:AUTH \S+|[A-Z]+(?: FROM| TO)?)(?=[ :]|$)/.exec(line) ?? [];
    if (command !== undefined && command !== 'RSET') this.lastCommand = command;
    this.record.transcript.push(`C: ${withoutSecret(line)}`);
  }

  private takeReply(text: string): void {
    this.lastReply = text;
    if (/^(EHLO|HELO)$/.test(this.lastCommand) && text.startsWith('2')) this.speaksSmtp = true;
    for (const line of text.split(/\r?\n/)) {
      // Anything else is no reply and is not quoted (CWE-918).
      if (/^[2-5]\d\d([ -]|$)/.test(line)) this.record.transcript.push(`S: ${sanitize(this.mask.redact(line))}`);
    }
  }
}

/** Value of `SessionLog.lastCommand` between the end of the message data and the reply to it. */
export const endOfMessage = 'the message';

function withoutSecret(line: string): string {
  const [, before = '', last = ''] = /^(.*?)(\S*)$/.exec(line) ?? [];
  return Buffer.from(last, 'base64').toString('utf8').includes(hidden) ? before + redacted : line;
}

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

function levels(write: () => undefined): Record<Level, (...parameters: unknown[]) => void> {
  return { trace: write, debug: write, info: write, warn: write, error: write, fatal: write };
}
