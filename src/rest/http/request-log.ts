import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The response ends with its client: its duration is logged, and not part of the metrics. */
    isStream?: boolean;
  }
}

/** A served request, for log and metrics. The route is the pattern: paths and queries may hold secrets. */
export interface ServedRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
}

/**
 * Logs every request, passes it to `observe`, and sends the request id with every response, so that an administrator finds
 * it in the log.
 */
export function logRequests(fastify: FastifyInstance, observe: (served: ServedRequest) => void): void {
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done) => {
    reply.header('x-authentik-id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done) => {
    const served: ServedRequest = {
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime * 10) / 10,
    };
    request.log.info({ ...served, user: request.caller?.username }, 'request');
    if (request.routeOptions.config.isStream !== true) observe(served);
    done();
  });
}
