import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { AppError } from '../../rest/errors/app-error.js';
import { nonField, ValidationError } from '../../rest/errors/validation-error.js';
import { type Changer, mayChange } from './may-change.js';
import { isAmongSuperusers } from './membership.js';
import { readStanding, type Subject } from './read-standings.js';
import type { Standing } from './standing.js';

/**
 * The party that makes a change: a user, the operator (bootstrap, blueprint files at the start), a flow on behalf of
 * the superuser or editor who set it up, or a visitor of a flow who has proved nothing.
 */
export type Party = { readonly pk: number } | 'operator' | 'flow' | 'visitor';

/** Any number that no other lock has; the same in every process. */
const lock = 731_010;

/** Parties that are not users. A flow passes on the rights of its stages, but neither creates nor changes superusers. */
const parties: Readonly<Record<Extract<Party, string>, Changer>> = {
  operator: { isSuperuser: true, mayOn: () => true },
  flow: { isSuperuser: false, mayOn: () => true },
  visitor: { isSuperuser: false, mayOn: () => false },
};

/**
 * Decides who may change users, groups, roles, permissions, and stages that hand these on (`may-change.ts`). Every
 * writer asks here: API, import, blueprints, stages.
 */
@Injectable()
export class Authority {
  /** Makes the changes of other transactions wait until this one ends; `changing` does so by itself. */
  async lock(manager: EntityManager): Promise<void> {
    await manager.query('select pg_advisory_xact_lock($1)', [lock]);
  }

  /** As `lock`, for stages: only `changing` waits. */
  async share(manager: EntityManager): Promise<void> {
    await manager.query('select pg_advisory_xact_lock_shared($1)', [lock]);
  }

  /**
   * Makes a change and compares what its subjects are before and after. The check is part of the transaction that
   * writes: the caller's rights are read again, one change comes after the other until the transaction ends, and
   * a refused one is rolled back with it.
   *
   * Lock order: sessions, then this lock, then users and groups.
   *
   * @param subjects what the change is about; a function names what it has created
   * @throws AppError `forbidden`, or ValidationError if no active superuser would be left
   */
  async changing<T>(
    manager: EntityManager,
    by: Party,
    subjects: readonly Subject[] | ((result: T) => readonly Subject[]),
    work: () => Promise<T>,
  ): Promise<T> {
    await this.lock(manager);
    const caller = await readChanger(manager, by);
    if (caller.isSuperuser) {
      const result = await work();
      if (by !== 'operator') await requireActiveSuperuser(manager);
      return result;
    }
    return this.compare(manager, caller, subjects, work);
  }

  /** As `changing`, for stages: they unmake no superuser, so many can write at the same time. */
  async changingInFlow<T>(
    manager: EntityManager,
    by: Party,
    subjects: readonly Subject[] | ((result: T) => readonly Subject[]),
    work: () => Promise<T>,
  ): Promise<T> {
    await this.share(manager);
    const caller = await readChanger(manager, by);
    return caller.isSuperuser ? work() : this.compare(manager, caller, subjects, work);
  }

  /**
   * Requires that a caller may change what a user signs in with: before a link to a new password or a token is issued.
   * All users may do so for their own account.
   *
   * @throws AppError `forbidden`
   */
  async requireSignInChange(manager: EntityManager, by: Party, user: number): Promise<void> {
    if (typeof by !== 'string' && by.pk === user) return;
    await this.share(manager);
    const caller = await readChanger(manager, by);
    const before = await readStanding(manager, { user });
    if (before?.account === undefined) return;
    require(caller, before, { ...before, account: { ...before.account, signIn: 'another', whole: 'another' } });
  }

  private async compare<T>(
    manager: EntityManager,
    caller: Changer,
    subjects: readonly Subject[] | ((result: T) => readonly Subject[]),
    work: () => Promise<T>,
  ): Promise<T> {
    const known = typeof subjects === 'function' ? [] : subjects;
    await lockUsers(manager, known);
    const before: (Standing | undefined)[] = [];
    for (const subject of known) before.push(await readStanding(manager, subject));
    const result = await work();
    const concerned = typeof subjects === 'function' ? subjects(result) : subjects;
    for (const [index, subject] of concerned.entries()) {
      require(caller, before[index], await readStanding(manager, subject));
    }
    return result;
  }
}

function require(caller: Changer, before: Standing | undefined, after: Standing | undefined): void {
  if (mayChange(caller, before, after) !== undefined) throw new AppError('forbidden');
}

/** What a party may do at this moment. An account that was deactivated or deleted meanwhile may do nothing. */
async function readChanger(manager: EntityManager, by: Party): Promise<Changer> {
  if (typeof by === 'string') return parties[by];
  const standing = await readStanding(manager, { user: by.pk });
  if (standing?.account?.isActive !== true) return parties.visitor;
  const held = new Set([...standing.permissions.values()].map(({ codename, objectKey }) => `${codename} ${objectKey}`));
  return {
    isSuperuser: standing.superuserBy.length > 0,
    mayOn: (permission, key) => held.has(`${permission} `) || held.has(`${permission} ${key}`),
  };
}

/** Nobody else changes these rows between the two readings. */
async function lockUsers(manager: EntityManager, subjects: readonly Subject[]): Promise<void> {
  const users = subjects.flatMap((subject) => ('user' in subject ? [subject.user] : []));
  if (users.length === 0) return;
  await manager.query('select from "user" where id = any($1) order by id for no key update', [users]);
}

async function requireActiveSuperuser(manager: EntityManager): Promise<void> {
  const [row] = await manager.query<{ left: boolean }[]>(
    `select exists (select from "user" u where u.is_active and ${isAmongSuperusers('u.id')}) as left`,
  );
  if (row?.left !== true) throw new ValidationError({ [nonField]: ['The last active superuser has to stay one.'] });
}
