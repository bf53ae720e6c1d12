import { randomUUID } from 'node:crypto';

import { hashTokenKey } from '../../src/core/access/token-key.js';
import { Group } from '../../src/core/groups/group.entity.js';
import { PermissionGrant } from '../../src/core/permissions/permission-grant.entity.js';
import { Role } from '../../src/core/permissions/role.entity.js';
import { Token } from '../../src/core/tokens/token.entity.js';
import { User } from '../../src/core/users/user.entity.js';
import type { History } from './authority-requests.js';
import { takeSnapshot } from './rights-snapshot.js';
import type { TestApp } from './test-app.js';

/** The users, groups and roles that a history refers to, and the tokens of the users. */
export interface World {
  readonly users: number[];
  readonly groups: string[];
  readonly roles: string[];
  readonly keys: Map<number, string>;
}

/** Replaces all users, groups and roles of the database with the initial state. */
export async function createWorld(app: TestApp, { superusers, users, groups, roles }: History[0]): Promise<World> {
  const { manager } = app.dataSource;
  for (const table of ['user', 'group', 'role']) await manager.query(`delete from "${table}"`);
  const roleKeys = roles.map(() => randomUUID());
  await manager.insert(
    Role,
    roleKeys.map((pk) => ({ pk, name: pk })),
  );
  const admins = randomUUID();
  await manager.insert(Group, { pk: admins, name: admins, isSuperuser: true });
  const groupKeys = [admins];
  for (const { parent } of groups) {
    const pk = randomUUID();
    await manager.insert(Group, { pk, name: pk, parentId: at(groupKeys, parent ?? NaN) ?? null });
    groupKeys.push(pk);
  }
  const handed = groups.flatMap(({ roles: places }, number) =>
    chosen(roleKeys, places).map((role) => [groupKeys[number + 1]!, role] as const),
  );
  await manager.query(`insert into "group_role" (group_uuid, role_uuid) select * from unnest($1::uuid[], $2::uuid[])`, [
    handed.map(([group]) => group),
    handed.map(([, role]) => role),
  ]);
  const { above } = await takeSnapshot(app.dataSource);
  const ordinary = groupKeys.filter((group) => !above(group).isSuperuser);
  const members = [
    ...Array.from({ length: superusers }, () => ({ held: [], groups: [admins] })),
    ...users.map(({ held, groups: places }) => ({ held, groups: chosen(ordinary, places) })),
  ];
  const keys = await addUsers(app, members);
  await manager.insert(PermissionGrant, [
    ...grantsOf(
      'userId',
      [...keys.keys()],
      members.map(({ held }) => held),
    ),
    ...grantsOf('roleId', roleKeys, roles),
  ]);
  return { users: [...keys.keys()], groups: groupKeys, roles: roleKeys, keys };
}

/** Adds users with a token each. @returns the keys of their tokens */
async function addUsers(
  app: TestApp,
  members: readonly { readonly groups: readonly string[] }[],
): Promise<Map<number, string>> {
  const { manager } = app.dataSource;
  const names = members.map(() => `user-${randomUUID()}`);
  const users = await manager.save(
    User,
    names.map((username) => ({ uuid: randomUUID(), username, email: `${username}@example.org` })),
  );
  const keys = new Map(users.map(({ pk }) => [pk, randomUUID() as string]));
  await manager.insert(
    Token,
    [...keys].map(([userId, key]) => {
      const pk = randomUUID();
      return { pk, identifier: pk, keyHash: hashTokenKey(key), sealedKey: '', userId, expiring: false };
    }),
  );
  const pairs = users.flatMap(({ pk }, number) => members[number]!.groups.map((group) => [pk, group] as const));
  await manager.query(`insert into "group_user" (user_id, group_uuid) select * from unnest($1::int[], $2::uuid[])`, [
    pairs.map(([user]) => user),
    pairs.map(([, group]) => group),
  ]);
  return keys;
}

/** The permissions of several holders, as rows. */
function grantsOf<Holder>(
  column: 'userId' | 'roleId',
  holders: readonly Holder[],
  held: readonly (readonly string[])[],
): object[] {
  return holders.flatMap((holder, number) =>
    held[number]!.map((codename) => ({ pk: randomUUID(), [column]: holder, codename })),
  );
}

/** The entries of a list at some places, each once. */
function chosen<T>(list: readonly T[], places: readonly number[]): T[] {
  return [...new Set(places.flatMap((place) => at(list, place) ?? []))];
}

/** The entry of a list at a place, modulo its length. */
export function at<T>(list: readonly T[], place: number): T | undefined {
  return list[place % list.length];
}
