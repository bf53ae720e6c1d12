import type { EntityManager } from 'typeorm';

import type { SessionBinding } from '../core/sessions/session-network.js';
import type { User } from '../core/users/user.entity.js';
import type { Flow } from '../flows/flow.entity.js';
import type { Stage } from '../flows/stage.entity.js';
import type { MessageOrText } from '../rest/messages/messages.js';
import type { FlowPlan, PlannedUser, PretendedUser } from './plan.js';

/** Who is at the other end, and what they said of themselves. */
export interface Visitor {
  /** Who is signed in; undefined for anybody. */
  readonly user: User | undefined;
  /** The address that the request comes from; TRUST_PROXY decides which one that is. */
  readonly clientIp: string;
  /** What the browser is known by since an earlier sign-in (`KnownBrowsers`); may be anything. */
  readonly browser: string | undefined;
  /** BCP 47, best first: `?locale=`, then `Accept-Language`. */
  readonly locales: readonly string[];
  readonly requestId: string;
}

/** The pending user of a run. `pretended`: no user, which the visitor must not learn. */
export type PendingUser =
  { readonly kind: 'known'; readonly user: User } | ({ readonly kind: 'pretended' } & PretendedUser);

/** A message for the visitor that concerns no field. */
export interface UserMessage {
  readonly level: 'success' | 'info' | 'warning' | 'error';
  readonly message: MessageOrText;
}

/** One request in a run through a flow, as the current stage sees it. */
export interface Execution<S extends Stage | undefined = Stage> {
  /** Of the transaction that the whole request is; nothing else may be written with. */
  readonly manager: EntityManager;
  readonly flow: Flow;
  /** The current stage, as it is stored now; undefined for one that is not in the database. */
  readonly stage: S;
  /** Its context may be changed; it is stored when the request succeeds. */
  readonly plan: FlowPlan;
  readonly visitor: Visitor;
  /** The query of the page (flow execution, section 2.2). */
  readonly query: URLSearchParams;
  /** Hash of the session's key; undefined for a new visitor. */
  readonly session: Buffer | undefined;

  /** The pending user, read anew from the database; undefined if there is none, or not any more. */
  pendingUser(): Promise<PendingUser | undefined>;
  setPendingUser(user: PlannedUser): void;

  /** What `ak-stage-*` challenges with user info tell: `pending_user` and `pending_user_avatar`. */
  userInfo(): Promise<{ pending_user: string; pending_user_avatar: string }>;

  /**
   * Reads a body as a request class made of field decorators.
   *
   * @throws ValidationError with every error, by field
   */
  read<T extends object>(type: abstract new () => T, body: unknown): Promise<T>;

  /** Adds a message to the next response. */
  message(level: UserMessage['level'], message: MessageOrText): void;

  /** A value that outlives restarts of the flow, until the session ends; for counters and one-time values of a stage. */
  remembered(name: string): unknown;
  remember(name: string, value: string | number | boolean | null): void;

  /** Puts a stage that is not in the database right behind the current one. */
  insertNext(inMemory: string): void;

  /** As `insertNext`, and the current stage comes once more behind it. */
  insertBefore(inMemory: string): void;

  /** Replaces this run by one through another flow, which continues when the visitor opens it. */
  continueWith(plan: FlowPlan): void;

  /**
   * Signs the user in: the session gets another key, and belongs to the user from the next request on.
   *
   * @param seconds how long the session lasts; 0: until the browser is closed
   * @param binding where it can be used from
   */
  signIn(user: User, seconds: number, binding: SessionBinding): Promise<void>;

  /** Signs the visitor out: the session ends with this request, and a new one continues the run. */
  signOut(): void;

  /** Ends every other session of a user. */
  endOtherSessions(user: User): Promise<void>;
}
