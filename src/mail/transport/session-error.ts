import type { Reply } from './reply.js';

/**
 * What kept a session from being opened:
 *
 * - `address`: the host has no address, or the name service does not tell;
 * - `connection`: refused, not reachable, or lost on the way;
 * - `time`: something took too long;
 * - `protocol`: the other side does not speak SMTP, or not where it should;
 * - `busy`: the server is there but takes no mail now, or none from here;
 * - `tls`: no TLS, or not the way it was asked for;
 * - `certificate`: TLS, but the server is not who it should be;
 * - `login`: the server does not accept or offer it;
 * - `stopped`: we ended it ourselves.
 */
export type Fault =
  'address' | 'connection' | 'time' | 'protocol' | 'busy' | 'tls' | 'certificate' | 'login' | 'stopped';

/** No session with the server. The message says why, in plain language, as a sentence and without secrets. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  /** What an administrator can do, as sentences; empty if there is nothing but to wait. */
  readonly advice: string;
  /** The reply that ended it. */
  readonly reply: Reply | undefined;

  constructor(
    readonly fault: Fault,
    message: string,
    options: { advice?: string; reply?: Reply; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.advice = options.advice ?? '';
    this.reply = options.reply;
  }

  /** What happened, `facts` about it, and what to do. */
  tell(facts = ''): string {
    return [this.message, facts, this.advice].filter((sentence) => sentence !== '').join(' ');
  }
}
