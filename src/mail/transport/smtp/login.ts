import { createHmac } from 'node:crypto';

import { base64 } from '../secret-mask.js';
import type { Dialogue } from './dialogue.js';
import { demandsTls, quoteReply, type Reply, replyText } from './reply.js';
import { SessionError } from './session-error.js';
import type { SmtpSettings } from './smtp-settings.js';

/** Supported SASL mechanisms in order of preference (RFC 4616, draft-murchison-sasl-login, RFC 2195). */
const mechanisms = ['PLAIN', 'LOGIN', 'CRAM-MD5'] as const;

/**
 * Authenticates with the first mechanism that both sides support (RFC 4954), and returns the mechanism. The next one is
 * tried if the server answers that it does not know a mechanism (504).
 *
 * A server that does not offer authentication is never sent the password, since most such servers require TLS first.
 * The mail is not sent unauthenticated either.
 *
 * @param offered mechanisms in upper case
 * @throws SessionError
 */
export async function authenticate(
  dialogue: Dialogue,
  { username, password }: SmtpSettings,
  offered: readonly string[],
  server: string,
): Promise<string> {
  // No mechanism supports empty passwords (RFC 4616, 2).
  if (password === '') {
    throw new SessionError('login', `A user name is set for ${server}, but no password.`, {
      advice: 'Set the password (a change of host, port, user name or TLS clears it), or leave the user name empty.',
    });
  }
  const [first, ...others] = mechanisms.filter((known) => offered.includes(known));
  if (first === undefined) {
    throw new SessionError(
      'login',
      offered.length === 0
        ? `${server} does not offer authentication, but a user name is set.`
        : `${server} offers no supported authentication mechanism, only ${offered.join(', ').slice(0, 100)}.`,
      {
        advice:
          'Many servers offer authentication only over TLS: set use_tls or use_ssl. Or leave the user name empty.',
      },
    );
  }
  let mechanism: string = first;
  let reply = await runMechanism(dialogue, first, username, password);
  for (const other of others) {
    // Some servers offer mechanisms that they do not support.
    if (reply.code !== 504) break;
    mechanism = other;
    reply = await runMechanism(dialogue, other, username, password);
  }
  if (reply.code >= 200 && reply.code < 300) return mechanism;
  throw loginError(reply, server);
}

function loginError(reply: Reply, server: string): SessionError {
  if (demandsTls(reply)) {
    return new SessionError('login', `${server} requires TLS for the authentication: ${quoteReply(reply)}.`, {
      advice: 'Set use_tls or use_ssl.',
      reply,
    });
  }
  if (reply.code < 500) {
    const fault = reply.code === 421 ? 'busy' : 'login';
    return new SessionError(fault, `${server} temporarily rejects the authentication: ${quoteReply(reply)}.`, {
      reply,
    });
  }
  return new SessionError('login', `${server} rejects the authentication: ${quoteReply(reply)}.`, {
    advice:
      'Check user name and password. Some providers require an app password, or SMTP access to be enabled for the account.',
    reply,
  });
}

async function runMechanism(dialogue: Dialogue, mechanism: string, username: string, password: string): Promise<Reply> {
  if (mechanism === 'PLAIN') {
    const response = base64(`\0${username}\0${password}`);
    const reply = await dialogue.secretCommand('AUTH PLAIN ', response);
    // A server without support for initial responses asks for the response.
    return reply.code === 334 ? dialogue.secretCommand('', response) : reply;
  }
  const first = await dialogue.command(`AUTH ${mechanism}`);
  if (first.code !== 334) return first;
  if (mechanism === 'LOGIN') {
    const second = await dialogue.command(base64(username));
    return second.code === 334 ? dialogue.secretCommand('', base64(password)) : second;
  }
  const challenge = Buffer.from(replyText(first), 'base64');
  const digest = createHmac('md5', password).update(challenge).digest('hex');
  return dialogue.secretCommand('', base64(`${username} ${digest}`));
}
