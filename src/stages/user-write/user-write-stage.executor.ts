import { randomUUID } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, QueryFailedError } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { Authority } from '../../core/authority/authority.service.js';
import { Credentials } from '../../core/users/credentials.service.js';
import { claimNames, isAddress, NamesRefused, reservesForeignAddress } from '../../core/users/names/account-names.js';
import { isReservedUsername, reserveUsername } from '../../core/users/names/reserved-usernames.js';
import { User, type UserType, userTypes } from '../../core/users/user.entity.js';
import { inSavepoint } from '../../database/savepoint.js';
import { SealBrokenError, SecretBox } from '../../database/secret-box.js';
import { EventLog } from '../../events/event-log.js';
import type { Execution } from '../../flow-execution/execution.js';
import { FlowTokens } from '../../flow-execution/flow-token.service.js';
import { hasProof, lockProvedUser, recordOwnChange } from '../../flow-execution/proved-account.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { AppError } from '../../rest/errors/app-error.js';
import { type Message, message } from '../../rest/messages/messages.js';
import { type Redeemed, redeemInvitation } from '../invitation/redeem-invitation.js';
import { passwordChosenKey } from '../prompt/choose-password.executor.js';
import { lastSignUp, rememberSignUp } from '../prompt/held-sign-up.js';
import { ownValue, passwordKey, type PromptData } from '../prompt/prompt-form.js';
import { openPasswordHash } from '../prompt/sealed-password-hash.js';
import { rememberTypedPassword } from '../prompt/typed-password.js';
import { setsUnprovedAddress } from '../prompt/unproved-address.js';
import { recordInvitedAddress } from './invited-address.js';
import { recordProofOfNewAddress } from './proof-of-new-address.js';
import { ReplacedSignUp } from './replaced-sign-up.service.js';
import { SignUpLimit } from './sign-up-limit.js';
import { type AddressHolders, holdersOf } from './taken-address.js';
import { type UserChanges, userChanges } from './user-changes.js';
import type { UserWriteStage } from './user-write-stage.entity.js';
import { discardWrittenData } from './written-data.js';

type Run = Execution<UserWriteStage>;

const failed = message('userNotWritten');

/** How long a user name is reserved, in days, where unconfirmed accounts are never deleted. */
const maxReservationDays = 3650;

/** Columns of the user to write. */
type Columns = UserChanges & Partial<Pick<User, 'usernameSkeleton' | 'passwordHash'>>;

/** Denies the run and rolls back what the stage has written. */
class Denial extends Error {
  /**
   * @param reason the message for the visitor
   * @param suspicion the message of an event for administrators
   */
  constructor(
    readonly reason?: Message,
    readonly suspicion?: string,
  ) {
    super(reason?.code);
  }
}

/** Writes the data of the run to the pending user, or creates a user from it. */
@Injectable()
export class UserWriteStageExecutor implements StageExecutor<UserWriteStage> {
  readonly kind = 'user_write';

  constructor(
    private readonly secrets: SecretBox,
    private readonly credentials: Credentials,
    private readonly events: EventLog,
    private readonly signUps: SignUpLimit,
    private readonly replaced: ReplacedSignUp,
    private readonly authority: Authority,
    private readonly tokens: FlowTokens,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async show(execution: Run): Promise<StageOutcome> {
    const data = execution.plan.context.prompt_data;
    if (data === undefined) return { kind: 'denied', message: message('noPendingData') };
    try {
      // A savepoint: a denial rolls back to it, and the request continues.
      await execution.manager.transaction((manager) => this.write(execution, manager, data));
    } catch (error) {
      const denial = asDenial(error);
      if (denial === undefined) throw error;
      if (denial.suspicion !== undefined) await this.logSuspiciousRequest(execution, denial.suspicion);
      return { kind: 'denied', ...(denial.reason !== undefined && { message: denial.reason }) };
    }
    return { kind: 'passed' };
  }

  handleResponse(execution: Run): Promise<StageOutcome> {
    return this.show(execution);
  }

  private async write(execution: Run, manager: EntityManager, data: PromptData): Promise<void> {
    const { context } = execution.plan;
    await this.authority.share(manager);
    const stored = await this.findUserToChange(execution, manager);
    const isOwner = stored === undefined || hasProof(execution, stored);
    const refusal = stored === undefined ? await this.signUps.check(execution.visitor.clientIp) : undefined;
    if (refusal !== undefined) throw new Denial(refusal);
    const changes = userChanges(data, stored?.attributes ?? {});
    if (changes === undefined) throw new Denial(isBlank(data['username']) ? undefined : failed);
    if (reservesForeignAddress(changes, stored)) throw new Denial(failed);
    if (setsUnprovedAddress(changes, stored, context)) throw new Denial(message('addressNotProved'));
    const password = this.passwordColumn(data);
    const { username = '', email = '' } = changes;
    if (context.corrects_sign_up === true && stored === undefined) {
      const isReplaced = await this.replaced.end(manager, lastSignUp(execution), { username, email });
      if (!isReplaced) throw new Denial(message('accountChanged'));
    }
    const isReserved = stored === undefined && (await isReservedUsername(manager, { username, email }));
    if (isReserved) throw new Denial(failed);
    const holders = stored === undefined ? await holdersOf(execution, manager, changes) : {};
    if (holders.owner !== undefined || holders.unconfirmed !== undefined) {
      await this.simulateSignUp(execution, manager, { ...changes, ...password }, holders);
      return;
    }
    const columns: Columns = { ...changes, ...(await claimNames(manager, changes, stored)), ...password };
    const user =
      stored === undefined
        ? await create(execution, manager, columns)
        : await this.change(execution, manager, stored, columns);
    if (context.invitation !== undefined) {
      const redeemed = await this.redeem(execution, manager, context.invitation);
      if (stored === undefined) await recordInvitedAddress(manager, execution.plan, redeemed, user);
    }
    const group = stored === undefined ? execution.stage.createUsersGroupId : null;
    await this.addToGroups(manager, user, [...(context.groups ?? []), ...(group === null ? [] : [group])]);
    await this.logWrite(execution, manager, user, stored === undefined, changes, password !== undefined);
    if (password !== undefined) execution.remember(passwordChosenKey, user.pk);
    if (stored === undefined) rememberSignUp(execution, { user: user.pk });
    execution.setPendingUser({ pk: user.pk });
    // Writing proves nothing by itself.
    if (isOwner) await recordOwnChange(manager, context, user.pk);
    context.user_backend = 'authentik.core.auth.InbuiltBackend';
    discardWrittenData(context);
  }

  /**
   * Continues like a sign-up without creating an account. Either the address has an account, which only its owner may
   * learn, by mail; or the same names have signed up before, and that sign-up continues. Does the same work as a sign-up
   * and rolls back, so that timing reveals nothing.
   */
  private async simulateSignUp(
    execution: Run,
    manager: EntityManager,
    columns: Columns,
    { owner, unconfirmed }: AddressHolders,
  ): Promise<void> {
    const { stage, plan } = execution;
    const { username = '', email = '' } = columns;
    const isHeld = isAddress(username) || unconfirmed !== undefined;
    // Another sign-up with this name waits for the claim, and then finds it reserved. An account may have it already.
    const names = await claimNames(manager, { username: isHeld ? randomUUID() : username });
    const reserve = (within: EntityManager): Promise<boolean> =>
      reserveUsername(within, { username, email }, this.settings.unconfirmedRetention || maxReservationDays);
    const held = lastSignUp(execution);
    const wasReserved = !isHeld && (await reserve(manager));
    await inSavepoint(manager, async (nested) => {
      if (isHeld) await reserve(nested);
      const user = await create(execution, nested, { ...columns, ...names });
      const group = stage.createUsersGroupId;
      await this.addToGroups(nested, user, [...(plan.context.groups ?? []), ...(group === null ? [] : [group])]);
      await this.logWrite(execution, nested, user, true, columns, columns.passwordHash !== undefined);
      return false;
    });
    // Only the browser that was the first to hold the names can correct its sign-up, whether it got an account or not.
    const isFirst = !wasReserved || held.names?.username === username;
    if (owner !== undefined) {
      rememberSignUp(execution, { names: isHeld || !isFirst ? undefined : { username, email } });
      execution.setPendingUser({ pretended: { username, email, owner: owner.pk } });
    } else if (unconfirmed !== undefined) {
      rememberSignUp(execution, { user: held.user === unconfirmed.pk ? unconfirmed.pk : undefined });
      execution.setPendingUser({ pk: unconfirmed.pk });
      rememberTypedPassword(execution, unconfirmed, ownValue(plan.context.prompt_data ?? {}, passwordKey));
    }
    discardWrittenData(plan.context);
  }

  /** Returns the user to change, with the row locked; undefined if a user is to be created. */
  private async findUserToChange(execution: Run, manager: EntityManager): Promise<User | undefined> {
    const { stage, visitor } = execution;
    const pending = await execution.pendingUser();
    // An unknown pending user is neither changed nor replaced by the signed-in one.
    const user = pending === undefined ? visitor.user : pending.kind === 'known' ? pending.user : undefined;
    const isNew = user === undefined || stage.userCreationMode === 'always_create';
    if (isNew) {
      if (stage.userCreationMode === 'never_create') throw new Denial(message('noUserToChange'));
      return undefined;
    }
    const stored = await lockProvedUser(manager, execution.plan.context, user.pk);
    if (stored === undefined) throw new Denial(failed);
    if (stored === 'changed') throw new Denial(message('accountChanged'));
    return stored;
  }

  /**
   * Changes a user with the rights of the owner, if the visitor has proved to be the owner. Other visitors, and the data
   * of an invitation, can only change accounts without rights.
   */
  private change(execution: Run, manager: EntityManager, stored: User, columns: Columns): Promise<User> {
    const isOwner = hasProof(execution, stored) && execution.plan.context.invitation_in_effect !== true;
    const by = isOwner ? { pk: stored.pk } : 'visitor';
    const change = this.authority.changingInFlow(manager, by, [{ user: stored.pk }], () =>
      this.writeChanges(execution, manager, stored, columns),
    );
    return denyIfForbidden(
      change,
      new Denial(message('accountNotProved'), 'A flow without a proof does not change an account with rights.'),
    );
  }

  private async addToGroups(manager: EntityManager, user: User, groups: readonly string[]): Promise<void> {
    if (groups.length === 0) return;
    const change = this.authority.changingInFlow(manager, 'flow', [{ user: user.pk }], () =>
      addToGroups(manager, user, groups),
    );
    await denyIfForbidden(change, new Denial(failed, 'A flow cannot add users to a group of superusers.'));
  }

  private async writeChanges(
    execution: Run,
    manager: EntityManager,
    stored: User,
    { passwordHash, ...columns }: Columns,
  ): Promise<User> {
    const { email: from } = stored;
    const { session, visitor } = execution;
    const { locales } = visitor;
    // Before the address changes, so that the notice goes to the trusted address.
    if (passwordHash !== undefined) {
      // The tokens of the first start belong to the installation, and the link was shown beside one of them.
      const keepsTokens = execution.plan.context.shown_link === 'first_sign_in';
      await this.credentials.setPassword(manager, stored, passwordHash, { session, locales, keepsTokens });
    }
    if (Object.keys(columns).length > 0) await manager.update(User, { pk: stored.pk }, columns as object);
    if (columns.email !== undefined && columns.email !== from) {
      await this.credentials.changedAddress(manager, stored, from, locales);
      const { pk } = stored;
      await recordProofOfNewAddress(manager, this.tokens, execution.plan, { pk, email: columns.email });
    }
    return Object.assign(stored, columns);
  }

  private passwordColumn(data: PromptData): { passwordHash: string } | undefined {
    const planned = ownValue(data, passwordKey);
    return planned === undefined ? undefined : { passwordHash: openPasswordHash(planned, this.secrets) };
  }

  private async redeem(execution: Run, manager: EntityManager, invitation: string): Promise<Redeemed> {
    const { flow, plan, visitor } = execution;
    const redeemed = await redeemInvitation(manager, this.events, { invitation, flow, visitor });
    if (redeemed === undefined) throw new Denial(message('invitationInvalid'));
    delete plan.context.invitation;
    return redeemed;
  }

  private logSuspiciousRequest({ manager, stage, flow, visitor }: Run, message: string): Promise<void> {
    return this.events.write(manager, {
      action: 'suspicious_request',
      app: 'authentik.stages.user_write',
      context: { message, stage: { pk: stage.pk, name: stage.name }, flow: { pk: flow.pk, slug: flow.slug } },
      clientIp: visitor.clientIp,
    });
  }

  /** Writes an event with the names of the changed fields, without their values. */
  private async logWrite(
    { visitor }: Run,
    manager: EntityManager,
    user: User,
    created: boolean,
    changes: UserChanges,
    withPassword: boolean,
  ): Promise<void> {
    const { pk, username, email } = visitor.user ?? user;
    await this.events.write(manager, {
      action: 'user_write',
      app: 'authentik.stages.user_write',
      context: {
        affected_user: { pk: user.pk, username: user.username },
        created,
        fields: [...Object.keys(changes), ...(withPassword ? [passwordKey] : [])],
      },
      user: { pk, username, email },
      clientIp: visitor.clientIp,
    });
  }
}

async function create({ stage, plan }: Run, manager: EntityManager, columns: Columns): Promise<User> {
  if (columns.username === undefined) throw new Denial();
  const { user_path, user_type } = plan.context;
  const isInactive = stage.createUsersAsInactive;
  // TypeORM's `save` merges JSON and drops keys such as `valueOf`; `insert` stores it as it is.
  const user = Object.assign(new User(), columns, {
    uuid: randomUUID(),
    path: normalizedPath(user_path ?? stage.userPathTemplate),
    type: accountType(user_type ?? stage.userType),
    isActive: !isInactive,
    awaitsConfirmation: isInactive,
  });
  await manager.insert(User, user as object);
  return user;
}

/** Removes blank segments from a path; `users` if none is left. */
function normalizedPath(template: string): string {
  const segments = template.split('/').filter((segment) => segment.trim() !== '');
  return segments.length > 0 ? segments.join('/') : 'users';
}

/** Returns the type of a new user. Flows cannot create internal service accounts. */
function accountType(requested: string): UserType {
  const type = userTypes.find((each) => each === requested) ?? 'external';
  return type === 'internal_service_account' ? 'service_account' : type;
}

async function addToGroups(manager: EntityManager, { pk }: User, groups: readonly string[]): Promise<void> {
  await manager.query(
    `insert into "group_user" (group_uuid, user_id)
     select group_uuid, $1 from "group" where group_uuid::text = any($2) on conflict do nothing`,
    [pk, groups],
  );
}

/** @throws the denial if `Authority` refuses the change */
async function denyIfForbidden<T>(change: Promise<T>, denial: Denial): Promise<T> {
  try {
    return await change;
  } catch (error) {
    throw error instanceof AppError && error.code === 'forbidden' ? denial : error;
  }
}

function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

/** PostgreSQL error codes of invalid input: unique violation, value too long. */
const inputErrorCodes = ['23505', '22001'];

function asDenial(error: unknown): Denial | undefined {
  if (error instanceof Denial) return error;
  if (error instanceof SealBrokenError || error instanceof NamesRefused) return new Denial(failed);
  const { code } = error instanceof QueryFailedError ? (error.driverError as { code?: string }) : {};
  return inputErrorCodes.includes(code ?? '') ? new Denial(failed) : undefined;
}
