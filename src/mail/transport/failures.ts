import type { Outcome } from './outcome.js';
import { parseReply, readable, type Reply, textOf } from './reply.js';
import type { SecretMask } from './secret-mask.js';
import { type Fault, SessionError } from './session-error.js';

/** What nodemailer adds to its errors. */
interface DeliveryError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  /** The command in answer to which the server said `response`. */
  readonly command?: string;
}

/** What is known of a try that failed. */
export interface Try {
  /** `host:port`. */
  readonly server: string;
  /** Of the connection; undefined if there was none. */
  readonly tls: string | null | undefined;
  /** The last thing that was sent, such as `RCPT TO`. */
  readonly last: string;
  /** Seconds for one step. */
  readonly timeout: number;
  readonly mask: SecretMask;
}

/** Replies that ask for a login, or refuse it (RFC 4954, 6): the settings are at fault and not the mail. */
const loginCodes = [530, 534, 535, 538];

/** Faults that are those of one sender or of ours, while the server works. */
const harmless: readonly Fault[] = ['login', 'stopped'];

/** What an error while handing over a mail means for it; see `Outcome`. */
export function outcomeOf(error: unknown, attempt: Try): Outcome {
  if (error instanceof SessionError) return ofSession(error, attempt);
  const failure = error as DeliveryError;
  if (failure.name === 'AbortError' && failure.cause instanceof SessionError) return ofSession(failure.cause, attempt);
  const reply = failure.response === undefined ? undefined : parseReply(attempt.mask.hide(failure.response));
  if (reply !== undefined) return ofReply(reply, failure.command ?? attempt.last, attempt);
  const { server, last, timeout } = attempt;
  const after = last === '' ? '' : ` after ${last}`;
  const doubt = last === theMail ? ' It may have accepted the mail all the same.' : '';
  switch (failure.code) {
    case 'ETIMEDOUT':
      return deferred(`${server} did not answer within ${timeout} s${after}.${doubt}`, true, attempt);
    case 'ECONNECTION':
    case 'ESOCKET':
    case 'ETLS':
    case 'EPROTOCOL':
      return deferred(`The connection to ${server} broke${after}.${doubt}`, true, attempt);
    case 'EENVELOPE':
    case 'EMESSAGE':
      return {
        kind: 'refused',
        reason: `The mail cannot be sent: ${said(failure.message, attempt)}`,
        ...where(attempt),
      };
    default:
      return deferred(`Something failed here: ${said(failure.message, attempt)}`, false, attempt);
  }
}

/** What `Try.last` is once the mail was written, and before the server has said whether it takes it. */
export const theMail = 'the whole mail';

function ofSession(error: SessionError, attempt: Try): Outcome {
  return deferred(error.tell(), !harmless.includes(error.fault), attempt, error.reply);
}

function ofReply(reply: Reply, command: string, attempt: Try): Outcome {
  const { server } = attempt;
  if (loginCodes.includes(reply.code)) {
    const reason = `${server} wants a login first: set user name and password, or check them.`;
    return deferred(reason, false, attempt, reply);
  }
  const what = subjects.get(command);
  // Not said in answer to anything: what it was about is not known.
  if (what === undefined) return deferred(`${server} ended the session.`, true, attempt, reply);
  // 503 says that the session is in disorder, not that the mail is at fault: another session may do.
  if (reply.code >= 500 && reply.code !== 503) {
    return { kind: 'refused', reason: `${server} refuses ${what}.`, ...answer(reply), ...where(attempt) };
  }
  // RFC 5321, 3.8: the server is about to close, whatever it was asked.
  return deferred(`${server} does not take ${what} now.`, reply.code === 421, attempt, reply);
}

/** What a refusal is about, by the command that it answers. */
const subjects = new Map([
  ['MAIL FROM', 'the sender'],
  ['RCPT TO', 'the recipient'],
  ['DATA', 'the mail'],
]);

function deferred(reason: string, unreachable: boolean, attempt: Try, reply?: Reply): Outcome {
  return { kind: 'deferred', reason, unreachable, ...(reply && answer(reply)), ...where(attempt) };
}

function answer(reply: Reply): { code: number; reply: string } {
  return { code: reply.code, reply: textOf(reply) };
}

function where({ server, tls }: Try): { server: string; tls?: string | null } {
  return { server, ...(tls !== undefined && { tls }) };
}

function said(message: string, { mask }: Try): string {
  return readable(mask.hide(message));
}
