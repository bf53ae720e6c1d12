import type { FastifyInstance, FastifyRequest } from 'fastify';

import { startSpan, type TraceSpan } from '../../config/tracing.js';

const spans = new WeakMap<FastifyRequest, TraceSpan>();

/**
 * Makes each request a span, which continues the trace of its `traceparent` header. Probes and metrics are left out. Spans
 * have the pattern of the route, because paths and queries may hold secrets.
 */
export function traceRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { method, headers, url } = request;
    const route = request.routeOptions.url ?? 'unknown';
    const parent = headers['traceparent'];
    const span = url.startsWith('/-/')
      ? undefined
      : startSpan(`${method} ${route}`, {
          kind: 'SERVER',
          attributes: { 'http.request.method': method, 'http.route': route, 'email_stage.request.id': request.id },
          parent: typeof parent === 'string' ? parent : undefined,
        });
    if (span === undefined) {
      done();
      return;
    }
    spans.set(request, span);
    // Also if the client is gone before the response.
    reply.raw.once('close', () => {
      span.set({ 'http.response.status_code': reply.statusCode });
      span.end(reply.statusCode >= 500);
    });
    span.run(done);
  });
  fastify.addHook('onResponse', (request, _reply, done) => inSpanOf(request, done));
}

/** Runs `work` as part of the request's span. Reading the body may have left it. */
export function inSpanOf(request: FastifyRequest, work: () => void): void {
  const span = spans.get(request);
  if (span === undefined) work();
  else span.run(work);
}
