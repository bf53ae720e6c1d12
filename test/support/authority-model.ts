import { randomUUID } from 'node:crypto';

import { expect } from 'vitest';

import { importFile } from '../factories/blueprint.js';
import type { History, ModelRequest } from './authority-requests.js';
import { at, createWorld, type World } from './authority-world.js';
import { type Rights, rightsOf, type Snapshot, takeSnapshot } from './rights-snapshot.js';
import type { TestApp } from './test-app.js';

/** Who makes a request, and the rights of all users before it. */
interface Caller {
  readonly key: string;
  readonly pk: number;
  readonly before: Snapshot;
}

/**
 * Sends the requests of a history and checks after each one that no rights were gained or lost illegitimately.
 *
 * @returns the accepted requests, such as `delete user by a superuser`
 */
export async function checkHistory(app: TestApp, [begin, requests]: History): Promise<Set<string>> {
  const world = await createWorld(app, begin);
  const accepted = new Set<string>();
  let before = await takeSnapshot(app.dataSource);
  for (const [who, wanted] of requests) {
    const caller = at(world.users, who);
    const key = caller === undefined ? undefined : world.keys.get(caller);
    if (caller === undefined || key === undefined) continue;
    const isAccepted = await send(app, world, { key, pk: caller, before }, wanted);
    const after = await takeSnapshot(app.dataSource);
    const isSuperuser = rightsOf(before, caller).isSuperuser;
    if (isAccepted) accepted.add(`${wanted.kind} by ${isSuperuser ? 'a superuser' : 'another user'}`);
    compare(before, after, caller, JSON.stringify(wanted));
    before = after;
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

async function send(
  app: TestApp,
  world: World,
  { key, pk: caller, before }: Caller,
  wanted: ModelRequest,
): Promise<boolean> {
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
      const answer = await api.post(`/core/users/${user}/recovery/`);
      if (isDone(answer) && user !== undefined && !rightsOf(before, caller).isSuperuser) {
        const { isSuperuser, permissions: held } = rightsOf(before, user, true);
        expect(isSuperuser, 'a recovery link to the account of a superuser').toBe(false);
        expect(held.filter((permission) => !covers(rightsOf(before, caller), permission))).toEqual([]);
      }
      return isDone(answer);
    }
    case 'make token': {
      const answer = await api.post('/core/tokens/', { identifier: name, user, intent: 'app_password' });
      const { isSuperuser } = rightsOf(before, caller);
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
