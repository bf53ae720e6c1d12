import type { FastifyInstance } from 'fastify';
import Negotiator from 'negotiator';

import { AppError } from '../errors/app-error.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types that a route answers with; JSON if it does not say. */
    produces?: readonly string[];
  }
}

/**
 * Refuses requests that admit no answer we could give, before anything else is looked at (management API, section 0):
 * 406 for an `Accept` without our media type, 404 for a `format` that there is not.
 */
export function negotiateContent(fastify: FastifyInstance, prefix: string): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!request.url.startsWith(prefix) || request.is404) return done();
    const produces = request.routeOptions.config.produces ?? ['application/json'];
    if (produces.includes('*/*')) return done();
    const { format } = request.query as { format?: string };
    if (format !== undefined && produces.length === 1 && format !== 'json') return done(new AppError('notFound'));
    if (new Negotiator(request.raw).mediaType([...produces]) === undefined) return done(new AppError('notAcceptable'));
    done();
  });
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
