import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable, Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { AppError } from '../rest/errors/app-error.js';
import { asDatabaseOutage } from '../rest/errors/database-outage.js';
import { answerError, logOutage } from '../rest/errors/error.filter.js';
import { statusOf } from '../rest/errors/status-of.js';
import { PageRenderer } from './page-renderer.js';
import { PageResponder } from './page-responder.js';
import { PageVisitors } from './page-visitors.js';
import type { Page } from './page.js';
import {
  busyPage,
  failedPage,
  notFoundPage,
  outdatedPage,
  refusedPage,
  tooLargePage,
  tooManyPage,
} from './problem-pages.js';
import { Wording } from './wording.js';

/** Answers errors of page routes with pages, as `ErrorFilter` answers API routes with JSON. */
@Injectable()
@Catch()
export class PageErrors implements ExceptionFilter {
  private readonly logger = new Logger('Error');

  constructor(
    private readonly renderer: PageRenderer,
    private readonly responder: PageResponder,
    private readonly visitors: PageVisitors,
  ) {}

  /** Handles errors before the controller too, such as a body that is too large. Call it before routes are registered. */
  handleRouteErrors(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      if (route.config?.isPage !== true) return;
      route.errorHandler = (error, request, reply) => {
        this.respond(error, request, reply);
      };
    });
  }

  /** Answers unknown paths outside of the API with the page of unknown flows. Call it before routes are registered. */
  handleUnknownPaths(fastify: FastifyInstance): void {
    fastify.decorate('answerUnknownPage', (reply) => this.respond(new AppError('notFound'), reply.request, reply));
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.respond(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  private respond(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    this.sendPage(error, request, reply).catch((broken: unknown) => {
      // The error page itself failed: answer with JSON.
      answerError(broken, request, reply, this.logger);
    });
  }

  private async sendPage(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const visitor = this.visitors.anonymous(request);
    const wording = new Wording(await this.renderer.catalog(visitor.locale));
    const page = pageOf(error, request, wording);
    const outage = asDatabaseOutage(error);
    if (outage !== undefined) logOutage(error, this.logger);
    const known = outage ?? error;
    if (known instanceof AppError && known.retryAfter !== undefined) void reply.header('retry-after', known.retryAfter);
    if (page.status === 500)
      this.logger.error({ message: 'a page failed', requestId: request.id, error: stackOf(error) });
    await reply.send(await this.responder.send(reply, { kind: 'page', page }, visitor));
  }
}

function pageOf(error: unknown, { originalUrl, id }: FastifyRequest, wording: Wording): Page {
  switch (statusOf(error)) {
    case 403:
      return outdatedPage(wording, originalUrl);
    case 404:
      return notFoundPage(wording);
    case 413:
      return tooLargePage(wording, originalUrl);
    case 429:
      return tooManyPage(wording, originalUrl);
    case 500:
      return failedPage(wording, originalUrl, id);
    case 503:
      return busyPage(wording, originalUrl);
    default:
      return refusedPage(wording, statusOf(error));
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
