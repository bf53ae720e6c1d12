import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

import { everyRow, type VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { AppError } from '../../rest/errors/app-error.js';
import { columnsOf } from '../../rest/fields/columns-of.js';
import type { Page } from '../../rest/list/page.js';
import { readPage, select } from '../../rest/list/read-page.js';
import type { Reference } from '../../rest/used-by.js';
import { Group } from '../groups/group.entity.js';
import {
  type PatchedRoleRequestDto,
  roleColumns,
  type RoleDto,
  type RoleListQuery,
  type RoleRequestDto,
} from './dto/role.dto.js';
import { Role } from './role.entity.js';

/** Reads and writes roles. */
@Injectable()
export class RoleService {
  constructor(private readonly dataSource: DataSource) {}

  list(query: RoleListQuery, visible: VisibleRows): Promise<Page<RoleDto>> {
    return readPage<RoleDto>(this.roles(visible), query);
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows): Promise<RoleDto> {
    const role = this.roles(visible).andWhere('role.pk = :pk', { pk });
    const row = await select(role, roleColumns).getRawOne<RoleDto>();
    if (row === undefined) throw new AppError('notFound');
    return row;
  }

  async create(request: RoleRequestDto): Promise<RoleDto> {
    const pk = randomUUID();
    await this.dataSource.transaction((manager) => manager.insert(Role, { ...columnsOf<Role>(request), pk }));
    return this.get(pk, everyRow);
  }

  async update({ pk }: Role, request: RoleRequestDto | PatchedRoleRequestDto): Promise<RoleDto> {
    const columns = columnsOf<Role>(request);
    if (Object.keys(columns).length > 0) {
      await this.dataSource.transaction((manager) => manager.update(Role, { pk }, columns));
    }
    return this.get(pk, everyRow);
  }

  /** Deletes the role and its permissions. */
  async remove({ pk }: Role): Promise<void> {
    await this.dataSource.transaction((manager) => manager.delete(Role, { pk }));
  }

  /**
   * Returns the groups that have a role.
   *
   * @throws AppError `notFound`
   */
  async references(pk: string, visible: VisibleRows): Promise<Reference[]> {
    await this.get(pk, visible);
    const groups = this.dataSource.manager
      .createQueryBuilder(Group, 'grp')
      .innerJoin('grp.roles', 'role', 'role.pk = :pk', { pk })
      .select('grp.pk', 'pk')
      .addSelect(`concat('Group ', grp.name)`, 'name')
      .orderBy('grp.name');
    return [{ app: 'authentik_core', model: 'group', action: 'cascade_many', rows: groups }];
  }

  private roles(visible: VisibleRows): SelectQueryBuilder<Role> {
    return restrict(this.dataSource.manager.createQueryBuilder(Role, 'role'), visible);
  }
}
