import type { CookieSerializeOptions } from '@fastify/cookie';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { SecretBox } from '../../database/secret-box.js';
import { isSameSecret } from '../../rest/access/same-secret.js';
import { AppError } from '../../rest/errors/app-error.js';
import { hostCookieName } from '../../rest/http/host-cookie.js';
import { knownFor } from './known-browsers.js';

/**
 * Without a prefix also under https: scripts of clients read it by this name. It proves nothing without its session.
 */
const csrfCookie = 'authentik_csrf';
const csrfHeader = 'x-authentik-csrf';

/** A session's key that its visitor does not have yet. */
export interface IssuedSession {
  readonly key: string;
  /** How long the browser keeps it; undefined: until it is closed. */
  readonly seconds: number | undefined;
  /** What the browser is known by after a sign-in (`KnownBrowsers`). */
  readonly browser?: string;
}

/**
 * The two cookies of a session: its key, which no script sees, and a token for scripts, which they send back to show
 * that a page of ours made the request (management API, section 8.1). A third one names the browser after a sign-in; it
 * outlives the session.
 */
@Injectable()
export class SessionCookies {
  private readonly attributes: CookieSerializeOptions;
  private readonly sessionCookie: string;
  private readonly browserCookie: string;

  constructor(
    @Inject(SETTINGS) settings: Settings,
    private readonly secrets: SecretBox,
  ) {
    // Lax: a stranger's page can lead here, as the link in a mail does, but never post in the visitor's name.
    this.attributes = { path: '/', sameSite: 'lax', secure: publicUrl(settings).startsWith('https:') };
    this.sessionCookie = hostCookieName('authentik_session', settings);
    this.browserCookie = hostCookieName('authentik_browser', settings);
  }

  /** The key of the visitor's session, if the request names one. */
  keyOf(request: FastifyRequest): string | undefined {
    const key = request.cookies[this.sessionCookie];
    return key === '' ? undefined : key;
  }

  /** What the browser is known by (`KnownBrowsers`), if it has signed in before. */
  browserOf(request: FastifyRequest): string | undefined {
    return request.cookies[this.browserCookie];
  }

  /** What the request says to show that a page of ours made it. */
  csrfOf({ headers }: FastifyRequest): string | undefined {
    return [headers[csrfHeader]].flat()[0];
  }

  send(reply: FastifyReply, { key, seconds, browser }: IssuedSession): void {
    const attributes = { ...this.attributes, ...(seconds !== undefined && { maxAge: seconds }) };
    void reply.setCookie(this.sessionCookie, key, { ...attributes, httpOnly: true });
    void reply.setCookie(csrfCookie, this.csrfToken(key), attributes);
    if (browser !== undefined) {
      void reply.setCookie(this.browserCookie, browser, { ...this.attributes, httpOnly: true, maxAge: knownFor });
    }
  }

  /** Makes the browser forget the session. */
  clear(reply: FastifyReply): void {
    for (const name of [this.sessionCookie, csrfCookie]) void reply.clearCookie(name, this.attributes);
  }

  /** The token of the session with this key; it says nothing of the key. */
  csrfToken(key: string): string {
    return this.secrets.identifier(`csrf:${key}`);
  }

  /**
   * @param given what the request holds
   * @throws AppError `csrfFailed` if it does not hold the token of the session
   */
  checkCsrf(key: string, given: string | undefined): void {
    if (given === undefined || given === '') throw new AppError('csrfFailed', 'CSRF token missing.');
    if (!isSameSecret(this.csrfToken(key), given)) {
      throw new AppError('csrfFailed', "CSRF token from the 'X-Authentik-Csrf' HTTP header incorrect.");
    }
  }
}
