import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { SecretBox } from '../../database/secret-box.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { parseUuid } from '../../rest/fields/uuid.js';
import type { Page } from '../../rest/list/page.js';
import { readPage } from '../../rest/list/read-page.js';
import { isAmongSuperusers } from '../authority/membership.js';
import { User } from '../users/user.entity.js';
import { userUid, type UserRow } from '../users/user.mapper.js';
import type {
  RoleAssignedObjectPermissionDto,
  RoleAssignedPermissionListQuery,
  UserAssignedObjectPermissionDto,
  UserAssignedPermissionListQuery,
  UserObjectPermissionDto,
} from './dto/assigned-permissions.dto.js';
import type { RoleDto } from './dto/role.dto.js';
import { descriptionOf, permissionsOn } from './permission-models.js';
import { Role } from './role.entity.js';

type Query = UserAssignedPermissionListQuery | RoleAssignedPermissionListQuery;

/** Permissions of a holder that are listed; without an object, they can be many. */
const maxPerHolder = 1000;

/** Lists who may do what with an object: by a grant on it, or on every object of its model. */
@Injectable()
export class AssignedPermissions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
  ) {}

  /** Users with a permission of their own, and superusers. */
  async users(
    query: UserAssignedPermissionListQuery,
    visible: VisibleRows,
  ): Promise<Page<UserAssignedObjectPermissionDto>> {
    const accounts = this.dataSource.manager
      .createQueryBuilder(User, 'account')
      .where(`(${isGranted('user_id = account.id')} or ${isAmongSuperusers('account.id')})`, parametersOf(query));
    const { pagination, results } = await readPage<UserRow>(restrict(accounts, visible), query);
    const grants = await this.grants('user_id', query, results);
    return {
      pagination,
      results: results.map((row) => ({
        pk: row.pk,
        username: row.username,
        name: row.name,
        is_active: row.is_active,
        last_login: row.last_login,
        email: row.email,
        attributes: row.attributes,
        uid: userUid(row.pk, this.secrets),
        permissions: grants.get(String(row.pk)) ?? [],
        is_superuser: row.is_superuser,
      })),
    };
  }

  /** Roles with a permission; the members of their groups have it. */
  async roles(
    query: RoleAssignedPermissionListQuery,
    visible: VisibleRows,
  ): Promise<Page<RoleAssignedObjectPermissionDto>> {
    const roles = this.dataSource.manager
      .createQueryBuilder(Role, 'role')
      .where(isGranted('role_uuid = role.role_uuid'), parametersOf(query));
    const { pagination, results } = await readPage<RoleDto>(restrict(roles, visible), query);
    const grants = await this.grants('role_uuid', query, results);
    return {
      pagination,
      results: results.map(({ pk, name }) => ({ role_pk: pk, name, permissions: grants.get(pk) ?? [] })),
    };
  }

  /** The permissions of holders, by the key of the holder. */
  private async grants(
    holder: 'user_id' | 'role_uuid',
    query: Query,
    holders: readonly { readonly pk: string | number }[],
  ): Promise<ReadonlyMap<string, UserObjectPermissionDto[]>> {
    const { codenames, objectPk } = parametersOf(query);
    const rows = await this.dataSource.query<{ holder: string; id: number; codename: string; object_pk: string }[]>(
      `select holder::text, number as id, codename, object_pk
         from unnest($1::${holder === 'user_id' ? 'integer' : 'uuid'}[]) as holder,
              lateral (select number, codename, object_pk from "permission_grant"
                        where ${holder} = holder and codename = any($2) and ($3::text is null or object_pk in ('', $3))
                        order by codename, object_pk limit $4) as own
        order by codename, object_pk`,
      [holders.map(({ pk }) => pk), codenames, objectPk, maxPerHolder],
    );
    const found = new Map<string, UserObjectPermissionDto[]>();
    for (const { holder: key, id, codename, object_pk } of rows) {
      const { codename: action, model, app_label, name } = descriptionOf(codename);
      const permission = { id, codename: action, model, app_label, object_pk, name };
      const permissions = found.get(key);
      if (permissions === undefined) found.set(key, [permission]);
      else permissions.push(permission);
    }
    return found;
  }
}

/** SQL condition that a holder has one of the permissions. */
function isGranted(isHolder: string): string {
  return `exists (select from "permission_grant" p
           where p.${isHolder} and p.codename = any(:codenames)
             and (:objectPk::text is null or p.object_pk in ('', :objectPk)))`;
}

function parametersOf({ model, object_pk }: Query): { codenames: string[]; objectPk: string | null } {
  return {
    codenames: permissionsOn(model),
    objectPk: object_pk === undefined ? null : (parseUuid(object_pk) ?? object_pk),
  };
}
