import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';

import { isSuperuser } from '../core/groups/membership.js';
import { KnownBrowsers } from '../core/sessions/known-browsers.js';
import { type IssuedSession, SessionCookies } from '../core/sessions/session-cookies.js';
import { EventLog } from '../events/event-log.js';
import { Flow } from '../flows/flow.entity.js';
import { AppError } from '../rest/errors/app-error.js';
import { asDatabaseOutage } from '../rest/errors/database-outage.js';
import { statusOf } from '../rest/errors/status-of.js';
import type { ExecutorAnswer } from './executor-answer.js';
import type { FlowRun } from './flow-run.js';
import { FlowSessions } from './flow-sessions.js';
import { FlowSteps } from './flow-steps.js';
import { readPendingUser, userInfo } from './pending-user.js';
import { stepOf } from './plan-step.js';
import { SessionQueue } from './session-queue.js';
import type { Visit } from './visit.js';

/** A request to the executor, by an API client or a page. */
export interface ExecutorRequest {
  readonly slug: string;
  readonly method: 'GET' | 'POST';
  /** The query of the page, undecoded: `next=%2Fa&flow_token=…`. */
  readonly query: string;
  /** Where to go if the flow is not for this visitor; may be anything. */
  readonly deniedNext?: string | undefined;
  /** Reads what was posted. @throws AppError if that cannot be done */
  readonly body?: () => unknown;
  readonly visit: Visit;
  /** A page makes the request, and wants to know where the visitor is. */
  readonly page?: {
    /** The stage that the form which was posted is for. */
    readonly step?: string;
  };
}

/** The answer to a request. */
export interface ExecutorResult {
  readonly answer: ExecutorAnswer;
  /** A new session for the visitor's cookies. */
  readonly session: IssuedSession | undefined;
  /** Where the visitor is now, if a page asks. */
  readonly position?: Position;
}

/** Additional data for a page. */
interface Position {
  /** The current stage; undefined if the run is over. */
  readonly step: string | undefined;
  /** Username shown in challenges; empty if none. */
  readonly username: string;
  /** The challenge belongs to a link that was opened and not confirmed: the session is still where it was before. */
  readonly isLink: boolean;
  /** Key of the "this was not me" link of a sign-up, where a link of the same mail was opened. */
  readonly notMe: string | undefined;
  /** The flow's compatibility mode. */
  readonly isCompatible: boolean;
}

/** How often a request is tried if it conflicts with concurrent ones. */
const tries = 3;

/** Characters of an error that an event has: it may repeat what a visitor sent. */
const longestMessage = 1_000;

/** PostgreSQL's codes: unique violation, foreign key violation, serialization failure, deadlock. */
const conflicts = ['23505', '23503', '40001', '40P01'];

/**
 * Runs flows (flow execution, section 2). A request is one transaction with exclusive access to its session: it takes
 * effect as a whole or not at all.
 */
@Injectable()
export class FlowExecutor {
  private readonly logger = new Logger('FlowExecutor');

  constructor(
    private readonly dataSource: DataSource,
    private readonly steps: FlowSteps,
    private readonly sessions: FlowSessions,
    private readonly cookies: SessionCookies,
    private readonly browsers: KnownBrowsers,
    private readonly events: EventLog,
    private readonly queue: SessionQueue,
  ) {}

  /**
   * Answers with a challenge for errors in a flow too (flow execution, section 2.9).
   *
   * @throws AppError `notFound` if there is no such flow, `overloaded` if the service has too much to do; errors of a
   * database that is not available
   */
  async handle(request: ExecutorRequest): Promise<ExecutorResult> {
    return this.queue.run(request.visit, async () => {
      try {
        return await this.attempt(request, tries);
      } catch (error) {
        if (error instanceof UnknownFlow) throw new AppError('notFound');
        if (error instanceof AppError && error.code === 'overloaded') throw error;
        if (asDatabaseOutage(error) !== undefined) throw error;
        return { answer: await this.failed(error, request), session: undefined };
      }
    });
  }

  private async attempt(request: ExecutorRequest, left: number): Promise<ExecutorResult> {
    try {
      return await this.dataSource.transaction((manager) => this.perform(manager, request));
    } catch (error) {
      if (left > 1 && isConflict(error)) return this.attempt(request, left - 1);
      throw error;
    }
  }

  private async perform(manager: EntityManager, request: ExecutorRequest): Promise<ExecutorResult> {
    const { slug, method, visit } = request;
    const flow = await manager.findOneBy(Flow, { slug });
    if (flow === null) throw new UnknownFlow();
    const run = await this.runOf(manager, flow, request);
    if (run.session?.isReplaced) return { answer: await this.overtaken(run, method), session: undefined };
    if (method === 'POST' && run.user !== undefined && visit.sessionKey !== undefined) {
      this.cookies.checkCsrf(visit.sessionKey, visit.csrf);
    }
    const posted = method === 'POST' ? { body: request.body?.(), step: request.page?.step } : undefined;
    const answer = await this.steps.take(run, posted);
    const { signedIn } = run;
    const session = await (signedIn === undefined ? this.keep(run) : this.signIn(run, signedIn));
    return { answer, session, ...(request.page !== undefined && { position: await positionOf(run) }) };
  }

  private keep(run: FlowRun): Promise<IssuedSession | undefined> {
    return run.signedOut ? this.sessions.signOut(run) : this.sessions.store(run);
  }

  private async signIn(run: FlowRun, { user, terms }: NonNullable<FlowRun['signedIn']>): Promise<IssuedSession> {
    const session = await this.sessions.signIn(run, user, terms);
    return { ...session, browser: this.browsers.add(run.visitor.browser, user) };
  }

  private async runOf(manager: EntityManager, flow: Flow, { visit, ...request }: ExecutorRequest): Promise<FlowRun> {
    const open = await this.sessions.open(manager, visit);
    const query = new URLSearchParams(request.query);
    const { clientIp, browser, languages, requestId } = visit;
    const visitor = {
      user: open.user,
      clientIp,
      browser,
      locales: [...query.getAll('locale'), ...languages],
      requestId,
    };
    return { ...open, flow, query, visitor, deniedNext: request.deniedNext };
  }

  /** A concurrent request has signed the visitor in: this one has no session, and gets none. */
  private async overtaken(run: FlowRun, method: 'GET' | 'POST'): Promise<ExecutorAnswer> {
    return method === 'POST' ? { kind: 'continue' } : this.steps.finish(run);
  }

  private async failed(error: unknown, { slug, visit }: ExecutorRequest): Promise<ExecutorAnswer> {
    const { requestId, clientIp } = visit;
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    if (statusOf(error) === 500) {
      this.logger.error({ message: 'a flow failed', flow: slug, requestId, error: stack });
      const shortened = message.slice(0, longestMessage).toWellFormed();
      await this.report({ flow: slug, message: shortened, request_id: requestId }, clientIp);
    }
    const details = (await this.isForSuperuser(visit)) ? { error: message, traceback: stack } : {};
    return { kind: 'challenge', challenge: { component: 'ak-stage-flow-error', request_id: requestId, ...details } };
  }

  private async report(context: Record<string, unknown>, clientIp: string): Promise<void> {
    const event = { action: 'system_exception' as const, app: 'authentik.flows', context, clientIp };
    try {
      await this.events.write(this.dataSource.manager, event);
    } catch (error) {
      this.logger.error({ message: 'cannot write an event', error: String(error) });
    }
  }

  private async isForSuperuser(visit: Visit): Promise<boolean> {
    try {
      const { user, manager } = await this.sessions.look(visit);
      return user !== undefined && (await isSuperuser(manager, user.pk));
    } catch {
      return false;
    }
  }
}

class UnknownFlow extends Error {}

async function positionOf({ manager, flow, state, link, visitor }: FlowRun): Promise<Position> {
  const isLink = link?.isFollowed === false;
  const plan = isLink ? link.plan : state.plan;
  const isUsable = plan !== undefined && plan !== 'broken';
  const context = isUsable ? plan.context : {};
  const pending = await readPendingUser(manager, context);
  const { pending_user: username } = userInfo(context, pending, visitor);
  const isSignUp = flow.designation === 'enrollment' && pending?.kind === 'known' && pending.user.awaitsConfirmation;
  return {
    step: isUsable ? stepOf(plan) : undefined,
    username,
    isLink,
    notMe: isSignUp ? context.is_restored : undefined,
    isCompatible: flow.compatibilityMode,
  };
}

function isConflict(error: unknown): boolean {
  return error instanceof QueryFailedError && conflicts.includes((error.driverError as { code?: string }).code ?? '');
}
