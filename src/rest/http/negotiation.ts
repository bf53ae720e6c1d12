import type { FastifyInstance, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

import { AppError } from '../errors/app-error.js';
import { answerUnknownPath } from '../errors/error.filter.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types that a route answers with; JSON if it does not say. */
    produces?: readonly string[];
  }
}

const json: readonly string[] = ['application/json'];

/**
 * Refuses requests that admit no answer we could give, before anything else is looked at (management API, section 0):
 * 404 for a key that none can be and for a `format` that there is not, 406 for an `Accept` without our media type.
 */
export function negotiateContent(fastify: FastifyInstance, prefix: string): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { access, produces = json } = request.routeOptions.config;
    if (access === undefined || !request.url.startsWith(prefix)) return done();
    if (namesNothing(request.params as Record<string, string>)) {
      answerUnknownPath(reply);
      return;
    }
    if (produces === json && !admitsJson(request)) return done(new AppError('notFound'));
    if (!accepts(request, produces)) return done(new AppError('notAcceptable'));
    done();
  });
}

/** To the reference a path with a dot or a slash in place of a key is another path, and one that there is not. */
function namesNothing(keys: Record<string, string>): boolean {
  return Object.values(keys).some((key) => /[./]/.test(key));
}

function admitsJson(request: FastifyRequest): boolean {
  const { format } = request.query as { format?: string | string[] };
  return ['', 'json', undefined].includes([format].flat().at(-1));
}

function accepts({ headers }: FastifyRequest, produces: readonly string[]): boolean {
  // What a client adds to a media type (`; charset=utf-8`) does not make it another one; `q` is the header's own.
  const accept = headers.accept?.replace(/;(?!\s*q\s*=)[^;,]*/gi, '');
  const wanted = accept === undefined ? {} : { accept };
  return new Negotiator({ headers: wanted }).mediaType([...produces]) !== undefined;
}

/** Calls JSON `application/json`, without the charset that JSON has anyway: so does the reference. */
export function plainJsonType(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (reply.getHeader('content-type') === 'application/json; charset=utf-8') {
      reply.header('content-type', 'application/json');
    }
    done();
  });
}
