import { createHmac } from 'node:crypto';

import type { Dialogue } from './dialogue.js';
import { cited, type Reply, textOf } from './reply.js';
import { base64 } from './secret-mask.js';
import { SessionError } from './session-error.js';
import type { SmtpSettings } from './smtp-settings.js';

/** Ways to log in, in order of preference (RFC 4616, draft-murchison-sasl-login, RFC 2195). */
const mechanisms = ['PLAIN', 'LOGIN', 'CRAM-MD5'] as const;

/**
 * Logs in, with the first mechanism that both sides know.
 *
 * A server that offers no login is not sent the password: mostly it wants TLS first. The mail is not sent without the
 * login either, because then it is not known whose it is.
 *
 * @param offered mechanisms in capitals
 * @throws SessionError
 */
export async function logIn(
  dialogue: Dialogue,
  { username, password }: SmtpSettings,
  offered: readonly string[],
  server: string,
): Promise<string> {
  // No mechanism has empty passwords (RFC 4616, 2).
  if (password === '') {
    throw new SessionError('login', `A user name is set for ${server}, but no password.`, {
      advice: 'Set the password; a change of host, port, user name or TLS removes it. Or leave the user name empty.',
    });
  }
  const mechanism = mechanisms.find((known) => offered.includes(known));
  if (mechanism === undefined) {
    throw new SessionError(
      'login',
      offered.length === 0
        ? `${server} offers no login, but a user name is set.`
        : `${server} offers no login that is supported here, only ${offered.join(', ').slice(0, 100)}.`,
      { advice: 'Many servers offer a login with TLS only: set use_tls or use_ssl. Or leave the user name empty.' },
    );
  }
  const reply = await say(dialogue, mechanism, username, password);
  if (reply.code >= 200 && reply.code < 300) return mechanism;
  if (reply.code < 500) {
    const fault = reply.code === 421 ? 'busy' : 'login';
    throw new SessionError(fault, `${server} cannot check the login now: ${cited(reply)}.`, { reply });
  }
  throw new SessionError('login', `${server} refuses the login: ${cited(reply)}.`, {
    advice: 'Check user name and password. Some providers want an app password, or SMTP to be allowed for the account.',
    reply,
  });
}

async function say(dialogue: Dialogue, mechanism: string, username: string, password: string): Promise<Reply> {
  if (mechanism === 'PLAIN') {
    const response = base64(`\0${username}\0${password}`);
    const reply = await dialogue.secretCommand('AUTH PLAIN ', response);
    // A server that does not take the response along with the command asks for it.
    return reply.code === 334 ? dialogue.secretCommand('', response) : reply;
  }
  const first = await dialogue.command(`AUTH ${mechanism}`);
  if (first.code !== 334) return first;
  if (mechanism === 'LOGIN') {
    const second = await dialogue.command(base64(username));
    return second.code === 334 ? dialogue.secretCommand('', base64(password)) : second;
  }
  const challenge = Buffer.from(textOf(first), 'base64');
  const digest = createHmac('md5', password).update(challenge).digest('hex');
  return dialogue.secretCommand('', base64(`${username} ${digest}`));
}
