import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { expect } from 'vitest';

import { hashTokenKey } from '../../src/core/access/token-key.js';
import { Group } from '../../src/core/groups/group.entity.js';
import { PermissionGrant } from '../../src/core/permissions/permission-grant.entity.js';
import { Role } from '../../src/core/permissions/role.entity.js';
import { Token } from '../../src/core/tokens/token.entity.js';
import { User } from '../../src/core/users/user.entity.js';
import { importFile } from '../factories/blueprint.js';
import { type Rights, rightsOf, type Snapshot, takeSnapshot } from './rights-snapshot.js';
import type { TestApp } from './test-app.js';

const permissions = [
  'authentik_core.view_user',
  'authentik_core.add_user',
  'authentik_core.change_user',
  'authentik_core.delete_user',
  'authentik_core.reset_user_password',
  'authentik_core.assign_user_permissions',
  'authentik_core.unassign_user_permissions',
  'authentik_core.view_group',
  'authentik_core.add_group',
  'authentik_core.change_group',
  'authentik_core.delete_group',
  'authentik_core.add_user_to_group',
  'authentik_core.remove_user_from_group',
  'authentik_rbac.view_role',
  'authentik_rbac.assign_role_permissions',
  'authentik_rbac.unassign_role_permissions',
  'authentik_rbac.delete_role',
  'authentik_stages_user_write.add_userwritestage',
  'authentik_flows.view_flow',
];

/** Users, groups and roles are referred to by their index in the world, modulo their number. */
const index = fc.nat({ max: 7 });
const several = fc.array(index, { maxLength: 3 });
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const grants = fc.array(fc.constantFrom(...permissions), { minLength: 1, maxLength: 3 });
const groupFields = fc.record({
  is_superuser: optional(fc.boolean()),
  parent: fc.option(fc.option(index), { nil: undefined }),
  users: optional(several),
  roles: optional(several),
});

/** The initial state: users with permissions and groups, groups with parents and roles, and roles with permissions. */
const initialState = fc.record({
  superusers: fc.integer({ min: 1, max: 2 }),
  users: fc.array(fc.record({ held: fc.subarray(permissions), groups: several }), { minLength: 3, maxLength: 5 }),
  groups: fc.array(fc.record({ parent: fc.option(index), roles: several }), { minLength: 2, maxLength: 4 }),
  roles: fc.array(fc.subarray(permissions, { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
});

const request = fc.oneof(
  fc.record({
    kind: fc.constant('change user' as const),
    user: index,
    groups: optional(several),
    is_active: optional(fc.boolean()),
    email: optional(fc.boolean()),
    username: optional(fc.boolean()),
  }),
  fc.record({ kind: fc.constant('create user' as const), groups: several }),
  fc.record({ kind: fc.constantFrom('delete user', 'set password', 'recover', 'make token'), user: index }),
  fc.record({ kind: fc.constant('create group' as const), fields: groupFields }),
  fc.record({ kind: fc.constant('change group' as const), group: index, fields: groupFields }),
  fc.record({ kind: fc.constant('delete group' as const), group: index }),
  fc.record({ kind: fc.constantFrom('add_user', 'remove_user'), group: index, user: index }),
  fc.record({
    kind: fc.constantFrom('assign', 'unassign'),
    permissions: grants,
    user: optional(index),
    role: index,
    on: optional(index),
  }),
  fc.record({ kind: fc.constant('delete role' as const), role: index }),
  fc.record({ kind: fc.constantFrom('create stage', 'import stage', 'import no group'), group: index }),
);
type ModelRequest = typeof request extends fc.Arbitrary<infer T> ? T : never;

/** An initial state and a sequence of requests, each with its caller. */
export const histories = fc.tuple(initialState, fc.array(fc.tuple(index, request), { minLength: 5, maxLength: 15 }));

interface World {
  readonly users: number[];
  readonly groups: string[];
  readonly roles: string[];
  readonly keys: Map<number, string>;
}

/** Sends the requests of a history and checks after each one that no rights were gained or lost illegitimately. */
export async function checkHistory(
  app: TestApp,
  [begin, requests]: typeof histories extends fc.Arbitrary<infer T> ? T : never,
): Promise<number> {
  const world = await createWorld(app, begin);
  let accepted = 0;
  for (const [who, wanted] of requests) {
    const before = await takeSnapshot(app.dataSource);
    const caller = at(world.users, who);
    const key = caller === undefined ? undefined : world.keys.get(caller);
    if (caller === undefined || key === undefined) continue;
    const isAccepted = await send(app, world, key, wanted);
    const after = await takeSnapshot(app.dataSource);
    if (isAccepted) accepted += 1;
    compare(before, after, caller, JSON.stringify(wanted));
  }
  return accepted;
}

function compare(before: Snapshot, after: Snapshot, by: number, what: string): void {
  const caller = rightsOf(before, by);
  expect(
    [...after.users.keys()].some((pk) => rightsOf(after, pk).isSuperuser),
    `a superuser after ${what}`,
  ).toBe(true);
  if (caller.isSuperuser) return;
  for (const [pk, account] of after.users) {
    const [was, is] = [rightsOf(before, pk), rightsOf(after, pk)];
    if (is.isSuperuser) expect(was.isSuperuser, `user ${pk} becomes superuser by ${what}`).toBe(true);
    const gained = is.permissions.filter((permission) => !covers(was, permission) && !covers(caller, permission));
    expect(gained, `permissions that user ${pk} gains by ${what}`).toEqual([]);
    const known = before.users.get(pk);
    if (known !== undefined && known.signIn !== account.signIn) {
      const full = rightsOf(before, pk, true);
      expect(full.isSuperuser, `superuser ${pk} is taken over by ${what}`).toBe(false);
      const taken = full.permissions.filter((permission) => !covers(caller, permission));
      expect(taken, `permissions taken over with user ${pk} by ${what}`).toEqual([]);
    }
  }
  for (const pk of before.users.keys()) {
    if (rightsOf(before, pk).isSuperuser) {
      expect(rightsOf(after, pk).isSuperuser, `superuser ${pk} is lost by ${what}`).toBe(true);
    }
  }
}

function covers({ permissions: held }: Rights, permission: string): boolean {
  return held.includes(permission) || held.includes(`${permission.split(' ')[0]} `);
}

async function send(app: TestApp, world: World, key: string, wanted: ModelRequest): Promise<boolean> {
  const api = app.client(key);
  const [user, group, role] = [
    'user' in wanted && wanted.user !== undefined ? at(world.users, wanted.user) : undefined,
    'group' in wanted ? at(world.groups, wanted.group) : undefined,
    'role' in wanted ? at(world.roles, wanted.role) : undefined,
  ];
  const groupsOf = (places: readonly number[]): string[] => places.flatMap((place) => at(world.groups, place) ?? []);
  const name = `name-${randomUUID()}`;
  const isDone = ({ status }: { status: number }): boolean => status < 300;
  switch (wanted.kind) {
    case 'change user': {
      const { groups, is_active, email, username } = wanted;
      return isDone(
        await api.patch(`/core/users/${user}/`, {
          ...(groups && { groups: groupsOf(groups) }),
          ...(is_active !== undefined && { is_active }),
          ...(email && { email: `${name}@example.org` }),
          ...(username && { username: name }),
        }),
      );
    }
    case 'create user': {
      const answer = await api.post('/core/users/', { username: name, name: '', groups: groupsOf(wanted.groups) });
      if (isDone(answer)) world.users.push(answer.body.pk);
      return isDone(answer);
    }
    case 'delete user':
      return isDone(await api.delete(`/core/users/${user}/`));
    case 'set password':
      return isDone(await api.post(`/core/users/${user}/set_password/`, { password: `Long-and-rare-${name}` }));
    case 'recover': {
      const before = await takeSnapshot(app.dataSource);
      const answer = await api.post(`/core/users/${user}/recovery/`);
      const caller = [...world.keys].find(([, each]) => each === key)?.[0] ?? 0;
      if (isDone(answer) && user !== undefined && !rightsOf(before, caller).isSuperuser) {
        const { isSuperuser, permissions: held } = rightsOf(before, user, true);
        expect(isSuperuser, 'a recovery link to the account of a superuser').toBe(false);
        expect(held.filter((permission) => !covers(rightsOf(before, caller), permission))).toEqual([]);
      }
      return isDone(answer);
    }
    case 'make token': {
      const answer = await api.post('/core/tokens/', { identifier: name, user, intent: 'app_password' });
      const caller = [...world.keys].find(([, each]) => each === key)?.[0] ?? 0;
      const isSuperuser = rightsOf(await takeSnapshot(app.dataSource), caller).isSuperuser;
      if (isDone(answer) && !isSuperuser) expect(answer.body.user).toBe(caller);
      return isDone(answer);
    }
    case 'create group':
    case 'change group': {
      const { is_superuser, parent, users, roles } = wanted.fields;
      const fields = {
        ...(is_superuser !== undefined && { is_superuser }),
        ...(parent !== undefined && { parent: parent === null ? null : (at(world.groups, parent) ?? null) }),
        ...(users && { users: users.flatMap((place) => at(world.users, place) ?? []) }),
        ...(roles && { roles: roles.flatMap((place) => at(world.roles, place) ?? []) }),
      };
      if (wanted.kind === 'change group') return isDone(await api.patch(`/core/groups/${group}/`, fields));
      const answer = await api.post('/core/groups/', { name, ...fields });
      if (isDone(answer)) world.groups.push(answer.body.pk);
      return isDone(answer);
    }
    case 'delete group':
      return isDone(await api.delete(`/core/groups/${group}/`));
    case 'add_user':
    case 'remove_user':
      return isDone(await api.post(`/core/groups/${group}/${wanted.kind}/`, { pk: user }));
    case 'assign':
    case 'unassign': {
      const object = wanted.on === undefined ? undefined : at(world.groups, wanted.on);
      const body = {
        permissions: object === undefined ? wanted.permissions : ['authentik_core.add_user_to_group'],
        ...(object !== undefined && { model: 'authentik_core.group', object_pk: object }),
      };
      const holder = user === undefined ? `roles/${role}` : `users/${user}`;
      const path = `/rbac/permissions/assigned_by_${holder}/${wanted.kind}/`;
      return isDone(wanted.kind === 'assign' ? await api.post(path, body) : await api.patch(path, body));
    }
    case 'delete role':
      return isDone(await api.delete(`/rbac/roles/${role}/`));
    case 'create stage':
      return isDone(await api.post('/stages/user_write/', { name, create_users_group: group }));
    case 'import stage':
    case 'import no group': {
      const stage = {
        model: 'authentik_stages_user_write.userwritestage',
        identifiers: { name },
        attrs: { create_users_group: group },
      };
      const absent = { model: 'authentik_core.group', identifiers: { pk: group }, state: 'absent' };
      const entry = wanted.kind === 'import stage' ? stage : absent;
      const { status, body } = await importFile(api, JSON.stringify({ version: 1, entries: [entry] }));
      return status === 200 && body.success;
    }
  }
}

/** Replaces all users, groups and roles of the database with the initial state. */
async function createWorld(
  app: TestApp,
  { superusers, users, groups, roles }: typeof initialState extends fc.Arbitrary<infer T> ? T : never,
): Promise<World> {
  const { manager } = app.dataSource;
  for (const table of ['user', 'group', 'role']) await manager.query(`delete from "${table}"`);
  const world: World = { users: [], groups: [], roles: [], keys: new Map() };
  for (const held of roles) {
    const pk = randomUUID();
    await manager.insert(Role, { pk, name: pk });
    for (const codename of held) await manager.insert(PermissionGrant, { pk: randomUUID(), roleId: pk, codename });
    world.roles.push(pk);
  }
  const admins = randomUUID();
  await manager.insert(Group, { pk: admins, name: admins, isSuperuser: true });
  world.groups.push(admins);
  for (const { parent, roles: handed } of groups) {
    const pk = randomUUID();
    const above = parent === null ? null : (at(world.groups, parent) ?? null);
    await manager.insert(Group, { pk, name: pk, parentId: above });
    for (const role of new Set(handed.flatMap((place) => at(world.roles, place) ?? []))) {
      await manager.query('insert into "group_role" (group_uuid, role_uuid) values ($1, $2)', [pk, role]);
    }
    world.groups.push(pk);
  }
  for (let number = 0; number < superusers; number += 1) await addUser(app, world, [], [admins]);
  const ordinary = await ordinaryGroups(app, world.groups);
  for (const { held, groups: places } of users) {
    await addUser(
      app,
      world,
      held,
      places.flatMap((place) => at(ordinary, place) ?? []),
    );
  }
  return world;
}

async function addUser(app: TestApp, world: World, held: readonly string[], groups: readonly string[]): Promise<void> {
  const { manager } = app.dataSource;
  const [name, key] = [`user-${randomUUID()}`, randomUUID()];
  const { pk } = await manager.save(User, { uuid: randomUUID(), username: name, email: `${name}@example.org` });
  const keyHash = hashTokenKey(key);
  const token = { pk: randomUUID(), identifier: name, keyHash, sealedKey: '', userId: pk, expiring: false };
  await manager.insert(Token, token);
  for (const codename of held) await manager.insert(PermissionGrant, { pk: randomUUID(), userId: pk, codename });
  for (const group of new Set(groups)) {
    await manager.query('insert into "group_user" (group_uuid, user_id) values ($1, $2)', [group, pk]);
  }
  world.users.push(pk);
  world.keys.set(pk, key);
}

async function ordinaryGroups(app: TestApp, groups: readonly string[]): Promise<string[]> {
  const { above } = await takeSnapshot(app.dataSource);
  return groups.filter((group) => !above(group).isSuperuser);
}

function at<T>(list: readonly T[], place: number): T | undefined {
  return list[place % list.length];
}
