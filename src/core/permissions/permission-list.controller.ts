import { Controller, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';

import { AppError } from '../../rest/errors/app-error.js';
import { KeyPipe } from '../../rest/fields/key.pipe.js';
import type { Page } from '../../rest/list/page.js';
import { GenericErrorDto } from '../../rest/openapi/error.dto.js';
import { Paginated } from '../../rest/openapi/paginated.js';
import { Action } from '../../rest/resource.js';
import { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { PermissionDto, PermissionListQuery } from './dto/permission.dto.js';
import { GrantService } from './grant.service.js';
import { permissions } from './permission-models.js';

const missing = { status: 404, type: GenericErrorDto } as const;

/** `/rbac/permissions/` */
@ApiTags('rbac')
@Controller('rbac/permissions')
export class PermissionListController {
  constructor(private readonly service: GrantService) {}

  @Action({
    method: 'GET',
    path: '',
    operation: 'rbac_permissions_list',
    description: 'List every permission. With a role or user that you may view, those that it has on every object.',
    access: { level: 'authenticated' },
    responses: [{ status: 200, type: Paginated(PermissionDto) }, missing],
  })
  list(@Query() query: PermissionListQuery, @CurrentCaller() caller: Caller): Promise<Page<PermissionDto>> {
    return this.service.permissions(query, caller);
  }

  @Action({
    method: 'GET',
    path: ':id',
    operation: 'rbac_permissions_retrieve',
    description: 'Get one permission.',
    access: { level: 'authenticated' },
    responses: [{ status: 200, type: PermissionDto }, missing],
  })
  @ApiParam({ name: 'id', schema: { type: 'integer' }, description: 'Number of the permission.' })
  get(@Param('id', new KeyPipe('integer')) id: number): PermissionDto {
    const found = permissions.find((permission) => permission.id === id);
    if (found === undefined) throw new AppError('notFound');
    return found;
  }
}
