import { once } from 'node:events';

import type { DatabaseClock } from '../../../database/database-clock.js';
import {
  RequestFailedError,
  type OutgoingResponse,
  type RequestRoute,
  sendRequest,
} from '../../../outgoing/http-request.js';
import { jsonOf, textOf } from '../../../outgoing/json-response.js';
import { redacted } from '../secret-mask.js';
import type { OAuthSettings } from './oauth-settings.js';
import { TokenError, tokenErrorOf } from './token-error.js';
import { tokenRequest } from './token-request.js';

/** An access token, in memory only. */
interface Token {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** From then on, the next token is fetched while this one still works. */
  readonly outdated: number;
}

/** Milliseconds for which a failure is remembered, so that not every mail asks a server that refuses. */
const failureMs = 5_000;

/** Milliseconds after a replacement in which a rejected token is not replaced again. */
const replacementMs = 60_000;

/** Milliseconds before the end of a token at which it is replaced, if it lives longer than five times that. */
const marginMs = 5 * 60_000;

/** Seconds that a token lives if its server does not say so. */
const usualLifetime = 3600;

/** Limit of one request for a token. */
const timeoutMs = 20_000;

/** Obtains the tokens of one account. Places that need one at the same time share a request. */
export class TokenSource {
  private token: Token | undefined;
  private fetching: Promise<Token> | undefined;
  private failure: { readonly error: TokenError; readonly until: number } | undefined;
  private replacedAt = -Infinity;
  /** A server may replace it with each token (RFC 6749, 6). */
  private refreshToken: string;

  /**
   * @param stopping aborts requests; its reason is an `Error` for administrators
   * @param route of requests
   */
  constructor(
    private readonly settings: OAuthSettings,
    private readonly clock: DatabaseClock,
    private readonly stopping: AbortSignal,
    private readonly route: RequestRoute = {},
  ) {
    this.refreshToken = settings.refreshToken;
  }

  /** What it does, for the steps of a check. */
  get description(): string {
    return `${new URL(this.settings.tokenUrl).host} gives a token.`;
  }

  /**
   * Returns a token that is valid for a while.
   *
   * @param signal ends the wait; its reason is the error to throw. Others still get the token.
   * @throws TokenError
   */
  async get(signal: AbortSignal): Promise<string> {
    return (await this.waitFor(() => this.current(), signal)).value;
  }

  /**
   * Returns a token in the place of one that a server has rejected; the same one if it was just replaced.
   *
   * @param signal as for `get`
   * @throws TokenError
   */
  async replace(rejected: string, signal: AbortSignal): Promise<string> {
    const now = this.clock.now();
    if (this.token?.value === rejected && this.fetching === undefined) {
      if (now < this.replacedAt + replacementMs) return rejected;
      this.replacedAt = now;
      this.token = undefined;
    }
    return this.get(signal);
  }

  private async current(): Promise<Token> {
    const { token } = this;
    const now = this.clock.now();
    if (token !== undefined && now < token.outdated) return token;
    try {
      return await this.fetchOnce(now);
    } catch (error) {
      if (token !== undefined && now < token.expires) return token;
      throw error;
    }
  }

  private fetchOnce(now: number): Promise<Token> {
    if (this.fetching !== undefined) return this.fetching;
    if (this.failure !== undefined && now < this.failure.until) return Promise.reject(this.failure.error);
    this.fetching = this.fetch()
      .then(
        (token) => (this.token = token),
        (error: unknown) => {
          if (error instanceof TokenError) this.failure = { error, until: this.clock.now() + failureMs };
          throw error;
        },
      )
      .finally(() => (this.fetching = undefined));
    return this.fetching;
  }

  private async fetch(): Promise<Token> {
    const { settings, clock } = this;
    const url = new URL(settings.tokenUrl);
    const asked = clock.now();
    const body = this.body(asked);
    const response = await this.send(url, body);
    const answer = jsonOf(response);
    const value = textOf(answer['access_token']);
    if (response.status !== 200 || value === '') {
      throw tokenErrorOf(response, url.host, (text) => this.redact(text, body));
    }
    // Anything else could end the line of a command or a header (RFC 6750, 2.1).
    if (!/^[\x21-\x7e]+$/.test(value)) throw new TokenError(`${url.host} gave a token with invalid characters.`, '');
    this.refreshToken = textOf(answer['refresh_token']) || this.refreshToken;
    const seconds = Number(answer['expires_in']);
    const lifetime = (seconds > 0 ? seconds : usualLifetime) * 1000;
    return { value, expires: asked + lifetime, outdated: asked + lifetime - Math.min(marginMs, lifetime / 5) };
  }

  private body(now: number): URLSearchParams {
    try {
      return tokenRequest(this.settings, this.refreshToken, now);
    } catch (error) {
      throw new TokenError(`EMAIL_URL ${(error as Error).message}.`, '', error);
    }
  }

  private async send(url: URL, body: URLSearchParams): Promise<OutgoingResponse> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    try {
      const request = { method: 'POST', url, headers, body: body.toString() } as const;
      return await sendRequest(request, { timeoutMs, signal: this.stopping, ...this.route });
    } catch (error) {
      if (!(error instanceof RequestFailedError)) throw error;
      throw new TokenError(`No token could be obtained. ${error.message}`, '', error);
    }
  }

  /** Removes what was sent from a text: some servers repeat it. */
  private redact(text: string, body: URLSearchParams): string {
    const secrets = ['client_secret', 'refresh_token', 'assertion', 'client_assertion'].flatMap((name) =>
      body.getAll(name),
    );
    return secrets.reduce((result, secret) => result.replaceAll(secret, redacted), text);
  }

  private async waitFor<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const done = new AbortController();
    const aborted = once(signal, 'abort', { signal: done.signal }).then(
      () => Promise.reject(signal.reason as Error),
      () => new Promise<never>(() => undefined),
    );
    return Promise.race([work(), aborted]).finally(() => done.abort());
  }
}
