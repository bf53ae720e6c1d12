import { applyDecorators, Body, Controller, Header, Logger, Param, Req, Res } from '@nestjs/common';
import { ApiBody, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { SessionCookies } from '../core/sessions/session-cookies.js';
import { answerError } from '../rest/errors/error.filter.js';
import { statusOf } from '../rest/errors/status-of.js';
import { KeyPipe } from '../rest/fields/key.pipe.js';
import { queryOf } from '../rest/http/query.js';
import { RequestBody } from '../rest/http/request-body.js';
import { GenericErrorDto } from '../rest/openapi/error.dto.js';
import { Action } from '../rest/resource.js';
import { challengeReference, responseReference } from './challenge-unions.js';
import { type ExecutorRequest, FlowExecutor } from './flow-executor.js';
import { visitOf } from './visit.js';
import { type WireChallenge, wireChallenge } from './wire-challenge.js';

function ExecutorAction(method: 'GET' | 'POST', operation: string, description: string): MethodDecorator {
  return applyDecorators(
    Action({
      method,
      path: ':flow_slug',
      operation: `flows_executor_${operation}`,
      description,
      access: { level: 'visitor' },
      responses: [
        { status: 200, schema: challengeReference },
        { status: 302, description: 'Repeat the request at the same address with GET.' },
        { status: 404, type: GenericErrorDto },
      ],
    }),
    ApiParam({ name: 'flow_slug', schema: { type: 'string' }, description: 'Slug of the flow.' }),
    ApiQuery({ name: 'query', type: 'string', description: 'Query of the page that the flow is shown on.' }),
    Header('cache-control', 'no-store'),
  );
}

/** `/flows/executor/`: runs flows for API clients. */
@ApiTags('flows')
@Controller('flows/executor')
export class FlowExecutorController {
  private readonly logger = new Logger('Error');

  constructor(
    private readonly executor: FlowExecutor,
    private readonly cookies: SessionCookies,
  ) {}

  /**
   * Answers with a challenge also for errors before a handler runs, such as an unsupported method or a body that is too
   * large. Call it before routes are registered.
   */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      if (!route.url.endsWith('/flows/executor/:flow_slug')) return;
      route.errorHandler = (error, request, reply) => {
        // An overloaded service answers 503 without running the flow.
        if (statusOf(error) === 503) return answerError(error, request, reply, this.logger);
        this.refuse(error, request, reply).catch((broken: unknown) => {
          answerError(broken, request, reply, this.logger);
        });
      };
    });
  }

  @ExecutorAction('GET', 'get', 'Get the current challenge of the flow.')
  get(
    @Param('flow_slug', new KeyPipe('text')) slug: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WireChallenge | undefined> {
    return this.handle({ slug, method: 'GET' }, request, reply);
  }

  @ExecutorAction('POST', 'solve', 'Submit the response to the current challenge.')
  @ApiBody({ schema: responseReference, required: false })
  solve(
    @Param('flow_slug', new KeyPipe('text')) slug: string,
    @Body() body: RequestBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WireChallenge | undefined> {
    return this.handle({ slug, method: 'POST', body: () => body.json() }, request, reply);
  }

  private async refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { flow_slug: slug = '' } = request.params as Record<string, string>;
    const body = (): never => {
      throw error;
    };
    void reply.status(200).header('cache-control', 'no-store');
    await reply.send(await this.handle({ slug, method: 'POST', body }, request, reply));
  }

  private async handle(
    requested: Pick<ExecutorRequest, 'slug' | 'method' | 'body'>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<WireChallenge | undefined> {
    const visit = visitOf(request, this.cookies);
    const { query = '', next } = lastValues(request.query);
    const { outcome, session } = await this.executor.handle({ ...requested, query, deniedNext: next, visit });
    if (session !== undefined) this.cookies.send(reply, session);
    if (outcome.kind === 'challenge') {
      return wireChallenge(outcome.challenge);
    }
    void reply.status(302).header('location', sameAddress(request, requested.slug));
    return undefined;
  }
}

/** Returns the path of this request, built from the route; only the query comes from the client. */
function sameAddress(request: FastifyRequest, slug: string): string {
  return `${String(request.routeOptions.url).replace(':flow_slug', slug)}/${queryOf(request)}`;
}

function lastValues(query: unknown): Readonly<Record<string, string | undefined>> {
  const entries = Object.entries(query as Record<string, string | string[]>);
  return Object.fromEntries(entries.map(([name, value]) => [name, [value].flat().at(-1)]));
}
