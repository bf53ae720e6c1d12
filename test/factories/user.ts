import { randomUUID } from 'node:crypto';

import type { UserDto, UserRequestDto } from '../../src/core/users/dto/user.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** Creates a user over the API, with a unique name. */
export function createUser(api: ApiClient, fields: Partial<UserRequestDto> = {}): Promise<UserDto> {
  return created(api.post('/core/users/', { username: `user-${randomUUID()}`, name: '', ...fields }));
}
