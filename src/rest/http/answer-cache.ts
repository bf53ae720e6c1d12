import { createHash } from 'node:crypto';

import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable, of } from 'rxjs';

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * The revision of what flows, stages and bindings were when it was found out who makes the request. Set by the
     * access guard.
     */
    revision?: string;
  }
}

/** Bytes that are kept at most, of bodies and of what was asked for. */
const mostBytes = 8 * 2 ** 20;

/** Bytes of a single one at most: it is not worth all others. */
const mostOfOne = mostBytes / 4;

interface Answer {
  readonly revision: string;
  readonly body: Buffer;
  /** Entity tag: tells this body from every other one. */
  readonly tag: string;
}

/** Bodies that were answered, the one that was asked for last at the end. */
@Injectable()
export class AnswerCache {
  private readonly answers = new Map<string, Answer>();
  private bytes = 0;

  /** What was answered to this request, if nothing that it is told from has changed since. */
  find(request: string, revision: string): Answer | undefined {
    const answer = this.answers.get(request);
    if (answer?.revision !== revision) return undefined;
    this.answers.delete(request);
    this.answers.set(request, answer);
    return answer;
  }

  /**
   * Keeps an answer, unless it is too large.
   *
   * @param revision what held before the body was read
   */
  keep(request: string, revision: string, body: Buffer): Answer {
    const answer = { revision, body, tag: `"${createHash('sha256').update(body).digest('base64url')}"` };
    this.forget(request);
    if (sizeOf(request, answer) > mostOfOne) return answer;
    this.answers.set(request, answer);
    this.bytes += sizeOf(request, answer);
    for (const oldest of this.answers.keys()) {
      if (this.bytes <= mostBytes) break;
      this.forget(oldest);
    }
    return answer;
  }

  private forget(request: string): void {
    const answer = this.answers.get(request);
    if (answer === undefined) return;
    this.answers.delete(request);
    this.bytes -= sizeOf(request, answer);
  }
}

function sizeOf(request: string, { body }: Answer): number {
  return body.length + 2 * request.length;
}

/**
 * Answers a repeated request with the body that it was answered with before, on routes that tell nothing but flows,
 * stages and bindings. The revision of these comes from the statement that looks the caller up, with every request:
 * nobody is told what is not true any more, whichever process has changed it.
 *
 * A body is kept under the revision that was read before the body was. If that is the revision still, nothing has
 * changed in between; if something has, no request will ever be told that revision again.
 */
@Injectable()
export class CachedAnswers implements NestInterceptor {
  constructor(private readonly cache: AnswerCache) {}

  intercept(context: ExecutionContext, next: CallHandler<object>): Observable<Buffer> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const { revision } = request;
    if (revision === undefined) throw new Error('this route does not ask who makes the request');
    // What somebody may see is a part of what they ask for: who may see the same is told the same.
    const asked = `${JSON.stringify(request.visible)} ${request.originalUrl}`;
    const send = ({ body, tag }: Answer): Buffer => {
      // Whoever keeps it asks each time whether it is still true, and keeps it for nobody else.
      reply.header('etag', tag).header('cache-control', 'private, no-cache').type('application/json');
      return body;
    };
    const known = this.cache.find(asked, revision);
    if (known !== undefined) return of(send(known));
    const answers = next.handle();
    return answers.pipe(map((told) => send(this.cache.keep(asked, revision, Buffer.from(JSON.stringify(told))))));
  }
}
