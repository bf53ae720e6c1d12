import type { UserDto, UserRequestDto } from '../../src/core/users/dto/user.dto.js';
import type { ApiClient } from '../support/api-client.js';
import type { TestApp } from '../support/test-app.js';
import { createToken, keyOf } from './token.js';
import { createUser } from './user.js';

/** A user with an API token. */
export interface Actor {
  readonly user: UserDto;
  /** Identifier of the user's token. */
  readonly token: string;
  readonly key: string;
  readonly api: ApiClient;
}

/**
 * Creates a user with a token for the API.
 *
 * @param permissions codenames that the user has on every object
 */
export async function createActor(
  app: TestApp,
  permissions: readonly string[] = [],
  fields: Partial<UserRequestDto> = {},
): Promise<Actor> {
  const user = await createUser(app.api, fields);
  const { identifier: token } = await createToken(app.api, { user: user.pk, expiring: false });
  const key = await keyOf(app.api, token);
  if (permissions.length > 0) await allow(app, user.pk, { permissions });
  return { user, token, key, api: app.client(key) };
}

/** Grants permissions to a user, on every object or on one. */
export async function allow(
  app: TestApp,
  user: number,
  request: { permissions: readonly string[]; model?: string; object_pk?: string },
): Promise<void> {
  const { status, body } = await app.api.post(`/rbac/permissions/assigned_by_users/${user}/assign/`, request);
  if (status !== 200) throw new Error(`assigning permissions failed: ${status} ${JSON.stringify(body)}`);
}
