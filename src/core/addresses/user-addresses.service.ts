import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull } from 'typeorm';

import { EventLog } from '../../events/event-log.js';
import { AppError } from '../../rest/errors/app-error.js';
import { nonField, ValidationError } from '../../rest/errors/validation-error.js';
import { noSuchRow } from '../../rest/fields/coercions.js';
import type { Caller } from '../access/caller.js';
import { Authority } from '../authority/authority.service.js';
import { requireRoom } from '../limits/require-room.js';
import { Sessions } from '../sessions/session.service.js';
import { AccountChanges } from '../users/account-changes.js';
import { Credentials } from '../users/credentials.service.js';
import { claimNames, nameKey, NamesRefused } from '../users/names/account-names.js';
import { namesError } from '../users/names/name-rules.js';
import { User } from '../users/user.entity.js';
import { AccountAddress, type ProofMethod } from './account-address.entity.js';
import { addressesOf, deleteOldAddresses, isFreeFor, isProved } from './proved-addresses.js';
import type { UserAddressDto } from './user-address.dto.js';

/** How many addresses a user can have. */
const maxAddresses = 10;

const notHeld = 'The user does not have this address.';

/** An address that a user has. */
interface HeldAddress {
  readonly address: string;
  readonly isProved: boolean;
  readonly isPrimary: boolean;
}

/** Who changes addresses, and from where. */
export interface AddressChanger {
  readonly caller: Caller;
  readonly clientIp: string;
}

/**
 * Adds, removes and proves the further addresses of users, and makes one the primary address (`User.email`). Users do so for
 * themselves with a fresh session, other callers with the permission to change the user.
 */
@Injectable()
export class UserAddresses {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sessions: Sessions,
    private readonly authority: Authority,
    private readonly credentials: Credentials,
    private readonly changes: AccountChanges,
    private readonly events: EventLog,
  ) {
    changes.register(async (manager, { kind, user }) => {
      if (kind === 'address') await deleteOldAddresses(manager, user);
    });
  }

  /** Returns the addresses that a user has and had. */
  list({ pk }: User): Promise<UserAddressDto[]> {
    return addressesOf(this.dataSource.manager, pk);
  }

  /**
   * Adds an address without a proof, which changes nothing else: it is mailed nothing, and keeps no one from having it.
   *
   * @throws ValidationError if the user has it, or as many as a user can have
   */
  add({ pk }: User, address: string, by: AddressChanger): Promise<UserAddressDto> {
    return this.dataSource.transaction(async (manager) => {
      await this.requireMayChange(manager, pk, by.caller);
      const owned = { userId: pk, until: IsNull() };
      await requireRoom(manager, pk, { entity: AccountAddress, owned, noun: 'email addresses', limit: maxAddresses });
      if ((await find(manager, pk, address)) !== undefined) throw refusal('The user has this address already.');
      await manager.query(
        `insert into "account_address" (user_id, address) values ($1, $2)
         on conflict (user_id, address) do update
           set since = now(), until = null, proved = null, method = null, run = null`,
        [pk, address],
      );
      await this.log(manager, pk, by);
      return read(manager, pk, address);
    });
  }

  /**
   * Removes an address other than the primary one, and ends the links that were mailed.
   *
   * @throws ValidationError if the user does not have it, or it is the primary one, or their last proved one
   */
  remove({ pk }: User, address: string, by: AddressChanger): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      const isOwner = await this.requireMayChange(manager, pk, by.caller);
      // Before the lock on the user's row, as a flow does.
      await this.credentials.endLinks(manager, { pk }, false);
      await lockUser(manager, pk);
      const held = await requireHeld(manager, pk, address);
      if (held.isPrimary) throw refusal('This is the primary address. Make another address the primary one first.');
      if (isOwner && held.isProved && (await countProved(manager, pk)) === 1) {
        throw refusal('This is the only verified address. Verify another one first.');
      }
      const row = { userId: pk, address: held.address };
      // An address that was never proved says nothing about the account.
      if (held.isProved) await manager.update(AccountAddress, row, { until: () => 'now()' });
      else await manager.delete(AccountAddress, row);
      await deleteOldAddresses(manager, pk);
      await this.credentials.endLinks(manager, { pk }, true);
      if (held.isProved) await this.announce(manager, pk, held.address, true);
      await this.log(manager, pk, by);
    });
  }

  /**
   * Makes an address the primary one. The earlier one stays an address of the user, with its proof.
   *
   * @throws ValidationError if the user does not have it, it is a name of another user, or its owner has proved not both it
   *   and the earlier one
   */
  makePrimary({ pk }: User, address: string, by: AddressChanger): Promise<UserAddressDto> {
    return this.dataSource.transaction(async (manager) => {
      const isOwner = await this.requireMayChange(manager, pk, by.caller);
      await this.credentials.endLinks(manager, { pk }, false);
      await this.authority.changing(manager, by.caller, [{ user: pk }], async () => {
        const stored = await lockUser(manager, pk);
        const held = await requireHeld(manager, pk, address);
        if (held.isPrimary) return;
        if (isOwner && !held.isProved) throw refusal('Verify this address first.');
        // An unproved primary address gets no notice with a link that undoes this: it may belong to another person.
        if (isOwner && stored.email !== '' && !(await isProved(manager, pk, stored.email))) {
          throw refusal('Verify the current primary address first.');
        }
        await claimAddress(manager, stored, held.address);
        await manager.update(User, { pk }, { email: held.address });
        // The trigger has ended the earlier address, as where the account gets another one instead.
        await manager.update(AccountAddress, { userId: pk, address: stored.email }, { until: null });
        await this.credentials.changedAddress(manager, { pk }, stored.email, [], true);
      });
      return read(manager, pk, address);
    });
  }

  /**
   * Records that a mail to an address has reached a user who has it. Its owner is notified of a further address, by which
   * the account can be recovered from now on. A further address is not recorded if it is a name of another account.
   */
  async prove(manager: EntityManager, user: number, address: string, method: ProofMethod): Promise<void> {
    const stored = await lockUser(manager, user);
    const held = await find(manager, user, address);
    if (held === undefined || held.isProved || held.address !== address) return;
    if (!held.isPrimary && !(await isFreeFor(manager, stored, address))) return;
    await manager.update(AccountAddress, { userId: user, address }, { proved: () => 'now()', method });
    if (!held.isPrimary) await this.announce(manager, user, address, false);
  }

  /**
   * Requires that a caller may have an address of a user proved by a verification.
   *
   * @throws ValidationError if they may not change the user, or there is none, or the user does not have the address as it
   *   is spelled
   * @throws AppError `forbidden` if the account has more rights than the caller
   */
  async requireProvable(user: number, address: string, caller: Caller): Promise<void> {
    const { manager } = this.dataSource;
    const isVisible = caller.mayOn('authentik_core.change_user', String(user)) && (await exists(manager, user));
    if (!isVisible) throw new ValidationError({ user: [noSuchRow(user)] });
    await this.authority.requireSignInChange(manager, caller, user);
    if ((await find(manager, user, address))?.address !== address) {
      throw new ValidationError({ email: [notHeld] });
    }
  }

  /**
   * Requires that a caller may have an address of a user proved, and that it is not yet.
   *
   * @returns whether they do so as the owner
   * @throws ValidationError if the user does not have the address as it is spelled, or has proved it
   * @throws AppError as `requireMayChange`
   */
  async requireUnproved(user: number, address: string, caller: Caller): Promise<boolean> {
    const { manager } = this.dataSource;
    const isOwner = await this.requireMayChange(manager, user, caller);
    const held = await find(manager, user, address);
    if (held?.address !== address) throw refusal(notHeld);
    if (held.isProved) throw refusal('This address is verified already.');
    return isOwner;
  }

  /**
   * Locks the row of a user before a verification of one of their addresses is stored, and requires what may have changed
   * since `requireProvable` or `requireUnproved`: a new password, or a deactivation, has ended only earlier verifications.
   *
   * @param owner the caller, if they do so as the owner
   * @throws ValidationError if the user is inactive, or no longer has the address
   * @throws AppError `signInTooOld` if the owner's session has ended
   */
  async lockProvable(manager: EntityManager, user: number, address: string, owner?: Caller): Promise<void> {
    const { isActive, awaitsConfirmation } = await lockUser(manager, user);
    if (!isActive && !awaitsConfirmation) throw new ValidationError({ [nonField]: ['The user is not active.'] });
    if ((await find(manager, user, address))?.address !== address) throw new ValidationError({ [nonField]: [notHeld] });
    if (owner === undefined || (await this.sessions.isFresh(manager, owner.session, user))) return;
    throw new AppError('signInTooOld');
  }

  /**
   * Requires that the caller may change the addresses of a user.
   *
   * @returns whether they do so as the owner, and not as an administrator
   * @throws AppError `signInTooOld` for an owner without a fresh session, or `forbidden`
   */
  private async requireMayChange(manager: EntityManager, user: number, caller: Caller): Promise<boolean> {
    await this.authority.requireSignInChange(manager, caller, user);
    if (caller.mayOn('authentik_core.change_user', String(user))) return false;
    if (caller.pk !== user) throw new AppError('forbidden');
    if (await this.sessions.isFresh(manager, caller.session, user)) return true;
    throw new AppError('signInTooOld');
  }

  private announce(manager: EntityManager, user: number, address: string, isRemoved: boolean): Promise<void> {
    return this.changes.announce(manager, { kind: 'further_address', user, address, isRemoved, locales: [] });
  }

  private log(manager: EntityManager, pk: number, { caller, clientIp }: AddressChanger): Promise<void> {
    const model = { app: 'authentik_core', model_name: 'user', pk, name: '' };
    return this.events.write(manager, {
      action: 'model_updated',
      app: 'authentik.core',
      context: { model, fields: ['addresses'] },
      user: caller.identity,
      clientIp,
    });
  }
}

/** Returns the address of a user in any spelling; undefined if they do not have it. */
async function find(manager: EntityManager, user: number, address: string): Promise<HeldAddress | undefined> {
  const [held] = await manager.query<HeldAddress[]>(
    `select a.address, a.proved is not null as "isProved", a.address = u.email as "isPrimary"
       from "account_address" a join "user" u on u.id = a.user_id
      where a.user_id = $1 and a.until is null and ${nameKey('a.address')} = ${nameKey('$2::text')}`,
    [user, address],
  );
  return held;
}

function exists(manager: EntityManager, pk: number): Promise<boolean> {
  return manager.existsBy(User, { pk });
}

async function requireHeld(manager: EntityManager, user: number, address: string): Promise<HeldAddress> {
  const held = await find(manager, user, address);
  if (held === undefined) throw refusal(notHeld);
  return held;
}

async function read(manager: EntityManager, user: number, address: string): Promise<UserAddressDto> {
  const held = await requireHeld(manager, user, address);
  const found = (await addressesOf(manager, user)).find((each) => each.address === held.address);
  if (found === undefined) throw new AppError('notFound');
  return found;
}

/** Locks the row of a user until the transaction ends. @throws AppError `notFound` */
async function lockUser(manager: EntityManager, pk: number): Promise<User> {
  const user = await manager.findOne(User, { where: { pk }, lock: { mode: 'for_no_key_update' } });
  if (user === null) throw new AppError('notFound');
  return user;
}

function countProved(manager: EntityManager, user: number): Promise<number> {
  return manager
    .createQueryBuilder(AccountAddress, 'a')
    .where('a.userId = :user and a.until is null and a.proved is not null', { user })
    .getCount();
}

async function claimAddress(manager: EntityManager, stored: User, address: string): Promise<void> {
  try {
    await claimNames(manager, { email: address }, stored);
  } catch (error) {
    throw error instanceof NamesRefused ? namesError(error) : error;
  }
}

function refusal(text: string): ValidationError {
  return new ValidationError({ address: [text] });
}
