import type { FastifyInstance, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

import { AppError } from '../errors/app-error.js';
import { answerUnknownPath } from '../errors/error.filter.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types of the responses; JSON by default. */
    produces?: readonly string[];
  }
}

const json: readonly string[] = ['application/json'];

/**
 * Negotiates the content type before anything else (management API, section 0): 404 for an impossible key or an unknown
 * `format`, 406 for an `Accept` without a supported media type.
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

/** Whether a key has a dot or a slash: authentik has no such path. */
function namesNothing(keys: Record<string, string>): boolean {
  return Object.values(keys).some((key) => /[./]/.test(key));
}

function admitsJson(request: FastifyRequest): boolean {
  const { format } = request.query as { format?: string | string[] };
  return ['', 'json', undefined].includes([format].flat().at(-1));
}

function accepts({ headers }: FastifyRequest, produces: readonly string[]): boolean {
  // Parameters of a media type (`; charset=utf-8`) are ignored; `q` belongs to the header.
  const accept = headers.accept?.replace(/;(?!\s*q\s*=)[^;,]*/gi, '');
  const wanted = accept === undefined ? {} : { accept };
  return new Negotiator({ headers: wanted }).mediaType([...produces]) !== undefined;
}

/** Sends JSON as `application/json` without a charset, as authentik does. */
export function plainJsonType(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (reply.getHeader('content-type') === 'application/json; charset=utf-8') {
      reply.header('content-type', 'application/json');
    }
    done();
  });
}
