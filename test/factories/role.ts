import { randomUUID } from 'node:crypto';

import type { RoleDto } from '../../src/core/permissions/dto/role.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** Creates a role over the API, with a unique name and these permissions on every object. */
export async function createRole(api: ApiClient, permissions: readonly string[] = []): Promise<RoleDto> {
  const role = await created<RoleDto>(api.post('/rbac/roles/', { name: `role-${randomUUID()}` }));
  const { status } = await api.post(`/rbac/permissions/assigned_by_roles/${role.pk}/assign/`, { permissions });
  if (status !== 200) throw new Error(`assigning permissions failed: ${status}`);
  return role;
}
