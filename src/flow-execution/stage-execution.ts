import { isDeepStrictEqual } from 'node:util';

import type { EntityManager } from 'typeorm';

import { boundNetwork, type SessionBinding } from '../core/sessions/session-network.js';
import type { Sessions } from '../core/sessions/session.service.js';
import type { User } from '../core/users/user.entity.js';
import type { Flow } from '../flows/flow.entity.js';
import type { Stage } from '../flows/stage.entity.js';
import type { RuleContext } from '../rest/fields/field.js';
import { readObject } from '../rest/fields/read-object.js';
import type { MessageOrText } from '../rest/messages/messages.js';
import type { Execution, PendingUser, UserMessage, Visitor } from './execution.js';
import type { FlowRun } from './flow-run.js';
import { readPendingUser, userInfo, type UserInfo } from './pending-user.js';
import type { FlowPlan, PlannedUser } from './plan.js';

/** The context of a stage in one request. */
export class StageExecution<S extends Stage | undefined> implements Execution<S> {
  constructor(
    private readonly run: FlowRun,
    readonly plan: FlowPlan,
    readonly stage: S,
    private readonly sessions: Sessions,
    private readonly resolve: RuleContext['resolve'],
  ) {}

  get manager(): EntityManager {
    return this.run.manager;
  }

  get flow(): Flow {
    return this.run.flow;
  }

  get visitor(): Visitor {
    return this.run.visitor;
  }

  get query(): URLSearchParams {
    return this.run.query;
  }

  get session(): Buffer | undefined {
    return this.run.session?.keyHash;
  }

  pendingUser(): Promise<PendingUser | undefined> {
    return readPendingUser(this.manager, this.plan.context);
  }

  setPendingUser(user: PlannedUser): void {
    const { context } = this.plan;
    const { pending_user: before } = context;
    // A proof of an address is valid for one pending user only.
    if (before !== undefined && !isDeepStrictEqual(before, user)) delete context.proved_address;
    context.pending_user = user;
    // A proof for another account is not valid for this one.
    if (!('pk' in user) || context.proved_account?.user !== user.pk) delete context.proved_account;
  }

  async userInfo(): Promise<UserInfo> {
    return userInfo(this.plan.context, await this.pendingUser(), this.visitor);
  }

  read<T extends object>(type: abstract new () => T, body: unknown): Promise<T> {
    return readObject(type, body, { manager: this.manager, current: undefined, resolve: this.resolve });
  }

  message(level: UserMessage['level'], message: MessageOrText): void {
    this.run.state.messages.push({ level, message });
  }

  remembered(name: string): unknown {
    return Object.hasOwn(this.run.state.memory, name) ? this.run.state.memory[name] : undefined;
  }

  remember(name: string, value: string | number | boolean | null): void {
    this.run.state.memory[name] = value;
  }

  insertNext(inMemory: string): void {
    this.plan.bindings.splice(1, 0, { inMemory });
  }

  insertBefore(inMemory: string): void {
    this.plan.bindings.splice(1, 0, { inMemory }, ...this.plan.bindings.slice(0, 1));
  }

  continueWith(plan: FlowPlan): void {
    const { state, link } = this.run;
    // A flow without stages is planned, and finished, when it is opened.
    if (plan.bindings.length > 0) state.plan = plan;
    else delete state.plan;
    state.history = [];
    if (link !== undefined) link.isFollowed = true;
  }

  signIn(user: User, seconds: number, binding: SessionBinding): Promise<void> {
    const { clientIp: ip, userAgent } = this.visitor;
    const network = boundNetwork(binding, ip);
    const isProved = this.plan.context.auth_method !== undefined;
    this.run.signedIn = { user, terms: { seconds, network, client: { ip, userAgent }, isProved } };
    return Promise.resolve();
  }

  signOut(): void {
    this.run.signedOut = true;
  }

  endOtherSessions(user: User): Promise<void> {
    return this.sessions.endAll(this.manager, user, this.session);
  }
}
