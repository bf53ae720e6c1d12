import type { Reply } from './reply.js';

/**
 * Why a session could not be opened, or cannot send mails:
 *
 * - `address`: DNS lookup failed;
 * - `connection`: refused, unreachable or lost;
 * - `time`: timeout;
 * - `protocol`: the server violates SMTP;
 * - `busy`: the server declines service, now or for this client;
 * - `tls`: TLS is missing or failed;
 * - `certificate`: the certificate is not trusted;
 * - `login`: authentication failed or is not offered;
 * - `sender`: the sender is rejected;
 * - `stopped`: this service is shutting down.
 */
export type Fault =
  'address' | 'connection' | 'time' | 'protocol' | 'busy' | 'tls' | 'certificate' | 'login' | 'sender' | 'stopped';

/** A session could not be opened or was lost. The message is a sentence for administrators, without secrets. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  /** How an administrator can fix it, in sentences; empty if waiting is all that helps. */
  readonly advice: string;
  /** The reply that caused the error. */
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

  /** Returns message, `details` and advice as one text. */
  describe(details = ''): string {
    return [this.message, details, this.advice].filter((sentence) => sentence !== '').join(' ');
  }
}
