import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

import type { SessionCookies } from '../core/sessions/session-cookies.js';

/** Data about the client in a request, before any lookup. */
export interface Visit {
  /** Key from the session cookie; undefined without one. */
  readonly sessionKey: string | undefined;
  /** CSRF token of the request. */
  readonly csrf: string | undefined;
  readonly clientIp: string;
  /** Cookie of earlier sign-ins (`KnownBrowsers`); untrusted. */
  readonly browser: string | undefined;
  /** `User-Agent` of the request; empty without one. */
  readonly userAgent: string;
  /** BCP 47, best first. */
  readonly languages: readonly string[];
  readonly requestId: string;
}

export function visitOf(request: FastifyRequest, cookies: SessionCookies): Visit {
  return {
    ...anonymousVisitOf(request),
    sessionKey: cookies.keyOf(request),
    csrf: cookies.csrfOf(request),
    browser: cookies.browserOf(request),
  };
}

/** Returns the visit without the data of cookies, which are not parsed for an undecodable path. */
export function anonymousVisitOf({ headers, ip, id }: FastifyRequest): Visit {
  const { 'accept-language': accepted, 'user-agent': userAgent = '' } = headers;
  const languages = new Negotiator({ headers: accepted === undefined ? {} : { 'accept-language': accepted } });
  return {
    sessionKey: undefined,
    csrf: undefined,
    clientIp: ip,
    browser: undefined,
    userAgent,
    languages: languages.languages().filter((language) => language !== '*'),
    requestId: id,
  };
}
