import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { AppError } from '../../rest/errors/app-error.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import { type Page, paginationOf, rangeOf } from '../../rest/list/page.js';
import { readPage } from '../../rest/list/read-page.js';
import { message } from '../../rest/messages/messages.js';
import type { Caller } from '../access/caller.js';
import { Authority } from '../authority/authority.service.js';
import type {
  ExtraRoleObjectPermissionDto,
  RoleObjectPermissionListQuery,
  UserObjectPermissionListQuery,
} from './dto/object-permission.dto.js';
import type { PermissionDto, PermissionListQuery } from './dto/permission.dto.js';
import { PermissionGrant } from './permission-grant.entity.js';
import { descriptionOf, modelOf, permissions } from './permission-models.js';
import { findObject, type Holder, subjectOf } from './permission.service.js';

/** Whose grants: the codenames of what a caller needs on the holder. */
export interface HolderKind {
  readonly column: 'user_id' | 'role_uuid';
  readonly view: string;
  readonly assign: string;
  readonly unassign: string;
}

export const roles: HolderKind = {
  column: 'role_uuid',
  view: 'authentik_rbac.view_role',
  assign: 'authentik_rbac.assign_role_permissions',
  unassign: 'authentik_rbac.unassign_role_permissions',
};

export const users: HolderKind = {
  column: 'user_id',
  view: 'authentik_core.view_user',
  assign: 'authentik_core.assign_user_permissions',
  unassign: 'authentik_core.unassign_user_permissions',
};

interface Grant {
  readonly number: number;
  readonly holder: string | number;
  readonly codename: string;
  readonly object_pk: string;
}

/** Lists permissions, and reads, moves and removes single grants of them by their numbers. */
@Injectable()
export class GrantService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly authority: Authority,
  ) {}

  /** A page of all permissions; with `role` or `user`, of those that the holder has on every object. */
  async permissions(query: PermissionListQuery, caller: Caller): Promise<Page<PermissionDto>> {
    const held = await this.heldEverywhere(query, caller);
    const words = (query.search ?? '').toLowerCase().split(/[\s,]+/);
    const found = permissions.filter(
      ({ name, codename, model, app_label }) =>
        (query.codename ?? codename) === codename &&
        (query.content_type__app_label ?? app_label) === app_label &&
        (query.content_type__model ?? model) === model &&
        (held?.has(`${app_label}.${codename}`) ?? true) &&
        words.every((word) => `${name} ${codename} ${model} ${app_label}`.toLowerCase().includes(word)),
    );
    const sorted = found.sort(byField(query.ordering));
    const { offset, limit } = rangeOf(query, found.length);
    return { pagination: paginationOf(query, found.length), results: sorted.slice(offset, offset + limit) };
  }

  /** @throws ValidationError without the filter that names the holder */
  async list(
    kind: HolderKind,
    query: RoleObjectPermissionListQuery | UserObjectPermissionListQuery,
    caller: Caller,
  ): Promise<Page<ExtraRoleObjectPermissionDto>> {
    const [filter, key] = 'uuid' in query ? ['uuid', query.uuid] : ['user_id', (query as { user_id?: number }).user_id];
    const name = kind === roles ? 'uuid' : filter;
    if (key === undefined) throw new ValidationError({ [name]: [message('required')] });
    const rows = this.dataSource.manager
      .createQueryBuilder(PermissionGrant, 'permission')
      .where(`permission.objectPk <> ''`);
    if (!caller.mayOn(kind.view, String(key))) rows.andWhere('false');
    const { pagination, results } = await readPage<{ pk: number; codename: string; object_pk: string }>(rows, query);
    return { pagination, results: results.map(({ pk, ...row }) => responseOf({ number: pk, ...row })) };
  }

  /** The grant on one object. @throws AppError `notFound` */
  async get(kind: HolderKind, number: number, caller: Caller): Promise<ExtraRoleObjectPermissionDto> {
    return responseOf(onObject(await this.find(this.dataSource.manager, kind, number, caller)));
  }

  /**
   * Changes which object a grant is for.
   *
   * @throws AppError `notFound`; `forbidden` if the caller may not assign and unassign it
   * @throws ValidationError if there is no such object
   */
  async move(
    kind: HolderKind,
    number: number,
    object_pk: string | undefined,
    caller: Caller,
  ): Promise<ExtraRoleObjectPermissionDto> {
    await this.changing(kind, number, [kind.assign, kind.unassign], caller, async (manager, grant) => {
      const { codename } = onObject(grant);
      if (object_pk === undefined) return;
      const objectPk = await findObject(manager, { model: modelOf(codename), object_pk });
      // Not an UPDATE: giving and taking write events.
      await manager.delete(PermissionGrant, { number });
      await manager.query(
        `insert into "permission_grant" (grant_uuid, number, ${kind.column}, codename, object_pk)
         values ($1, $2, $3, $4, $5)`,
        [randomUUID(), number, grant.holder, codename, objectPk],
      );
    });
    return this.get(kind, number, caller);
  }

  /**
   * Removes a grant, also one for every object: Terraform's provider of authentik destroys both this way.
   *
   * @throws AppError `notFound`; `forbidden` if the caller may not unassign it
   */
  async remove(kind: HolderKind, number: number, caller: Caller): Promise<void> {
    await this.changing(kind, number, [kind.unassign], caller, async (manager) => {
      await manager.delete(PermissionGrant, { number });
    });
  }

  private changing(
    kind: HolderKind,
    number: number,
    needed: readonly string[],
    caller: Caller,
    work: (manager: EntityManager, grant: Grant) => Promise<void>,
  ): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      const grant = await this.find(manager, kind, number, caller);
      const mayChange = needed.every((permission) => caller.mayOn(permission, String(grant.holder)));
      if (!mayChange) throw new AppError('forbidden');
      await this.authority.changing(manager, caller, [subjectOf(holderOf(kind, grant.holder))], () =>
        work(manager, grant),
      );
    });
  }

  private async find(manager: EntityManager, kind: HolderKind, number: number, caller: Caller): Promise<Grant> {
    const [grant] = await manager.query<Grant[]>(
      `select number, ${kind.column} as holder, codename, object_pk from "permission_grant"
        where number = $1 and ${kind.column} is not null`,
      [number],
    );
    if (grant === undefined || !caller.mayOn(kind.view, String(grant.holder))) throw new AppError('notFound');
    return grant;
  }

  /** Undefined: no holder is asked for. */
  private async heldEverywhere(
    { role, user }: PermissionListQuery,
    caller: Caller,
  ): Promise<ReadonlySet<string> | undefined> {
    if (role === undefined && user === undefined) return undefined;
    const known =
      (role === undefined || caller.mayOn(roles.view, role)) &&
      (user === undefined || caller.mayOn(users.view, String(user)));
    if (!known) return new Set();
    const rows = await this.dataSource.manager.query<{ codename: string }[]>(
      `select codename from "permission_grant"
        where object_pk = '' and ($1::text is null or role_uuid::text = $1) and ($2::int is null or user_id = $2)`,
      [role ?? null, user ?? null],
    );
    return new Set(rows.map(({ codename }) => codename));
  }
}

function holderOf(kind: HolderKind, key: string | number): Holder {
  return kind === users ? { userId: Number(key) } : { roleId: String(key) };
}

/** @throws AppError `notFound` for a grant on every object */
function onObject(grant: Grant): Grant {
  if (grant.object_pk === '') throw new AppError('notFound');
  return grant;
}

function responseOf({ number, codename, object_pk }: Omit<Grant, 'holder'>): ExtraRoleObjectPermissionDto {
  const { id: _, codename: action, model, app_label, name, ...verbose } = descriptionOf(codename);
  return { id: number, codename: action, model, app_label, object_pk, name, ...verbose, object_description: null };
}

/** By the first field that `ordering` names, else by name. */
function byField(ordering = ''): (a: PermissionDto, b: PermissionDto) => number {
  const fields = ['id', 'name', 'codename'] as const;
  const wanted = ordering.split(',').map((item) => item.trim());
  const item = wanted.find((each) => fields.some((field) => field === each.replace(/^-/, '')));
  const field = fields.find((each) => each === item?.replace(/^-/, '')) ?? 'name';
  const sign = item?.startsWith('-') ? -1 : 1;
  return (a, b) => sign * (a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : 0) || a.id - b.id;
}
