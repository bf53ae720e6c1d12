import type { CookieSerializeOptions } from '@fastify/cookie';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { SecretBox } from '../../database/secret-box.js';
import { AppError } from '../../rest/errors/app-error.js';
import { hostCookieName } from '../../rest/http/host-cookie.js';
import { knownBrowserTtl } from './known-browsers.js';

/** Has no `__Host-` prefix even with https, because client scripts read it by this name. Useless without its session. */
const csrfCookie = 'authentik_csrf';
const csrfHeader = 'x-authentik-csrf';

/** A new session key to send to the browser. */
export interface IssuedSession {
  readonly key: string;
  /** Lifetime of the cookie; undefined: until the browser is closed. */
  readonly seconds: number | undefined;
  /** Value of the known-browser cookie after a sign-in (`KnownBrowsers`). */
  readonly browser?: string;
}

/**
 * Reads and writes the cookies of a session: the HttpOnly session key and the CSRF token, which scripts send back in a
 * header (management API, section 8.1). The known-browser cookie of a sign-in outlives the session.
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
    // Lax: cross-site links, such as those in mails, send the cookies; cross-site POSTs do not.
    this.attributes = { path: '/', sameSite: 'lax', secure: publicUrl(settings).startsWith('https:') };
    this.sessionCookie = hostCookieName('authentik_session', settings);
    this.browserCookie = hostCookieName('authentik_browser', settings);
  }

  /** Returns the session key of the request, if any. */
  keyOf(request: FastifyRequest): string | undefined {
    const key = request.cookies[this.sessionCookie];
    return key === '' ? undefined : key;
  }

  /** Returns the known-browser cookie (`KnownBrowsers`), if any. */
  browserOf(request: FastifyRequest): string | undefined {
    return request.cookies[this.browserCookie];
  }

  /** Returns the CSRF token in the header of the request, if any. */
  csrfOf({ headers }: FastifyRequest): string | undefined {
    return [headers[csrfHeader]].flat()[0];
  }

  send(reply: FastifyReply, { key, seconds, browser }: IssuedSession): void {
    const attributes = { ...this.attributes, ...(seconds !== undefined && { maxAge: seconds }) };
    void reply.setCookie(this.sessionCookie, key, { ...attributes, httpOnly: true });
    void reply.setCookie(csrfCookie, this.csrfToken(key), attributes);
    if (browser !== undefined) {
      void reply.setCookie(this.browserCookie, browser, {
        ...this.attributes,
        httpOnly: true,
        maxAge: knownBrowserTtl,
      });
    }
  }

  /** Clears the session cookies. */
  clear(reply: FastifyReply): void {
    for (const name of [this.sessionCookie, csrfCookie]) void reply.clearCookie(name, this.attributes);
  }

  /** Returns the CSRF token of a session; it does not reveal the session key. */
  csrfToken(key: string): string {
    return this.secrets.identifier(csrfValue(key));
  }

  /**
   * @param given CSRF token of the request
   * @throws AppError `csrfFailed` unless it is the token of the session
   */
  checkCsrf(key: string, given: string | undefined): void {
    if (given === undefined || given === '') throw new AppError('csrfFailed', 'CSRF token missing.');
    if (!this.secrets.identifies(csrfValue(key), given)) {
      throw new AppError('csrfFailed', "CSRF token from the 'X-Authentik-Csrf' HTTP header incorrect.");
    }
  }
}

function csrfValue(key: string): string {
  return `csrf:${key}`;
}
