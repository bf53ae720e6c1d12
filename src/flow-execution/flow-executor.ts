import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';

import { isSuperuser } from '../core/authority/membership.js';
import { KnownBrowsers } from '../core/sessions/known-browsers.js';
import { type IssuedSession, SessionCookies } from '../core/sessions/session-cookies.js';
import { DatabaseClock } from '../database/database-clock.js';
import { EventLog } from '../events/event-log.js';
import type { FlowDesignation } from '../flows/flow-choices.js';
import { Flow } from '../flows/flow.entity.js';
import { AppError } from '../rest/errors/app-error.js';
import { asDatabaseOutage } from '../rest/errors/database-outage.js';
import { statusOf } from '../rest/errors/status-of.js';
import { truncated } from '../syntax/truncated.js';
import { hasEnded } from './confirm-stage.executor.js';
import type { ExecutorOutcome } from './executor-outcome.js';
import { confirmedOutcome } from './executor-outcomes.js';
import type { FlowRun } from './flow-run.js';
import { FlowSessions } from './flow-sessions.js';
import { FlowSteps } from './flow-steps.js';
import { readPendingUser, userInfo } from './pending-user.js';
import { stepOf, waitOf } from './plan-step.js';
import { SessionQueue } from './session-queue.js';
import { FlowCounters } from './statistics/flow-counters.service.js';
import type { RunEvent } from './statistics/run-progress.js';
import type { Visit } from './visit.js';
import { type WaitingMail, waitingMail } from './waiting-mail.js';

/** A request to the executor, by an API client or a page. */
export interface ExecutorRequest {
  readonly slug: string;
  readonly method: 'GET' | 'POST';
  /** The query of the page, undecoded: `next=%2Fa&flow_token=…`. */
  readonly query: string;
  /** Where to redirect if the flow does not apply to this visitor; untrusted. */
  readonly deniedNext?: string | undefined;
  /** Parses the posted body. @throws AppError for an invalid one */
  readonly body?: () => unknown;
  readonly visit: Visit;
  /** Set if a page makes the request, which needs the position. */
  readonly page?: {
    /** The step that the posted form is for. */
    readonly step?: string;
    /** What the tab waits for (`waitOf`). If a link has ended the wait in this browser, the run is in another tab. */
    readonly wait?: string | undefined;
  };
}

/** The result of a request. */
export interface ExecutorResult {
  readonly outcome: ExecutorOutcome;
  /** A new session for the visitor's cookies. */
  readonly session: IssuedSession | undefined;
  /** The position of the visitor, for a page. */
  readonly position?: Position;
}

/** Additional data for a page. */
interface Position {
  /** The current stage; undefined if the run is over. */
  readonly step: string | undefined;
  /** Username shown in challenges; empty if none. */
  readonly username: string;
  /** Whether the challenge belongs to an opened link that is not confirmed yet. The session keeps its earlier plan. */
  readonly isLink: boolean;
  /** Address that the opened link was mailed to, until it is confirmed. */
  readonly linkAddress: string | undefined;
  /** Key of the "this was not me" link of a sign-up, where a link of the same mail was opened. */
  readonly notMe: string | undefined;
  /** The flow's compatibility mode. */
  readonly isCompatible: boolean;
  readonly designation: FlowDesignation;
  /** The flow is for signed-in users, and the visitor is not signed in. */
  readonly needsSignIn: boolean;
  readonly mail: WaitingMail;
  /** The wait for a mailed link (`waitOf`); undefined if no mail was sent. */
  readonly wait: string | undefined;
}

/** Maximum attempts of a request that conflicts with concurrent ones. */
const maxAttempts = 3;

/** Maximum length of an error message in an event, because it may repeat input. */
const maxMessageLength = 1_000;

/** PostgreSQL error codes: unique violation, foreign key violation, serialization failure, deadlock. */
const conflictCodes = ['23505', '23503', '40001', '40P01'];

/**
 * Runs flows. A request is one transaction with exclusive access to its session, which takes effect completely or not at
 * all.
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
    private readonly clock: DatabaseClock,
    private readonly counters: FlowCounters,
  ) {}

  /**
   * Handles a request. Errors in a flow become a challenge too.
   *
   * @throws AppError `notFound` for an unknown flow, `overloaded` if too many requests wait; the error of a database that
   * is not available
   */
  async handle(request: ExecutorRequest): Promise<ExecutorResult> {
    return this.queue.run(request.visit, async () => {
      try {
        return await this.attempt(request, maxAttempts);
      } catch (error) {
        if (error instanceof UnknownFlow) throw new AppError('notFound');
        if (error instanceof AppError && error.code === 'overloaded') throw error;
        if (asDatabaseOutage(error) !== undefined) throw error;
        return { outcome: await this.errorOutcome(error, request), session: undefined };
      }
    });
  }

  private async attempt(request: ExecutorRequest, left: number): Promise<ExecutorResult> {
    try {
      const progress: RunEvent[] = [];
      const result = await this.dataSource.transaction((manager) => this.perform(manager, request, progress));
      this.counters.add(progress);
      return result;
    } catch (error) {
      if (left > 1 && isConflict(error)) return this.attempt(request, left - 1);
      throw error;
    }
  }

  private async perform(
    manager: EntityManager,
    request: ExecutorRequest,
    progress: RunEvent[],
  ): Promise<ExecutorResult> {
    const { slug, method, visit } = request;
    const flow = await manager.findOneBy(Flow, { slug });
    if (flow === null) throw new UnknownFlow();
    const run = await this.openRun(manager, flow, request, progress);
    if (run.session?.isReplaced) return { outcome: await this.replacedSessionOutcome(run, method), session: undefined };
    if (method === 'POST' && run.user !== undefined && visit.sessionKey !== undefined) {
      this.cookies.checkCsrf(visit.sessionKey, visit.csrf);
    }
    const { page } = request;
    if (page?.wait !== undefined && hasEnded(page.wait, run.state)) {
      return {
        outcome: await confirmedOutcome(run),
        session: undefined,
        position: await positionOf(run, this.clock.now()),
      };
    }
    const posted = method === 'POST' ? { body: request.body?.(), step: page?.step } : undefined;
    const outcome = await this.steps.advance(run, posted);
    const { signedIn } = run;
    const session = await (signedIn === undefined ? this.storeSession(run) : this.signIn(run, signedIn));
    return { outcome, session, ...(page !== undefined && { position: await positionOf(run, this.clock.now()) }) };
  }

  private storeSession(run: FlowRun): Promise<IssuedSession | undefined> {
    return run.signedOut ? this.sessions.signOut(run) : this.sessions.store(run);
  }

  private async signIn(run: FlowRun, { user, terms }: NonNullable<FlowRun['signedIn']>): Promise<IssuedSession> {
    const session = await this.sessions.signIn(run, user, terms);
    return { ...session, browser: this.browsers.add(run.visitor.browser, user) };
  }

  private async openRun(
    manager: EntityManager,
    flow: Flow,
    { visit, ...request }: ExecutorRequest,
    progress: RunEvent[],
  ): Promise<FlowRun> {
    const open = await this.sessions.open(manager, visit);
    const query = new URLSearchParams(request.query);
    const { clientIp, userAgent, browser, languages, requestId } = visit;
    const visitor = {
      user: open.user,
      clientIp,
      userAgent,
      browser,
      locales: [...query.getAll('locale'), ...languages],
      requestId,
    };
    return { ...open, flow, query, visitor, deniedNext: request.deniedNext, progress };
  }

  /** Answers a request whose session was replaced, because a concurrent request has signed the visitor in. */
  private async replacedSessionOutcome(run: FlowRun, method: 'GET' | 'POST'): Promise<ExecutorOutcome> {
    return method === 'POST' ? { kind: 'continue' } : this.steps.finish(run);
  }

  private async errorOutcome(error: unknown, { slug, visit }: ExecutorRequest): Promise<ExecutorOutcome> {
    const { requestId, clientIp } = visit;
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    if (statusOf(error) === 500) {
      this.logger.error({ message: 'a flow failed', flow: slug, requestId, error: stack });
      const shortened = truncated(message, maxMessageLength);
      await this.writeEvent({ flow: slug, message: shortened, request_id: requestId }, clientIp);
    }
    const details = (await this.isSuperuserSession(visit)) ? { error: message, traceback: stack } : {};
    return { kind: 'challenge', challenge: { component: 'ak-stage-flow-error', request_id: requestId, ...details } };
  }

  private async writeEvent(context: Record<string, unknown>, clientIp: string): Promise<void> {
    const event = { action: 'system_exception' as const, app: 'authentik.flows', context, clientIp };
    try {
      await this.events.write(this.dataSource.manager, event);
    } catch (error) {
      this.logger.error({ message: 'cannot write an event', error: String(error) });
    }
  }

  private async isSuperuserSession(visit: Visit): Promise<boolean> {
    try {
      const { user, manager } = await this.sessions.read(visit);
      return user !== undefined && (await isSuperuser(manager, user.pk));
    } catch {
      return false;
    }
  }
}

class UnknownFlow extends Error {}

async function positionOf(run: FlowRun, now: number): Promise<Position> {
  const { manager, flow, state, link, visitor, needsSignIn } = run;
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
    linkAddress: isLink ? link.address : undefined,
    notMe: isSignUp ? context.is_restored : undefined,
    isCompatible: flow.compatibilityMode,
    designation: flow.designation,
    needsSignIn: needsSignIn === true,
    mail: waitingMail(flow, context, visitor, now),
    wait: context.email_link && waitOf(context.email_link.execution, context.email_link.stage),
  };
}

function isConflict(error: unknown): boolean {
  return (
    error instanceof QueryFailedError && conflictCodes.includes((error.driverError as { code?: string }).code ?? '')
  );
}
