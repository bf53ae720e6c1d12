import { applyDecorators, Body, Controller, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';

import { KeyPipe } from '../../rest/fields/key.pipe.js';
import type { Page } from '../../rest/list/page.js';
import { GenericErrorDto } from '../../rest/openapi/error.dto.js';
import { Paginated } from '../../rest/openapi/paginated.js';
import { Action, type ActionDeclaration } from '../../rest/resource.js';
import { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import {
  ExtraRoleObjectPermissionDto,
  ExtraRoleObjectPermissionRequestDto,
  ExtraUserObjectPermissionDto,
  ExtraUserObjectPermissionRequestDto,
  PatchedExtraRoleObjectPermissionRequestDto,
  PatchedExtraUserObjectPermissionRequestDto,
  RoleObjectPermissionListQuery,
  UserObjectPermissionListQuery,
} from './dto/object-permission.dto.js';
import { GrantService, roles, users } from './grant.service.js';

const missing = { status: 404, type: GenericErrorDto } as const;

type Method = ActionDeclaration['method'];
type Class = abstract new () => object;

/** The service decides who may do it: by permissions on the holder of the grant. */
function List(operations: string, type: Class, description: string): MethodDecorator {
  const responses = [{ status: 200, type: Paginated(type) }, missing];
  const operation = `${operations}_list`;
  return Action({ method: 'GET', path: '', operation, description, access: { level: 'authenticated' }, responses });
}

function One(method: Method, operation: string, type: Class | undefined, description: string): MethodDecorator {
  const status = type === undefined ? 204 : 200;
  const response = type === undefined ? { status, description: 'No response body' } : { status, type };
  const access = { level: 'authenticated' } as const;
  return applyDecorators(
    Action({ method, path: ':id', operation, description, access, status, responses: [response, missing] }),
    ApiParam({ name: 'id', schema: { type: 'integer' }, description: 'Number of the grant.' }),
  );
}

const id = new KeyPipe('integer');

/** `/rbac/permissions/roles/` */
@ApiTags('rbac')
@Controller('rbac/permissions/roles')
export class RoleGrantController {
  constructor(private readonly service: GrantService) {}

  @List(
    'rbac_permissions_roles',
    ExtraRoleObjectPermissionDto,
    'List the permissions that a role has on single objects.',
  )
  list(
    @Query() query: RoleObjectPermissionListQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<ExtraRoleObjectPermissionDto>> {
    return this.service.list(roles, query, caller);
  }

  @One('GET', 'rbac_permissions_roles_retrieve', ExtraRoleObjectPermissionDto, 'Get one permission on one object.')
  get(@Param('id', id) number: number, @CurrentCaller() caller: Caller): Promise<ExtraRoleObjectPermissionDto> {
    return this.service.get(roles, number, caller);
  }

  @One('PUT', 'rbac_permissions_roles_update', ExtraRoleObjectPermissionDto, 'Change which object a permission is for.')
  replace(
    @Param('id', id) number: number,
    @Body() request: ExtraRoleObjectPermissionRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ExtraRoleObjectPermissionDto> {
    return this.service.move(roles, number, request.object_pk, caller);
  }

  @One(
    'PATCH',
    'rbac_permissions_roles_partial_update',
    ExtraRoleObjectPermissionDto,
    'Change parts of one permission.',
  )
  update(
    @Param('id', id) number: number,
    @Body() request: PatchedExtraRoleObjectPermissionRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ExtraRoleObjectPermissionDto> {
    return this.service.move(roles, number, request.object_pk, caller);
  }

  @One('DELETE', 'rbac_permissions_roles_destroy', undefined, 'Take one permission away, by the number of its grant.')
  remove(@Param('id', id) number: number, @CurrentCaller() caller: Caller): Promise<void> {
    return this.service.remove(roles, number, caller);
  }
}

/** `/rbac/permissions/users/` */
@ApiTags('rbac')
@Controller('rbac/permissions/users')
export class UserGrantController {
  constructor(private readonly service: GrantService) {}

  @List(
    'rbac_permissions_users',
    ExtraUserObjectPermissionDto,
    'List the permissions that a user has on single objects.',
  )
  list(
    @Query() query: UserObjectPermissionListQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<ExtraUserObjectPermissionDto>> {
    return this.service.list(users, query, caller);
  }

  @One('GET', 'rbac_permissions_users_retrieve', ExtraUserObjectPermissionDto, 'Get one permission on one object.')
  get(@Param('id', id) number: number, @CurrentCaller() caller: Caller): Promise<ExtraUserObjectPermissionDto> {
    return this.service.get(users, number, caller);
  }

  @One('PUT', 'rbac_permissions_users_update', ExtraUserObjectPermissionDto, 'Change which object a permission is for.')
  replace(
    @Param('id', id) number: number,
    @Body() request: ExtraUserObjectPermissionRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ExtraUserObjectPermissionDto> {
    return this.service.move(users, number, request.object_pk, caller);
  }

  @One(
    'PATCH',
    'rbac_permissions_users_partial_update',
    ExtraUserObjectPermissionDto,
    'Change parts of one permission.',
  )
  update(
    @Param('id', id) number: number,
    @Body() request: PatchedExtraUserObjectPermissionRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ExtraUserObjectPermissionDto> {
    return this.service.move(users, number, request.object_pk, caller);
  }

  @One('DELETE', 'rbac_permissions_users_destroy', undefined, 'Take one permission away, by the number of its grant.')
  remove(@Param('id', id) number: number, @CurrentCaller() caller: Caller): Promise<void> {
    return this.service.remove(users, number, caller);
  }
}
