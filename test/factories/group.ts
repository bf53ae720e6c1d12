import { randomUUID } from 'node:crypto';

import type { GroupDto, GroupRequestDto } from '../../src/core/groups/dto/group.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** Creates a group over the API, with a unique name. */
export function createGroup(api: ApiClient, fields: Partial<GroupRequestDto> = {}): Promise<GroupDto> {
  return created(api.post('/core/groups/', { name: `group-${randomUUID()}`, ...fields }));
}
