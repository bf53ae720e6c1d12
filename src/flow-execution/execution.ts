import type { EntityManager } from 'typeorm';

import type { SessionBinding } from '../core/sessions/session-network.js';
import type { User } from '../core/users/user.entity.js';
import type { Flow } from '../flows/flow.entity.js';
import type { Stage } from '../flows/stage.entity.js';
import type { MessageOrText } from '../rest/messages/messages.js';
import type { FlowPlan, PlannedUser, PretendedUser } from './plan.js';

/** The visitor of a request. */
export interface Visitor {
  /** The signed-in user; undefined for an anonymous visitor. */
  readonly user: User | undefined;
  /** Client address of the request, according to TRUST_PROXY. */
  readonly clientIp: string;
  /** Cookie of earlier sign-ins (`KnownBrowsers`); untrusted. */
  readonly browser: string | undefined;
  /** BCP 47, best first: `?locale=`, then `Accept-Language`. */
  readonly userAgent: string;
  readonly locales: readonly string[];
  readonly requestId: string;
}

/** The pending user of a run. `pretended`: unknown user, which the visitor must not learn. */
export type PendingUser =
  { readonly kind: 'known'; readonly user: User } | ({ readonly kind: 'pretended' } & PretendedUser);

/** A message for the visitor that concerns no field. */
export interface UserMessage {
  readonly level: 'success' | 'info' | 'warning' | 'error';
  readonly message: MessageOrText;
}

/** One request of a run, as the current stage sees it. */
export interface Execution<S extends Stage | undefined = Stage> {
  /** The transaction of the request; write with no other. */
  readonly manager: EntityManager;
  readonly flow: Flow;
  /** The current stage; undefined for one that is not in the database. */
  readonly stage: S;
  /** The plan. Changes to its context are stored when the request succeeds. */
  readonly plan: FlowPlan;
  readonly visitor: Visitor;
  /** The query of the page. */
  readonly query: URLSearchParams;
  /** Hash of the session's key; undefined for a new visitor. */
  readonly session: Buffer | undefined;

  /** Reads the pending user from the database; undefined if the run has none, or the user was deleted. */
  pendingUser(): Promise<PendingUser | undefined>;
  setPendingUser(user: PlannedUser): void;

  /** Returns the user data of challenges: `pending_user` and `pending_user_avatar`. */
  userInfo(): Promise<{ pending_user: string; pending_user_avatar: string }>;

  /**
   * Parses a body into a class with field decorators.
   *
   * @throws ValidationError with all errors, keyed by field
   */
  read<T extends object>(type: abstract new () => T, body: unknown): Promise<T>;

  /** Adds a message to the next response. */
  message(level: UserMessage['level'], message: MessageOrText): void;

  /** Stores values of a stage in the session, such as counters. They survive restarts of the flow. */
  remembered(name: string): unknown;
  remember(name: string, value: string | number | boolean | null): void;

  /** Inserts a stage that is not in the database after the current one. */
  insertNext(inMemory: string): void;

  /** Like `insertNext`, and repeats the current stage after the inserted one. */
  insertBefore(inMemory: string): void;

  /** Replaces this run by another one, which continues when the visitor opens its flow. */
  continueWith(plan: FlowPlan): void;

  /**
   * Signs the user in. The session gets a new key, and belongs to the user from the next request on.
   *
   * @param seconds duration of the session; 0: until the browser is closed
   * @param binding what the session is bound to
   */
  signIn(user: User, seconds: number, binding: SessionBinding): Promise<void>;

  /** Signs the visitor out: the session ends with this request, and a new one continues the run. */
  signOut(): void;

  /** Ends every other session of a user. */
  endOtherSessions(user: User): Promise<void>;
}
