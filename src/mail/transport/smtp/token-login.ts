import { TokenError } from '../oauth/token-error.js';
import type { TokenSource } from '../oauth/token-source.js';
import { base64, type SecretMask } from '../secret-mask.js';
import { mechanismNotOffered } from './login.js';
import { SessionError } from './session-error.js';
import { hostAndPort, type SmtpSettings } from './smtp-settings.js';

/** What nodemailer asks for a token. */
interface NodemailerTokens {
  getToken(isRejected: boolean, done: (error: Error | null, token?: string) => void): void;
  buildXOAuth2Token(token: string): string;
}

/** What a login with a token needs of its session. */
export interface TokenLoginOptions {
  readonly tokens: TokenSource;
  /** Mechanisms in upper case. */
  readonly offered: readonly string[];
  readonly mask: SecretMask;
  readonly signal: AbortSignal;
  readonly login: (oauth2: NodemailerTokens) => Promise<void>;
  /** Returns the error of a failed login. */
  readonly describe: (error: unknown) => SessionError;
}

/** Returns a token for a session that is about to be opened. @throws SessionError */
export async function tokenFor(tokens: TokenSource, signal: AbortSignal): Promise<string> {
  try {
    return await tokens.get(signal);
  } catch (error) {
    throw error instanceof TokenError ? loginErrorOf(error) : error;
  }
}

/**
 * Authenticates with a token, and returns the mechanism. A token that the server rejects is replaced, once.
 *
 * The mechanism is XOAUTH2 (https://developers.google.com/workspace/gmail/imap/xoauth2-protocol), which Google and Microsoft
 * offer; nodemailer does not know OAUTHBEARER (RFC 7628).
 *
 * @throws SessionError
 */
export async function authenticateWithToken(settings: SmtpSettings, options: TokenLoginOptions): Promise<string> {
  const { offered, tokens, signal } = options;
  if (!offered.includes(mechanism)) throw mechanismNotOffered(offered, hostAndPort(settings));
  const login = new TokenLogin(settings.username, await tokenFor(tokens, signal), options);
  await login.run();
  return mechanism;
}

const mechanism = 'XOAUTH2';

/** One login, with a token and perhaps a second one. */
class TokenLogin implements NodemailerTokens {
  private isReplaced = false;

  constructor(
    private readonly username: string,
    private token: string,
    private readonly options: TokenLoginOptions,
  ) {
    options.mask.add(token);
  }

  async run(): Promise<void> {
    const { token } = this;
    const failure = await this.attempt();
    // Microsoft rejects a token at once, Google after a challenge, at which nodemailer asks for another one.
    const isRejected = failure?.reply?.code === 535 && !this.isReplaced;
    if (failure !== undefined && (!isRejected || (await this.replace()) === token)) throw failure;
    const second = failure && (await this.attempt());
    if (second !== undefined) throw second;
  }

  getToken(isRejected: boolean, done: (error: Error | null, token?: string) => void): void {
    (isRejected ? this.replace() : Promise.resolve(this.token)).then((token) => done(null, token), done);
  }

  buildXOAuth2Token(token: string): string {
    return base64(`user=${this.username}\x01auth=Bearer ${token}\x01\x01`);
  }

  private async attempt(): Promise<SessionError | undefined> {
    try {
      await this.options.login(this);
      return undefined;
    } catch (error) {
      return this.options.describe(error);
    }
  }

  private async replace(): Promise<string> {
    const { tokens, signal, mask } = this.options;
    this.isReplaced = true;
    try {
      this.token = await tokens.replace(this.token, signal);
    } catch (error) {
      throw error instanceof TokenError ? loginErrorOf(error) : error;
    }
    mask.add(this.token);
    return this.token;
  }
}

function loginErrorOf({ message, advice, isUnreachable }: TokenError): SessionError {
  return new SessionError(isUnreachable ? 'connection' : 'login', message, { advice });
}
