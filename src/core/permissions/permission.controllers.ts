import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Current } from '../../rest/access/visible.js';
import { Resource } from '../../rest/resource.js';
import { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { UserDto } from '../users/dto/user.dto.js';
import { User } from '../users/user.entity.js';
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
  constructor(private readonly service: PermissionService) {}

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
  constructor(private readonly service: PermissionService) {}

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
