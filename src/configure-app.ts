import { randomUUID } from 'node:crypto';
import { parse } from 'node:querystring';

import cookie from '@fastify/cookie';
import { compile } from '@fastify/proxy-addr';
import staticFiles from '@fastify/static';
import { Logger as NestLog } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { type FastifyInstance, LogController } from 'fastify';

import { AppModule } from './app.module.js';
import { type Logger, NestLogger } from './config/logger.js';
import { publicUrl, type Settings } from './config/settings.js';
import { AccessGuard } from './core/authentication/access.guard.js';
import { clientNetwork } from './core/limits/client-network.js';
import { runAs } from './database/actor.js';
import type { DatabaseModuleOptions } from './database/database.module.js';
import { eventOperations } from './events/outbox/event-bodies.js';
import { challengeUnions } from './flow-execution/challenge-unions.js';
import { FlowExecutorController } from './flow-execution/flow-executor.controller.js';
import { LargeAnswers } from './flow-execution/large-answers.js';
import { StageExecutors } from './flow-execution/stage-executors.js';
import { Metrics } from './health/metrics.js';
import { Shutdown } from './health/shutdown.service.js';
import { LargeReports } from './mail/feedback/large-reports.js';
import { PageErrors } from './pages/page-errors.js';
import { answerNotModified } from './rest/cache/not-modified.js';
import { answerError, answerUnknownPath } from './rest/errors/error.filter.js';
import { keepResponse } from './rest/http/abandoned-statement.js';
import { BodyMemory } from './rest/http/body-memory.js';
import { boundClientConnections } from './rest/http/client-connections.js';
import { negotiateContent, plainJsonType } from './rest/http/negotiation.js';
import { boundPipelining } from './rest/http/pipelining.js';
import { bodyLimit, takeBodiesUnread } from './rest/http/request-body.js';
import { logRequests } from './rest/http/request-log.js';
import { inSpanOf, traceRequests } from './rest/http/request-span.js';
import { RouteTable } from './rest/http/route-table.js';
import { sendSecurityHeaders } from './rest/http/security-headers.js';
import { groupedByPath, openApiDocument } from './rest/openapi/document.js';
import { SchemaDocument } from './rest/openapi/schema.controller.js';

/** Path prefix of every API route. */
const apiPrefix = '/api/v3';

/** Swagger UI. */
const docsPath = `${apiPrefix}/docs`;

/** The configured application and its routes. */
export interface App {
  readonly nest: NestFastifyApplication;
  readonly routes: RouteTable;
}

/**
 * Creates the application, ready to listen. The service, the tests and the scripts all use this.
 *
 * @throws if the database cannot be reached or migrated
 */
export async function createApp(settings: Settings, database: DatabaseModuleOptions, logger: Logger): Promise<App> {
  const adapter = fastifyAdapter(settings, logger);
  const fastify = adapter.getInstance<FastifyInstance>();
  const nest = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(settings, database, logger),
    adapter,
    {
      bodyParser: false,
      abortOnError: false,
      logger: new NestLogger(logger),
    },
  );
  const routes = new RouteTable(fastify);
  const metrics = nest.get(Metrics);
  boundPipelining(fastify);
  const isProxy = compile([...settings.trustProxy]);
  boundClientConnections(fastify, settings.maxConnections, clientNetwork, (ip) => isProxy(ip, 0));
  nest.get(Shutdown).watch(fastify);
  traceRequests(fastify);
  logRequests(fastify, (served) => metrics.observe(served));
  await sendSecurityHeaders(fastify, docsPath, publicUrl(settings).startsWith('https:'));
  await fastify.register(staticFiles, { serve: false });
  await fastify.register(cookie);
  if (settings.role === 'worker') hideApi(fastify);
  plainJsonType(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    keepResponse(request.query as object, reply.raw);
    done();
  });
  answerNotModified(fastify);
  // Must be the last hook before the handler: reading the body may leave the async context of earlier hooks.
  fastify.addHook('preHandler', (request, _reply, done) => {
    inSpanOf(request, () => runAs({ clientIp: request.ip }, done));
  });
  negotiateContent(fastify, `${apiPrefix}/`);
  const bodies = new BodyMemory(settings.bodyMemory * 1_048_576);
  await takeBodiesUnread(fastify, bodies, ({ ip }) => clientNetwork(ip));
  const guard = nest.get(AccessGuard);
  guard.limitBodies(fastify);
  nest.get(LargeAnswers, { strict: false }).watch(fastify);
  nest.get(LargeReports, { strict: false }).watch(fastify);
  const pageErrors = nest.get(PageErrors);
  pageErrors.handleRouteErrors(fastify);
  if (settings.role !== 'worker') pageErrors.handleUnknownPaths(fastify);
  nest.get(FlowExecutorController, { strict: false }).watch(fastify);
  nest.setGlobalPrefix(apiPrefix, {
    exclude: [
      '/',
      '.well-known/{*path}',
      'sign-out',
      '-/{*path}',
      'console',
      'console/{*path}',
      'dev/{*path}',
      'if/{*path}',
      'flows/-/{*path}',
      'media/{*path}',
      'static/{*path}',
    ],
  });
  const schema = nest.get(SchemaDocument);
  schema.set(() => openApiDocument(nest, apiPrefix, challengeUnions(nest.get(StageExecutors)), eventOperations()));
  SwaggerModule.setup(docsPath, nest, () => groupedByPath(schema.get()), {
    customSiteTitle: 'email-stage',
    // The token entered under `Authorize` is not persisted: any script of this origin could read it from storage.
    swaggerOptions: { persistAuthorization: false, displayRequestDuration: true, tryItOutEnabled: true, filter: true },
  });
  await nest.init();
  routes.complete((request, access) => guard.authorize(request, access));
  await fastify.ready();
  return { nest, routes };
}

/** Hides everything except the health and metrics routes in worker processes. */
function hideApi(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.url.startsWith('/-/')) done();
    else answerUnknownPath(reply);
  });
}

function fastifyAdapter(settings: Settings, logger: Logger): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request' }),
    genReqId: () => randomUUID().replaceAll('-', ''),
    trustProxy: settings.trustProxy.length === 0 ? false : [...settings.trustProxy],
    bodyLimit,
    requestTimeout: settings.requestTimeout * 1000,
    http: {
      headersTimeout: Math.min(15, settings.requestTimeout) * 1000,
      connectionsCheckingInterval: 1000,
    },
    routerOptions: {
      // Paths without a trailing slash are accepted.
      ignoreTrailingSlash: true,
      // Longer than any URL that Node accepts, so that a long key gets the usual 404.
      maxParamLength: 16_384,
      querystringParser: (text) => parse(text),
    },
    frameworkErrors: (error: { code?: string }, request: unknown, reply: unknown) => {
      // A path with invalid percent-encoding is an unknown path.
      if (error.code === 'FST_ERR_BAD_URL') answerUnknownPath(reply as never);
      else answerError(error, request as never, reply as never, new NestLog('Error'));
    },
    forceCloseConnections: 'idle',
    // What arrives on a connection before it closes is answered as usual.
    return503OnClosing: false,
  });
}
