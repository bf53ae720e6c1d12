import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { Paginated } from '../../rest/openapi/paginated.js';
import { Resource } from '../../rest/resource.js';
import { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { UserDto } from '../users/dto/user.dto.js';
import { User } from '../users/user.entity.js';
import { AssignedPermissions } from './assigned-permissions.service.js';
import {
  RoleAssignedObjectPermissionDto,
  RoleAssignedPermissionListQuery,
  UserAssignedObjectPermissionDto,
  UserAssignedPermissionListQuery,
} from './dto/assigned-permissions.dto.js';
import {
  PatchedPermissionAssignRequestDto,
  PermissionAssignRequestDto,
  PermissionAssignResultDto,
} from './dto/permission-assign.dto.js';
import { RoleDto } from './dto/role.dto.js';
import { PermissionService } from './permission.service.js';
import { Role } from './role.entity.js';

const ofUsers = new Resource({
  operations: 'rbac_permissions_assigned_by_users',
  model: 'authentik_core.user',
  noun: 'user',
  response: UserDto,
  lookup: {
    entity: () => User,
    parameter: 'id',
    property: 'pk',
    format: 'integer',
    description: 'Number of the user.',
  },
});

const ofRoles = new Resource({
  operations: 'rbac_permissions_assigned_by_roles',
  model: 'authentik_rbac.role',
  noun: 'role',
  response: RoleDto,
  lookup: { entity: () => Role, parameter: 'uuid', property: 'pk', format: 'uuid', description: 'UUID of the role.' },
});

const list = { method: 'GET', path: '', operation: 'list' } as const;

const assign = {
  method: 'POST',
  path: 'assign',
  operation: 'assign',
  responses: [{ status: 200, type: PermissionAssignResultDto, isArray: true }],
} as const;

const unassign = {
  method: 'PATCH',
  path: 'unassign',
  operation: 'unassign_partial_update',
  status: 204,
  responses: [{ status: 204, description: 'Taken away.' }],
} as const;

/** `/rbac/permissions/assigned_by_users/` */
@ApiTags('rbac')
@Controller('rbac/permissions/assigned_by_users')
export class UserPermissionController {
  constructor(
    private readonly service: PermissionService,
    private readonly assigned: AssignedPermissions,
  ) {}

  @ofUsers.collectionAction({
    ...list,
    description:
      'List the users with permissions of their own on an object or on every object of its model, and the superusers, as far as you ' +
      'may view them.',
    access: { level: 'authenticated', view: ofUsers.permission('view') },
    responses: [{ status: 200, type: Paginated(UserAssignedObjectPermissionDto) }],
  })
  list(
    @Query() query: UserAssignedPermissionListQuery,
    @Visible() visible: VisibleRows,
  ): Promise<Page<UserAssignedObjectPermissionDto>> {
    return this.assigned.users(query, visible);
  }

  @ofUsers.detailAction({
    ...assign,
    description: 'Give permissions to a user.',
    permissions: ['authentik_core.assign_user_permissions'],
  })
  assign(
    @Current() user: User,
    @Body() request: PermissionAssignRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<PermissionAssignResultDto[]> {
    return this.service.assign({ userId: user.pk }, request, caller);
  }

  @ofUsers.detailAction({
    ...unassign,
    description: 'Take permissions from a user.',
    permissions: ['authentik_core.unassign_user_permissions'],
  })
  unassign(
    @Current() user: User,
    @Body() request: PatchedPermissionAssignRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<void> {
    return this.service.unassign({ userId: user.pk }, request, caller);
  }
}

/** `/rbac/permissions/assigned_by_roles/` */
@ApiTags('rbac')
@Controller('rbac/permissions/assigned_by_roles')
export class RolePermissionController {
  constructor(
    private readonly service: PermissionService,
    private readonly assigned: AssignedPermissions,
  ) {}

  @ofRoles.collectionAction({
    ...list,
    description:
      'List the roles with permissions on an object or on every object of its model, as far as you may view them. The members of ' +
      'their groups have these permissions.',
    access: { level: 'authenticated', view: ofRoles.permission('view') },
    responses: [{ status: 200, type: Paginated(RoleAssignedObjectPermissionDto) }],
  })
  list(
    @Query() query: RoleAssignedPermissionListQuery,
    @Visible() visible: VisibleRows,
  ): Promise<Page<RoleAssignedObjectPermissionDto>> {
    return this.assigned.roles(query, visible);
  }

  @ofRoles.detailAction({
    ...assign,
    description: 'Give permissions to a role.',
    permissions: ['authentik_rbac.assign_role_permissions'],
  })
  assign(
    @Current() role: Role,
    @Body() request: PermissionAssignRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<PermissionAssignResultDto[]> {
    return this.service.assign({ roleId: role.pk }, request, caller);
  }

  @ofRoles.detailAction({
    ...unassign,
    description: 'Take permissions from a role.',
    permissions: ['authentik_rbac.unassign_role_permissions'],
  })
  unassign(
    @Current() role: Role,
    @Body() request: PatchedPermissionAssignRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<void> {
    return this.service.unassign({ roleId: role.pk }, request, caller);
  }
}
