import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { Resource } from '../../rest/resource.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { PatchedRoleRequestDto, RoleDto, RoleListQuery, RoleRequestDto } from './dto/role.dto.js';
import { Role } from './role.entity.js';
import { RoleService } from './role.service.js';

const roles = new Resource({
  operations: 'rbac_roles',
  model: 'authentik_rbac.role',
  noun: 'role',
  response: RoleDto,
  lookup: { entity: () => Role, parameter: 'uuid', property: 'pk', format: 'uuid', description: 'UUID of the role.' },
});

/** `/rbac/roles/` */
@ApiTags('rbac')
@Controller('rbac/roles')
export class RoleController {
  constructor(private readonly service: RoleService) {}

  @roles.list()
  list(@Query() query: RoleListQuery, @Visible() visible: VisibleRows): Promise<Page<RoleDto>> {
    return this.service.list(query, visible);
  }

  @roles.create()
  create(@Body() request: RoleRequestDto): Promise<RoleDto> {
    return this.service.create(request);
  }

  @roles.retrieve()
  get(@roles.key() pk: string, @Visible() visible: VisibleRows): Promise<RoleDto> {
    return this.service.get(pk, visible);
  }

  @roles.replace()
  replace(@Current() role: Role, @Body() request: RoleRequestDto): Promise<RoleDto> {
    return this.service.update(role, request);
  }

  @roles.update()
  update(@Current() role: Role, @Body() request: PatchedRoleRequestDto): Promise<RoleDto> {
    return this.service.update(role, request);
  }

  @roles.remove()
  remove(@Current() role: Role): Promise<void> {
    return this.service.remove(role);
  }

  @roles.usedBy()
  async usedBy(
    @roles.key() pk: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<UsedByDto[]> {
    return readUsedBy(await this.service.references(pk, visible), caller);
  }
}
