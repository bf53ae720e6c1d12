import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, Not, type SelectQueryBuilder } from 'typeorm';

import { SecretBox } from '../../database/secret-box.js';
import { EventLog } from '../../events/event-log.js';
import { everyRow, type VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { AppError } from '../../rest/errors/app-error.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import { columnsOf } from '../../rest/fields/columns-of.js';
import type { Page } from '../../rest/list/page.js';
import { readPage, select } from '../../rest/list/read-page.js';
import { Referrers } from '../../rest/referrers.js';
import type { Reference } from '../../rest/used-by.js';
import type { Caller } from '../access/caller.js';
import { Authority } from '../authority/authority.service.js';
import { Group } from '../groups/group.entity.js';
import { hashPassword } from '../passwords/password-hash.js';
import { PasswordRules } from '../passwords/password-rules.service.js';
import { Sessions } from '../sessions/session.service.js';
import { Token } from '../tokens/token.entity.js';
import { Credentials } from './credentials.service.js';
import type { UserListQuery } from './dto/user-list.query.js';
import type { PatchedUserRequestDto, UserDto, UserRequestDto } from './dto/user.dto.js';
import { claimNames, NamesRefused } from './names/account-names.js';
import { namesError } from './names/name-rules.js';
import { User } from './user.entity.js';
import { userResponse, userColumns, type UserGroupRow, type UserRow } from './user.mapper.js';

/** Reads and writes users. */
@Injectable()
export class UserService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
    private readonly events: EventLog,
    private readonly sessions: Sessions,
    private readonly credentials: Credentials,
    private readonly referrers: Referrers,
    private readonly passwords: PasswordRules,
    private readonly authority: Authority,
  ) {}

  async list(query: UserListQuery, visible: VisibleRows): Promise<Page<UserDto>> {
    const { pagination, results } = await readPage<UserRow>(this.users(visible), query);
    return { pagination, results: await this.responses(results, query.include_groups) };
  }

  /** @throws AppError `notFound` */
  async get(pk: number, visible: VisibleRows): Promise<UserDto> {
    const user = this.users(visible).andWhere('account.pk = :pk', { pk });
    const row = await select(user, userColumns).getRawOne<UserRow>();
    if (row === undefined) throw new AppError('notFound');
    const [response] = await this.responses([row]);
    return response as UserDto;
  }

  /** Returns several users by key; unknown keys are absent. */
  async getMany(pks: readonly number[]): Promise<ReadonlyMap<number, UserDto>> {
    if (pks.length === 0) return new Map();
    const users = this.users(everyRow).andWhere('account.pk = any(:pks)', { pks });
    const responses = await this.responses(await select(users, userColumns).getRawMany<UserRow>());
    return new Map(responses.map((response) => [response.pk, response]));
  }

  /**
   * @throws AppError `forbidden` if the caller may not create such a user
   * @throws ValidationError if another account has taken one of the names
   */
  async create({ groups, ...request }: UserRequestDto, by: Caller): Promise<UserDto> {
    const work = async (manager: EntityManager): Promise<number> => {
      const columns = columnsOf<User>(request);
      const names = await claimed(manager, columns);
      // TypeORM's `save` merges JSON and drops keys such as `valueOf`; `insert` stores it as it is.
      const user = Object.assign(new User(), columns, names, { uuid: randomUUID() });
      await manager.insert(User, user as object);
      await this.setGroups(manager, user.pk, groups);
      return user.pk;
    };
    const pk = await this.dataSource.transaction((manager) =>
      this.authority.changing(
        manager,
        by,
        (user) => [{ user }],
        () => work(manager),
      ),
    );
    return this.get(pk, everyRow);
  }

  /**
   * Changes the fields in the request and, also for a PUT, no others.
   *
   * @throws AppError `forbidden` if the caller may not make this change
   * @throws ValidationError if another account has taken one of the names
   */
  async update(
    { pk }: User,
    { groups, ...request }: UserRequestDto | PatchedUserRequestDto,
    by: Caller,
  ): Promise<UserDto> {
    const columns = columnsOf<User>(request);
    // An explicit `is_active` cancels a pending activation.
    if (columns.isActive !== undefined) columns.awaitsConfirmation = false;
    await this.dataSource.transaction(async (manager) => {
      const isSwitchedOff = columns.isActive === false;
      // Before the user, as a flow does: the reverse lock order deadlocks...
      if (isSwitchedOff) await this.credentials.endAccess(manager, { pk }, false);
      const from = await this.addressBefore(manager, pk, columns.email);
      await this.authority.changing(manager, by, [{ user: pk }], async () => {
        const stored = await manager.findOne(User, { where: { pk }, lock: { mode: 'pessimistic_write' } });
        if (stored === null) throw new AppError('notFound');
        const written = { ...columns, ...(await claimed(manager, columns, stored)) };
        if (Object.keys(written).length > 0) await manager.update(User, { pk }, written as object);
        if (from !== undefined) await this.credentials.changedAddress(manager, { pk }, from);
        // ...and again, for a concurrent sign-in.
        if (isSwitchedOff) await this.credentials.endAccess(manager, { pk }, true);
        await this.setGroups(manager, pk, groups);
      });
    });
    return this.get(pk, everyRow);
  }

  /**
   * Deletes the user and everything that they own.
   *
   * @throws AppError `forbidden` if the caller may not delete this user
   */
  async remove({ pk }: User, by: Caller): Promise<void> {
    await this.dataSource.transaction((manager) =>
      this.authority.changing(manager, by, [{ user: pk }], () => manager.delete(User, { pk })),
    );
  }

  /**
   * Sets the password, and records who did it. Access that was gained with the old one ends (`Credentials`); the
   * caller's own session or token stays.
   *
   * @throws ValidationError if the password breaks a rule
   */
  async setPassword(user: User, password: string, by: Caller, clientIp: string): Promise<void> {
    const { pk, username, name, email } = user;
    const problems = await this.passwords.check(this.dataSource.manager, password, [username, name, email]);
    if (problems.length > 0) throw new ValidationError({ password: problems });
    const passwordHash = await hashPassword(password);
    await this.dataSource.transaction(async (manager) => {
      // Sessions come before the lock of `Authority`, as in a flow: the reverse order deadlocks.
      await this.sessions.endAll(manager, { pk }, by.session);
      await this.authority.changing(manager, by, [{ user: pk }], () =>
        this.credentials.setPassword(manager, { pk }, passwordHash, { session: by.session, token: by.token }),
      );
      await this.events.write(manager, {
        action: 'password_set',
        app: 'authentik.core',
        context: { affected_user: { pk, username } },
        user: by.identity,
        clientIp,
      });
    });
  }

  /** Returns the sorted paths of users; `search` filters by substring. */
  async paths(search: string, visible: VisibleRows): Promise<string[]> {
    const rows = await this.users(visible)
      .select('account.path', 'path')
      .distinct(true)
      .andWhere('strpos(lower(account.path), lower(:search)) > 0', { search: search.replaceAll('\0', '') })
      .orderBy('path')
      .getRawMany<{ path: string }>();
    return rows.map(({ path }) => path);
  }

  /**
   * Returns the objects that refer to a user: groups, tokens, and those of registered referrers.
   *
   * @throws AppError `notFound`
   */
  async references(pk: number, visible: VisibleRows): Promise<Reference[]> {
    await this.get(pk, visible);
    const { manager } = this.dataSource;
    return [
      {
        app: 'authentik_core',
        model: 'group',
        action: 'cascade_many',
        rows: manager
          .createQueryBuilder(Group, 'grp')
          .innerJoin('grp.users', 'account', 'account.pk = :pk', { pk })
          .select('grp.pk', 'pk')
          .addSelect(`concat('Group ', grp.name)`, 'name')
          .orderBy('grp.name'),
      },
      {
        app: 'authentik_core',
        model: 'token',
        action: 'cascade',
        rows: manager
          .createQueryBuilder(Token, 'token')
          .where('token.userId = :pk', { pk })
          .select('token.pk', 'pk')
          .addSelect('token.identifier', 'name')
          .orderBy('token.identifier'),
      },
      ...this.referrers.of('authentik_core.user', manager, pk),
    ];
  }

  /** Returns the address that is replaced. Its links are revoked before and after the lock on the row of the user. */
  private async addressBefore(
    manager: EntityManager,
    pk: number,
    email: string | undefined,
  ): Promise<string | undefined> {
    if (email === undefined) return undefined;
    const user = await manager.findOneBy(User, { pk, email: Not(email) });
    if (user !== null) await this.credentials.endLinks(manager, { pk }, false);
    return user?.email;
  }

  private users(visible: VisibleRows): SelectQueryBuilder<User> {
    return restrict(this.dataSource.manager.createQueryBuilder(User, 'account'), visible);
  }

  private async setGroups(manager: EntityManager, pk: number, groups: readonly string[] | undefined): Promise<void> {
    if (groups === undefined) return;
    await manager.query('delete from "group_user" where user_id = $1 and group_uuid <> all($2)', [pk, groups]);
    await manager.query(
      `insert into "group_user" (group_uuid, user_id) select distinct unnest($2::uuid[]), $1::int on conflict do nothing`,
      [pk, groups],
    );
  }

  /** Returns the responses for users; groups are read with one statement. */
  private async responses(rows: readonly UserRow[], withGroups = true): Promise<UserDto[]> {
    const groups = await this.dataSource.query<UserGroupRow[]>(
      `select gu.user_id as "user", g.group_uuid as pk, g.name, g.is_superuser, g.parent_uuid as parent,
              above.name as parent_name, g.attributes
         from "group_user" gu
         join "group" g using (group_uuid)
         left join "group" above on above.group_uuid = g.parent_uuid
        where gu.user_id = any($1) order by g.name`,
      [rows.map(({ pk }) => pk)],
    );
    const ofUser = new Map<number, UserGroupRow[]>(rows.map(({ pk }) => [pk, []]));
    for (const group of groups) ofUser.get(group.user)?.push(group);
    return rows.map((row) => userResponse(row, ofUser.get(row.pk) ?? [], this.secrets, withGroups));
  }
}

/** Returns the columns of `claimNames`. @throws ValidationError if it refuses the names */
async function claimed(manager: EntityManager, columns: Partial<User>, stored?: User): Promise<Partial<User>> {
  try {
    return await claimNames(manager, columns, stored);
  } catch (error) {
    throw error instanceof NamesRefused ? namesError(error) : error;
  }
}
