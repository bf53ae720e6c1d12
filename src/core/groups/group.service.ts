import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import { SecretBox } from '../../database/secret-box.js';
import { everyRow, type VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { AppError } from '../../rest/errors/app-error.js';
import { StatusError } from '../../rest/errors/status-error.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import { columnsOf } from '../../rest/fields/columns-of.js';
import type { Page } from '../../rest/list/page.js';
import { readPage, select } from '../../rest/list/read-page.js';
import { Referrers } from '../../rest/referrers.js';
import type { Reference } from '../../rest/used-by.js';
import type { Caller, KnownUsers } from '../access/caller.js';
import { Authority, type Party } from '../authority/authority.service.js';
import { isBelow } from '../authority/membership.js';
import type { Subject } from '../authority/read-standings.js';
import { User } from '../users/user.entity.js';
import type { GroupListQuery } from './dto/group-list.query.js';
import type { GroupDto, GroupRequestDto, PatchedGroupRequestDto } from './dto/group.dto.js';
import { Group } from './group.entity.js';
import { groupResponse, groupColumns, type GroupRoleRow, type GroupRow, type MemberRow } from './group.mapper.js';

/** Reads and writes groups. */
@Injectable()
export class GroupService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
    private readonly referrers: Referrers,
    private readonly authority: Authority,
  ) {}

  async list(query: GroupListQuery, visible: VisibleRows, known: KnownUsers): Promise<Page<GroupDto>> {
    const groups = this.groups(visible).setParameter('knownUsers', known);
    const { pagination, results } = await readPage<GroupRow>(groups, query);
    return { pagination, results: await this.responses(results, known, query.include_users) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows, known: KnownUsers, withUsers?: boolean): Promise<GroupDto> {
    const group = this.groups(visible).andWhere('grp.pk = :pk', { pk });
    const row = await select(group, groupColumns).getRawOne<GroupRow>();
    if (row === undefined) throw new AppError('notFound');
    const [response] = await this.responses([row], known, withUsers);
    return response as GroupDto;
  }

  /** Returns several groups by key; unknown keys are absent. */
  async getMany(pks: readonly string[], known: KnownUsers): Promise<ReadonlyMap<string, GroupDto>> {
    if (pks.length === 0) return new Map();
    const groups = this.groups(everyRow).andWhere('grp.pk = any(:pks)', { pks });
    const responses = await this.responses(await select(groups, groupColumns).getRawMany<GroupRow>(), known);
    return new Map(responses.map((response) => [response.pk, response]));
  }

  /** @throws AppError `forbidden` if the caller may not create such a group */
  async create(request: GroupRequestDto, by: Caller): Promise<GroupDto> {
    const pk = randomUUID();
    await this.dataSource.transaction((manager) => this.insert(manager, request, pk, by));
    return this.get(pk, everyRow, by.knownUsers);
  }

  /**
   * Changes the fields in the request and, also for a PUT, no others.
   *
   * @throws AppError `forbidden` if the caller may not make this change
   */
  async update({ pk }: Group, request: GroupRequestDto | PatchedGroupRequestDto, by: Caller): Promise<GroupDto> {
    await this.dataSource.transaction((manager) => this.change(manager, pk, request, by));
    return this.get(pk, everyRow, by.knownUsers);
  }

  /**
   * Deletes the group, but neither its members nor its child groups.
   *
   * @throws AppError `forbidden` if the caller may not delete this group
   */
  async remove({ pk }: Group, by: Caller): Promise<void> {
    await this.dataSource.transaction((manager) => this.delete(manager, pk, by));
  }

  /** As `create`, in the caller's transaction. */
  async insert(manager: EntityManager, request: GroupRequestDto, pk: string, by: Party): Promise<void> {
    const members = [...new Set(request.users)].map((user) => ({ user }));
    const subjects: Subject[] = [{ group: pk }, ...members];
    await this.authority.changing(manager, by, subjects, async () => {
      await manager.insert(Group, { ...columnsOfGroup(request), pk } as object);
      await setMembers(manager, pk, request);
    });
  }

  /** As `update`, in the caller's transaction. */
  async change(
    manager: EntityManager,
    pk: string,
    request: GroupRequestDto | PatchedGroupRequestDto,
    by: Party,
  ): Promise<void> {
    const columns = columnsOfGroup(request);
    await this.authority.lock(manager);
    const subjects: Subject[] = [{ group: pk }, ...(await this.membersToChange(manager, pk, request))];
    await this.authority.changing(manager, by, subjects, async () => {
      if (columns.parentId) await requireNoCycle(manager, pk, columns.parentId);
      if (Object.keys(columns).length > 0) await manager.update(Group, { pk }, columns as object);
      await setMembers(manager, pk, request);
    });
  }

  /** As `remove`, in the caller's transaction. */
  async delete(manager: EntityManager, pk: string, by: Party): Promise<void> {
    await this.authority.changing(manager, by, [{ group: pk }], () => manager.delete(Group, { pk }));
  }

  /**
   * @throws StatusError 404 for an unknown user
   * @throws AppError `forbidden` if the caller may not add them to the group
   */
  async addUser({ pk }: Group, user: number, by: Caller): Promise<void> {
    await this.setMember(user, by, (manager) =>
      manager.query(
        `insert into "group_user" (group_uuid, user_id) select $1, id from "user" where id = $2 on conflict do nothing`,
        [pk, user],
      ),
    );
  }

  /**
   * @throws StatusError 404 for an unknown user
   * @throws AppError `forbidden` if the caller may not remove them from the group
   */
  async removeUser({ pk }: Group, user: number, by: Caller): Promise<void> {
    await this.setMember(user, by, (manager) =>
      manager.query('delete from "group_user" where group_uuid = $1 and user_id = $2', [pk, user]),
    );
  }

  /**
   * Returns the objects that refer to a group: child groups, roles, members, and those of registered referrers.
   *
   * @throws AppError `notFound`
   */
  async references(pk: string, visible: VisibleRows): Promise<Reference[]> {
    await this.get(pk, visible, [], false);
    const { manager } = this.dataSource;
    return [
      {
        app: 'authentik_core',
        model: 'group',
        action: 'set_null',
        rows: manager
          .createQueryBuilder(Group, 'grp')
          .where('grp.parentId = :pk', { pk })
          .select('grp.pk', 'pk')
          .addSelect(`concat('Group ', grp.name)`, 'name')
          .orderBy('grp.name'),
      },
      {
        app: 'authentik_rbac',
        model: 'role',
        action: 'cascade_many',
        rows: manager
          .createQueryBuilder(Group, 'grp')
          .innerJoin('grp.roles', 'role')
          .where('grp.pk = :pk', { pk })
          .select('role.pk', 'pk')
          .addSelect(`concat('Role ', role.name)`, 'name')
          .orderBy('role.name'),
      },
      {
        app: 'authentik_core',
        model: 'user',
        action: 'cascade_many',
        rows: manager
          .createQueryBuilder(Group, 'grp')
          .innerJoin('grp.users', 'account')
          .where('grp.pk = :pk', { pk })
          .select('account.pk', 'pk')
          .addSelect('account.username', 'name')
          .orderBy('account.username'),
      },
      ...this.referrers.of('authentik_core.group', manager, pk),
    ];
  }

  private async setMember(user: number, by: Caller, work: (manager: EntityManager) => Promise<unknown>): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const found = await this.authority.changing(manager, by, [{ user }], async () => {
        await work(manager);
        return manager.existsBy(User, { pk: user });
      });
      if (!found) throw new StatusError(404);
    });
  }

  /** Returns the users that a request adds to or removes from the group. */
  private async membersToChange(
    manager: EntityManager,
    pk: string,
    { users }: PatchedGroupRequestDto,
  ): Promise<Subject[]> {
    if (users === undefined) return [];
    return manager.query<{ user: number }[]>(
      `select coalesce(wanted.id, gu.user_id) as "user"
         from (select user_id from "group_user" where group_uuid = $1) gu
         full join (select distinct unnest($2::int[]) as id) wanted on wanted.id = gu.user_id
        where wanted.id is null or gu.user_id is null`,
      [pk, users],
    );
  }

  private groups(visible: VisibleRows): SelectQueryBuilder<Group> {
    return restrict(this.dataSource.manager.createQueryBuilder(Group, 'grp'), visible);
  }

  /** Returns the responses for groups; members and roles are read with one statement each. */
  private async responses(rows: readonly GroupRow[], known: KnownUsers, withUsers = true): Promise<GroupDto[]> {
    const pks = rows.map(({ pk }) => pk);
    const members = await (withUsers
      ? this.dataSource.query<MemberRow[]>(membersOfGroups, [pks, known])
      : this.dataSource.query<MemberRow[]>(memberKeysOfGroups, [pks]));
    const roles = await this.dataSource.query<GroupRoleRow[]>(
      `select gr.group_uuid as "group", r.role_uuid as pk, r.name
         from "group_role" gr join "role" r using (role_uuid)
        where gr.group_uuid = any($1) order by r.name`,
      [pks],
    );
    const membersOf = byGroup(members);
    const rolesOf = byGroup(roles);
    return rows.map((row) =>
      groupResponse(row, membersOf.get(row.pk) ?? [], rolesOf.get(row.pk) ?? [], this.secrets, withUsers),
    );
  }
}

const memberKeysOfGroups = `
  select group_uuid as "group", user_id as pk from "group_user" where group_uuid = any($1) order by user_id`;

const membersOfGroups = `
  select gu.group_uuid as "group", u.id as pk, u.username, u.name, u.is_active, u.last_login, u.email, u.attributes,
         $2::int[] is null or u.id = any($2) as known
    from "group_user" gu join "user" u on u.id = gu.user_id
   where gu.group_uuid = any($1) order by u.id`;

/** Refuses cycles. Called under the lock of `Authority`, so concurrent changes cannot create one together. */
async function requireNoCycle(manager: EntityManager, pk: string, parent: string): Promise<void> {
  if (await isBelow(manager, parent, pk))
    throw new ValidationError({ parent: ['A group cannot be its own ancestor.'] });
}

function byGroup<T extends { readonly group: string }>(rows: readonly T[]): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const known = groups.get(row.group);
    if (known === undefined) groups.set(row.group, [row]);
    else known.push(row);
  }
  return groups;
}

function columnsOfGroup({ users: _, roles: __, parent, ...others }: PatchedGroupRequestDto): Partial<Group> {
  return columnsOf<Group>({ ...others, parentId: parent });
}

/** Sets the members and roles in the request. */
async function setMembers(manager: EntityManager, pk: string, { users, roles }: PatchedGroupRequestDto): Promise<void> {
  if (users !== undefined) {
    await manager.query('delete from "group_user" where group_uuid = $1 and user_id <> all($2)', [pk, users]);
    await manager.query(
      `insert into "group_user" (group_uuid, user_id) select distinct $1::uuid, unnest($2::int[]) on conflict do nothing`,
      [pk, users],
    );
  }
  if (roles !== undefined) {
    await manager.query('delete from "group_role" where group_uuid = $1 and role_uuid <> all($2)', [pk, roles]);
    await manager.query(
      `insert into "group_role" (group_uuid, role_uuid) select distinct $1::uuid, unnest($2::uuid[]) on conflict do nothing`,
      [pk, roles],
    );
  }
}
