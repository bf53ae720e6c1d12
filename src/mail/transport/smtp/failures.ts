import type { Failure } from '../outcome.js';
import { sanitize } from '../sanitize.js';
import type { SecretMask } from '../secret-mask.js';
import { demandsTls, parseReply, type Reply, replyText } from './reply.js';
import { type Fault, SessionError } from './session-error.js';
import { endOfMessage } from './session-log.js';

/** Error of nodemailer. */
interface NodemailerError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  /** The command that `response` replies to. */
  readonly command?: string;
}

/** Context of a failed attempt. */
export interface SendContext {
  /** `host:port`. */
  readonly server: string;
  /** TLS version; null without TLS, undefined without a connection. */
  readonly tls: string | null | undefined;
  /** Why there is no TLS, if it is optional and failed. */
  readonly tlsFailure: SessionError | undefined;
  /** The last command sent, such as `RCPT TO`. */
  readonly lastCommand: string;
  /** Seconds per step. */
  readonly timeout: number;
  readonly mask: SecretMask;
}

/** Reply codes for missing or failed authentication (RFC 4954, 6): the settings are wrong, not the mail. */
const loginCodes = [530, 534, 535, 538];

/** Faults of the sender's settings or of this service; the server works. */
const senderFaults: readonly Fault[] = ['login', 'stopped'];

/** Maps an error during sending to an outcome. */
export function outcomeOfError(error: unknown, attempt: SendContext): Failure {
  if (error instanceof SessionError) return outcomeOfSessionError(error, attempt);
  const failure = error as NodemailerError;
  const reply = failure.response === undefined ? undefined : parseReply(attempt.mask.redact(failure.response));
  if (reply !== undefined) return outcomeOfReply(reply, failure.command ?? attempt.lastCommand, attempt);
  const { server, lastCommand, timeout } = attempt;
  const after = lastCommand === '' ? '' : ` after ${lastCommand}`;
  const caveat = lastCommand === endOfMessage ? acceptedAnyway : '';
  switch (failure.code) {
    case 'ETIMEDOUT':
      return deferred(`${server} did not answer within ${timeout} s${after}.${caveat}`, true, attempt);
    case 'ECONNECTION':
    case 'ESOCKET':
    case 'ETLS':
    case 'EPROTOCOL':
      return deferred(`The connection to ${server} was lost${after}.${caveat}`, true, attempt);
    case 'EENVELOPE':
    case 'EMESSAGE':
      if (failure.response !== undefined) return malformedReply(attempt);
      return {
        kind: 'refused',
        reason: `The mail cannot be sent: ${redactMessage(failure.message, attempt)}`,
        ...connectionDetails(attempt),
      };
    default:
      return deferred(`Internal error: ${redactMessage(failure.message, attempt)}`, false, attempt);
  }
}

/** Returns the outcome of a reply without a reply code. */
export function malformedReply(attempt: SendContext): Failure {
  const { server, lastCommand } = attempt;
  const caveat = lastCommand === endOfMessage ? acceptedAnyway : '';
  return deferred(`${server} sent no valid SMTP reply after ${lastCommand}.${caveat}`, false, attempt);
}

const acceptedAnyway = ' It may have accepted the mail anyway.';

function outcomeOfSessionError(error: SessionError, attempt: SendContext): Failure {
  return deferred(error.describe(), !senderFaults.includes(error.fault), attempt, error.reply);
}

/** Maps a negative reply to an outcome. @param command that it replies to, such as `MAIL FROM` */
export function outcomeOfReply(reply: Reply, command: string, attempt: SendContext): Failure {
  const { server, tls, tlsFailure } = attempt;
  if (demandsTls(reply) && (tls ?? null) === null) {
    const why =
      tlsFailure === undefined
        ? 'but does not offer STARTTLS. Set use_ssl and the port for implicit TLS, usually 465.'
        : `which failed: ${tlsFailure.describe()}`;
    return deferred(`${server} requires TLS, ${why}`, false, attempt, reply);
  }
  if (loginCodes.includes(reply.code)) {
    const reason = `${server} requires authentication: set or check user name and password.`;
    return deferred(reason, false, attempt, reply);
  }
  const what = rejectedParts.get(command);
  // Not a reply to a command, so it says nothing about the mail.
  if (what === undefined) return deferred(`${server} ended the session.`, true, attempt, reply);
  // 503 (bad sequence) is about the session, not the mail: another session may succeed.
  if (reply.code >= 500 && reply.code !== 503) {
    return {
      kind: 'refused',
      reason: `${server} rejects ${what}.`,
      ...replyDetails(reply),
      ...connectionDetails(attempt),
    };
  }
  // 421 announces shutdown in reply to any command (RFC 5321, 3.8).
  return deferred(`${server} temporarily rejects ${what}.`, reply.code === 421, attempt, reply);
}

/** The rejected part of a mail by command. */
const rejectedParts = new Map([
  ['MAIL FROM', 'the sender'],
  ['RCPT TO', 'the recipient'],
  ['DATA', 'the mail'],
]);

function deferred(reason: string, unreachable: boolean, attempt: SendContext, reply?: Reply): Failure {
  const isDoubtful = reply === undefined && attempt.lastCommand === endOfMessage;
  return {
    kind: 'deferred',
    reason,
    unreachable,
    ...(isDoubtful && { isDoubtful }),
    ...(reply && replyDetails(reply)),
    ...connectionDetails(attempt),
  };
}

function replyDetails(reply: Reply): { code: number; reply: string } {
  return { code: reply.code, reply: replyText(reply) };
}

function connectionDetails({ server, tls }: SendContext): { server: string; tls?: string | null } {
  return { server, ...(tls !== undefined && { tls }) };
}

function redactMessage(message: string, { mask }: SendContext): string {
  return sanitize(mask.redact(message));
}
