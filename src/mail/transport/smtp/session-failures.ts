import type { PeerCertificate } from 'node:tls';

import type { SecretMask } from '../secret-mask.js';
import { loginError } from './login.js';
import { parseReply, quoteReply, type Reply } from './reply.js';
import { SessionError } from './session-error.js';
import { hostAndPort, implicitTls, type SmtpSettings, startTls } from './smtp-settings.js';
import { tlsError } from './tls-error.js';

/** What is known when a session fails. */
export interface OpeningContext {
  readonly settings: SmtpSettings;
  /** Client name in EHLO. */
  readonly clientName: string;
  /** Whether the server has accepted EHLO or HELO. */
  readonly speaksSmtp: boolean;
  /** The latest command, such as `EHLO`; empty before the first one. */
  readonly lastCommand: string;
  readonly mask: SecretMask;
}

/** Error of nodemailer. */
interface ConnectionError extends Error {
  readonly code?: string;
  /** The code that nodemailer has replaced. */
  readonly originalCode?: string;
  readonly timeoutType?: string;
  readonly response?: string;
  readonly cert?: PeerCertificate;
}

/** Returns the error of a session that nodemailer could not open, for administrators. */
export function sessionErrorOf(error: unknown, context: OpeningContext): SessionError {
  if (error instanceof SessionError) return error;
  const server = hostAndPort(context.settings);
  const failure = error as ConnectionError;
  if (failure.response !== undefined) return errorOfReply(failure.response, server, context, failure);
  switch (failure.code) {
    case 'ETIMEDOUT':
      return timeoutError(failure, server, context);
    case 'EUNSOLICITED':
      return new SessionError('protocol', `${server} sent unsolicited data; this may be a man-in-the-middle attack.`);
    case 'ENOTLS':
      return startTlsNotOffered(server);
    case 'EPROTOCOL':
      return new SessionError('protocol', `${server} does not speak SMTP.`, { advice: 'Check host and port.' });
    default:
      return isTlsFailure(failure, context) ? tlsError(failure, server) : connectionLost(failure, server);
  }
}

/** Returns the error for a login that would send the password or token in clear. */
export function insecureLogin(settings: SmtpSettings, tlsFailure: SessionError | undefined): SessionError {
  const why = tlsFailure === undefined ? '' : ` TLS failed: ${tlsFailure.describe()}`;
  const secret = settings.oauth === undefined ? 'password' : 'token';
  return new SessionError(
    'login',
    `The connection to ${hostAndPort(settings)} has no TLS, so the ${secret} was not sent.${why}`,
    {
      advice:
        `Set ${startTls} or ${implicitTls}. If the server does not support TLS and the network is trusted, ` +
        'set EMAIL_ALLOW_CLEAR_LOGIN=true for the service, or leave the user name empty.',
    },
  );
}

function errorOfReply(text: string, server: string, context: OpeningContext, cause: Error): SessionError {
  const { lastCommand, speaksSmtp, mask } = context;
  const reply = parseReply(mask.redact(text));
  // The data is not quoted: a stage's host may be any service of the internal network (CWE-918).
  if (reply === undefined) {
    return new SessionError('protocol', `${server} does not speak SMTP.`, { advice: 'Check host and port.', cause });
  }
  if (lastCommand.startsWith('AUTH')) return loginError(reply, server, context.settings.oauth);
  if (lastCommand === 'STARTTLS') {
    return new SessionError('tls', `${server} rejects STARTTLS: ${quoteReply(reply)}.`, { reply });
  }
  if (lastCommand === '') {
    return new SessionError('busy', `${server} declines service (code ${reply.code}).`, {
      ...(reply.code >= 500 && { advice: 'Ask its administrators; the IP address of this machine may be blocked.' }),
      reply: withoutText(reply),
    });
  }
  if (speaksSmtp) return new SessionError('busy', `${server} rejects EHLO: ${quoteReply(reply)}.`, { reply });
  return new SessionError('busy', `${server} does not accept EHLO (code ${reply.code}).`, {
    ...(reply.code >= 500 && {
      advice: `Check host and port. This service says that it is ${context.clientName}; set EMAIL_HELO if the server wants another name.`,
    }),
    reply: withoutText(reply),
  });
}

function timeoutError({ timeoutType }: ConnectionError, server: string, context: OpeningContext): SessionError {
  const { settings, lastCommand } = context;
  const { timeout, useSsl } = settings;
  if (timeoutType === 'UPGRADE_TIMEOUT') {
    return new SessionError('tls', `${server} did not finish the TLS handshake within ${timeout} s.`, {
      advice: 'Check that the port expects TLS.',
    });
  }
  const what = lastCommand === '' ? 'greeting' : lastCommand;
  return new SessionError('time', `${server} did not answer within ${timeout} s (${what}).`, {
    ...(lastCommand === '' &&
      !useSsl && {
        advice: `A server with implicit TLS, usually on port 465, stays silent: in that case set ${implicitTls}.`,
      }),
  });
}

/** Whether the connection failed in the TLS handshake. */
function isTlsFailure({ code, originalCode }: ConnectionError, { settings, lastCommand }: OpeningContext): boolean {
  if (code === 'ETLS') return true;
  const isHandshake = settings.useSsl ? lastCommand === '' : lastCommand === 'STARTTLS';
  return isHandshake && code === 'ESOCKET' && originalCode !== undefined;
}

function connectionLost({ originalCode, cause }: ConnectionError, server: string): SessionError {
  if (originalCode === undefined) return new SessionError('connection', `${server} closed the connection.`, { cause });
  return new SessionError('connection', `The connection to ${server} was lost (${originalCode}).`, { cause });
}

/** A reply without its text: the server may be any service of the internal network (CWE-918). */
function withoutText({ code }: Reply): Reply {
  return { code, lines: [] };
}

function startTlsNotOffered(server: string): SessionError {
  return new SessionError('tls', `${server} does not offer STARTTLS, so nothing was sent.`, {
    advice:
      `If it uses implicit TLS (usually on port 465), set ${implicitTls} instead of ${startTls}. ` +
      'If it offered STARTTLS before, a man in the middle may have removed it.',
  });
}
