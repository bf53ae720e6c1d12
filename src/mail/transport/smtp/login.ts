import { truncated } from '../../../syntax/truncated.js';
import type { OAuthSettings } from '../oauth/oauth-settings.js';
import { demandsTls, quoteReply, type Reply, replyText } from './reply.js';
import { SessionError } from './session-error.js';
import { hostAndPort, implicitTls, type SmtpSettings, startTls } from './smtp-settings.js';

/** Mechanisms that nodemailer knows, in order of preference (RFC 4616, draft-murchison-sasl-login, RFC 2195). */
const mechanisms = ['PLAIN', 'LOGIN', 'CRAM-MD5'] as const;

/**
 * Authenticates with the first mechanism that both sides support (RFC 4954), and returns the mechanism. The next one is
 * tried if the server answers that it does not know a mechanism (504).
 *
 * A server that does not offer authentication is never sent the password, since most such servers require TLS first.
 * The mail is not sent unauthenticated either.
 *
 * @param offered mechanisms in upper case
 * @param login logs in with one mechanism
 * @param describe returns the `SessionError` of an error that `login` throws
 * @throws SessionError
 */
export async function authenticate(
  settings: SmtpSettings,
  offered: readonly string[],
  login: (mechanism: string) => Promise<void>,
  describe: (error: unknown) => SessionError,
): Promise<string> {
  const server = hostAndPort(settings);
  // No mechanism supports empty passwords (RFC 4616, 2).
  if (settings.password === '') {
    throw new SessionError('login', `A user name is set for ${server}, but no password.`, {
      advice: 'Set the password (a change of host, port, user name or TLS clears it), or leave the user name empty.',
    });
  }
  const known = mechanisms.filter((mechanism) => offered.includes(mechanism));
  let failure = mechanismNotOffered(offered, server);
  for (const mechanism of known) {
    try {
      await login(mechanism);
      return mechanism;
    } catch (error) {
      failure = describe(error);
      // Some servers offer mechanisms that they do not support.
      if (failure.reply?.code !== 504) break;
    }
  }
  throw failure;
}

/** Returns the error of a server that refuses a login. */
export function loginError(reply: Reply, server: string, oauth: OAuthSettings | undefined): SessionError {
  if (demandsTls(reply)) {
    return new SessionError('login', `${server} requires TLS for the authentication: ${quoteReply(reply)}.`, {
      advice: `Set ${startTls} or ${implicitTls}.`,
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
    advice: oauth === undefined ? passwordAdvice : tokenAdvice(oauth, reply),
    reply,
  });
}

const passwordAdvice =
  'Check user name and password. Some providers require an app password, or SMTP access to be enabled for the account.';

function tokenAdvice({ provider, clientId }: OAuthSettings, reply: Reply): string {
  if (provider !== 'microsoft') return 'Check that the user name is the mailbox that the token is for, and the scope.';
  // https://learn.microsoft.com/en-us/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission
  if (/SmtpClientAuthentication is disabled/i.test(replyText(reply))) {
    return 'Enable SMTP AUTH for the mailbox: Set-CASMailbox -SmtpClientAuthenticationDisabled $false.';
  }
  return (
    `Give the application ${clientId} the permission SMTP.SendAsApp with the consent of an administrator, and in Exchange ` +
    'Online a service principal with full access to the mailbox.'
  );
}

/** Returns the error of a server without a mechanism that can be used. */
export function mechanismNotOffered(offered: readonly string[], server: string): SessionError {
  return new SessionError(
    'login',
    offered.length === 0
      ? `${server} does not offer authentication, but a user name is set.`
      : `${server} offers no supported authentication mechanism, only ${truncated(offered.join(', '), 100)}.`,
    {
      advice: `Many servers offer authentication only over TLS: set ${startTls} or ${implicitTls}. Or leave the user name empty.`,
    },
  );
}
