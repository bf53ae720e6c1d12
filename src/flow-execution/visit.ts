import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

import type { SessionCookies } from '../core/sessions/session-cookies.js';

/** What a request tells of who makes it, before anything is looked up. */
export interface Visit {
  /** Of the session; undefined if the request names none. */
  readonly sessionKey: string | undefined;
  /** What shows that a page of ours made the request. */
  readonly csrf: string | undefined;
  readonly clientIp: string;
  /** What the browser is known by since an earlier sign-in; may be anything. */
  readonly browser: string | undefined;
  /** BCP 47, best first. */
  readonly languages: readonly string[];
  readonly requestId: string;
}

export function visitOf(request: FastifyRequest, cookies: SessionCookies): Visit {
  const { 'accept-language': accepted } = request.headers;
  const languages = new Negotiator({ headers: accepted === undefined ? {} : { 'accept-language': accepted } });
  return {
    sessionKey: cookies.keyOf(request),
    csrf: cookies.csrfOf(request),
    clientIp: request.ip,
    browser: cookies.browserOf(request),
    languages: languages.languages().filter((language) => language !== '*'),
    requestId: request.id,
  };
}
