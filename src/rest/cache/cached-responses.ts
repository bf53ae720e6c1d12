import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable, of } from 'rxjs';

import { type CachedResponse, ResponseCache } from './response-cache.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Revision of the flow, stage and binding tables when the caller was looked up. Set by the access guard. */
    revision?: string;
  }
}

/**
 * Answers a repeated request from the cache, on routes that read only flows, stages and bindings. Every request reads the
 * current revision of these tables in the statement that looks up its caller, so stale bodies are never served, whichever
 * process made the change.
 *
 * A body is stored under the revision that was read before the body. If nothing changed in between, the body belongs to
 * that revision; if something did, no later request has that revision.
 */
@Injectable()
export class CachedResponses implements NestInterceptor {
  constructor(private readonly cache: ResponseCache) {}

  intercept(context: ExecutionContext, next: CallHandler<object>): Observable<Buffer> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const { revision } = request;
    if (revision === undefined) throw new Error('only routes with a known caller can be cached');
    // The cache key includes the caller's visibility scope: callers with the same scope share an entry.
    const key = `${JSON.stringify(request.visible)} ${request.originalUrl}`;
    const send = ({ body, tag }: CachedResponse): Buffer => {
      // Clients must revalidate, and shared caches must not store what one caller may see.
      reply.header('etag', tag).header('cache-control', 'private, no-cache').type('application/json');
      return body;
    };
    const cached = this.cache.find(key, revision);
    if (cached !== undefined) return of(send(cached));
    return next
      .handle()
      .pipe(map((response) => send(this.cache.store(key, revision, Buffer.from(JSON.stringify(response))))));
  }
}
