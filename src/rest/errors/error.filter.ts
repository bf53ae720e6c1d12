import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { englishErrors } from '../messages/english.js';
import { AppError } from './app-error.js';
import { asDatabaseConflict } from './database-conflict.js';
import { asDatabaseOutage } from './database-outage.js';
import { missingResource } from './missing-resource.js';
import { asSlowStatement } from './slow-statement.js';
import { StatusError } from './status-error.js';
import { ValidationError } from './validation-error.js';

/** Answers errors as authentik does (management API, section 3). Unexpected errors are answered 500. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Error');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerError(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), this.logger);
  }
}

/** Like the filter, for code outside of Nest. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const outage = asDatabaseOutage(error);
  if (outage !== undefined) logOutage(error, logger);
  const known = outage ?? asDatabaseConflict(error) ?? asSlowStatement(error) ?? error;
  if (known instanceof ValidationError) {
    void reply.status(400).send({ ...englishErrors(known.errors), ...known.details });
  } else if (known instanceof AppError) {
    if (known.retryAfter !== undefined) void reply.header('retry-after', known.retryAfter);
    void reply.status(known.status).send({ detail: known.message });
  } else if (known instanceof StatusError) {
    void reply.status(known.status).send();
  } else if (known instanceof HttpException) {
    answerHttpException(known, reply);
  } else {
    logger.error({ message: 'request failed', requestId: request.id, error: describe(known) });
    void reply.status(500).send({ detail: `Something went wrong here. It is logged under request ${request.id}.` });
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Answers an unknown path outside of the API with a page; absent where pages are not served. */
    answerUnknownPage?: (reply: FastifyReply) => void;
  }
}

/** Answers an unknown path: with JSON in the API, otherwise with a page. */
export function answerUnknownPath(reply: FastifyReply): void {
  const [, path] = /^\/api\/v3(\/.*)/.exec(reply.request.url) ?? [];
  if (path !== undefined) {
    void reply
      .status(404)
      .type('application/json')
      .send({ detail: missingResource(path) ?? 'Not found.' });
    return;
  }
  if (reply.server.answerUnknownPage !== undefined) {
    reply.server.answerUnknownPage(reply);
    return;
  }
  const page = '<!doctype html><html lang="en"><title>Not Found</title><h1>Not Found</h1></html>';
  void reply.status(404).type('text/html; charset=utf-8').send(page);
}

/** Answers errors of Nest and Fastify themselves. */
function answerHttpException(exception: HttpException, reply: FastifyReply): void {
  const body = exception.getResponse();
  if (exception.getStatus() === 404) answerUnknownPath(reply);
  else void reply.status(exception.getStatus()).send(typeof body === 'string' ? { detail: body } : body);
}

let lastOutageLog = -Infinity;

/** Logs an outage of the database at most once a second: it fails every request. */
export function logOutage(error: unknown, logger: Logger): void {
  if (performance.now() - lastOutageLog < 1000) return;
  lastOutageLog = performance.now();
  logger.error({ message: 'the database is not available', error: String(error) });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
