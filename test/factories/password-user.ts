import { randomUUID } from 'node:crypto';

import type { UserDto, UserRequestDto } from '../../src/core/users/dto/user.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { createUser } from './user.js';

/** Creates a user with a password over the API; a random one unless given. */
export async function createPasswordUser(
  api: ApiClient,
  fields: Partial<UserRequestDto> & { password?: string } = {},
): Promise<UserDto & { password: string }> {
  const { password = `password-${randomUUID()}`, ...others } = fields;
  const user = await createUser(api, { email: `${randomUUID()}@example.org`, ...others });
  const { status } = await api.post(`/core/users/${user.pk}/set_password/`, { password });
  if (status !== 204) throw new Error(`setting the password failed: ${status}`);
  return { ...user, password };
}
