import { randomUUID } from 'node:crypto';

import type { DataSource } from 'typeorm';

import { generateTokenKey, hashTokenKey } from '../../src/core/access/token-key.js';
import { PermissionGrant } from '../../src/core/permissions/permission-grant.entity.js';
import { Token } from '../../src/core/tokens/token.entity.js';
import { User } from '../../src/core/users/user.entity.js';

/**
 * Creates a user without groups, with an API token.
 *
 * @param permissions codenames that the user has on every object
 * @returns the token's key
 */
export async function createPlainUser(dataSource: DataSource, permissions: readonly string[] = []): Promise<string> {
  const name = `user-${randomUUID()}`;
  const user = await dataSource.manager.save(User, { uuid: randomUUID(), username: name });
  const key = generateTokenKey();
  await dataSource.manager.insert(Token, {
    pk: randomUUID(),
    identifier: name,
    keyHash: hashTokenKey(key),
    sealedKey: '',
    userId: user.pk,
    expiring: false,
  });
  for (const codename of permissions) {
    await dataSource.manager.insert(PermissionGrant, { pk: randomUUID(), userId: user.pk, codename });
  }
  return key;
}
