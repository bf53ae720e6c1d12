import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { IssuedSession } from '../core/sessions/session-cookies.js';
import {
  type SessionContent,
  Sessions,
  type SessionTerms,
  type StoredSession,
} from '../core/sessions/session.service.js';
import { User } from '../core/users/user.entity.js';
import { identifyIn } from '../database/actor.js';
import { emptyState, type FlowState, parseState } from './flow-state.js';
import { RunAnswersStore } from './run-answers.service.js';
import { SessionQueue } from './session-queue.js';
import { progressIn } from './statistics/run-progress.js';
import type { Visit } from './visit.js';

/** The session of a request. */
export interface OpenSession {
  /** The transaction of the request. */
  readonly manager: EntityManager;
  /** As stored; undefined for a new visitor. */
  readonly session: StoredSession | undefined;
  /** The signed-in user, if active. */
  readonly user: User | undefined;
  /** Changes to it are stored when the request succeeds. */
  readonly state: FlowState;
}

/** Opens and stores the flow state of sessions. */
@Injectable()
export class FlowSessions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sessions: Sessions,
    private readonly answers: RunAnswersStore,
    private readonly queue: SessionQueue,
  ) {}

  /** Returns the current session, for reading. */
  async read({ sessionKey, clientIp }: Visit): Promise<OpenSession> {
    const { manager } = this.dataSource;
    return this.toOpenSession(
      manager,
      sessionKey === undefined ? undefined : await this.sessions.find(sessionKey, clientIp),
    );
  }

  /** Returns the session, locked until the transaction ends. */
  async open(manager: EntityManager, { sessionKey, clientIp }: Visit): Promise<OpenSession> {
    const session = sessionKey === undefined ? undefined : await this.sessions.lock(manager, sessionKey, clientIp);
    return this.toOpenSession(manager, session);
  }

  /**
   * Changes the state of a session in a transaction of its own. Do not call it from a job of the queue.
   *
   * @returns the session of a new visitor
   * @throws AppError `overloaded` if too many requests wait
   */
  change(visit: Visit, work: (open: OpenSession) => Promise<void>): Promise<IssuedSession | undefined> {
    return this.queue.run(visit, () =>
      this.dataSource.transaction(async (manager) => {
        const open = await this.open(manager, visit);
        await work(open);
        return this.store(open);
      }),
    );
  }

  /** Stores the state. @returns a new session, if the visitor has none and needs one */
  async store({ manager, session, state }: OpenSession): Promise<IssuedSession | undefined> {
    if (session?.isReplaced) return undefined;
    if (session !== undefined) {
      await this.sessions.save(manager, session, await this.content(manager, state, session.answers));
    } else if (needsSession(state)) {
      return this.sessions.create(manager, await this.content(manager, state));
    }
    return undefined;
  }

  /** Signs a user in, with a new session key. */
  async signIn({ manager, session, user, state }: OpenSession, who: User, terms: SessionTerms): Promise<IssuedSession> {
    // Discards another user's history when a different user signs in.
    const isOtherUser = user !== undefined && user.pk !== who.pk;
    const kept: FlowState = isOtherUser ? { ...state, history: [], memory: progressIn(state), page: undefined } : state;
    return this.sessions.signIn(manager, session, who, terms, await this.content(manager, kept, session?.answers));
  }

  /** Ends the session. @returns a new one with the rest of the run, if needed */
  async signOut({ manager, session, state }: OpenSession): Promise<IssuedSession | undefined> {
    if (session !== undefined) await this.sessions.endLocked(manager, session);
    const kept: FlowState = { ...state, history: [], memory: progressIn(state), page: undefined };
    return needsSession(kept) ? this.sessions.create(manager, await this.content(manager, kept)) : undefined;
  }

  private async toOpenSession(manager: EntityManager, session: StoredSession | undefined): Promise<OpenSession> {
    const pk = session?.userId ?? undefined;
    const user = pk === undefined ? null : await manager.findOneBy(User, { pk, isActive: true });
    if (user !== null) await identifyIn(manager, user);
    return { manager, session, user: user ?? undefined, state: await this.stateOf(manager, session) };
  }

  private async stateOf(manager: EntityManager, session: StoredSession | undefined): Promise<FlowState> {
    const { state, answers = null } = session ?? {};
    if (answers === null) return parseState(state);
    const { plan, ...others } = state as FlowState;
    return parseState({ ...others, plan: this.answers.join(plan, await this.answers.read(manager, answers)) });
  }

  /** @param stored key of the answers that the session refers to */
  private async content(manager: EntityManager, state: FlowState, stored?: string | null): Promise<SessionContent> {
    const { plan } = state;
    if (plan === undefined || plan === 'broken') return { state, answers: null };
    const { plan: kept, answers } = await this.answers.store(manager, plan, stored);
    return { state: { ...state, plan: kept }, answers };
  }
}

/** Whether the state has anything to store. */
function needsSession({ history: _, ...state }: FlowState): boolean {
  const { history: __, ...nothing } = emptyState();
  return JSON.stringify(state) !== JSON.stringify(nothing);
}
