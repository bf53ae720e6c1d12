import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { allow, createActor } from '../factories/actor.js';
import { createGroup } from '../factories/group.js';
import { createRole } from '../factories/role.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const forbidden = { status: 403, body: { detail: 'You do not have permission to perform this action.' } };
const notFound = { status: 404, body: { detail: 'Not found.' } };
const ring = { status: 400, body: { parent: ['A group cannot be its own ancestor.'] } };

function patch(pk: string, changes: object): Promise<{ status: number; body: any }> {
  return app.api.patch(`/core/groups/${pk}/`, changes);
}

describe('A new group', () => {
  it('requires only a name, and has the defaults and field order of authentik', async () => {
    const { status, body } = await app.api.post('/core/groups/', { name: 'defaults' });
    expect(status).toBe(201);
    const { pk, num_pk } = body;
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        pk,
        num_pk,
        name: 'defaults',
        is_superuser: false,
        parent: null,
        parent_name: null,
        users: [],
        users_obj: [],
        attributes: {},
        roles: [],
        roles_obj: [],
      }),
    );
    expect(Number.isInteger(num_pk) && num_pk >= 0 && num_pk < 2 ** 31).toBe(true);
  });

  it('accepts every field, and returns its members and roles', async () => {
    const parent = await createGroup(app.api, { name: 'above all' });
    const role = await createRole(app.api);
    const user = await createUser(app.api, { name: 'A Member', email: 'm@example.com', attributes: { a: 1 } });
    const fields = {
      name: 'everything',
      is_superuser: true,
      parent: parent.pk,
      users: [user.pk],
      attributes: { floor: 3 },
      roles: [role.pk],
    };
    const { status, body } = await app.api.post('/core/groups/', fields);
    expect([status, body]).toMatchObject([201, { ...fields, parent_name: 'above all' }]);
    const { pk, username, name, is_active, last_login, email, attributes, uid } = user;
    const member = { pk, username, name, is_active, last_login, email, attributes, uid };
    expect(JSON.stringify([body.users_obj, body.roles_obj])).toBe(JSON.stringify([[member], [role]]));
    expect((await app.api.get(`/core/groups/${body.pk}/`)).body).toEqual(body);
  });

  it('is refused with all errors at once, in field order', async () => {
    const unknown = randomUUID();
    const { status, body } = await app.api.post('/core/groups/', {
      roles: [unknown],
      attributes: 'x',
      users: [5, 2_000_000_000],
      parent: unknown,
      is_superuser: null,
      name: '',
    });
    expect([status, Object.entries(body)]).toEqual([
      400,
      [
        ['name', ['This field may not be blank.']],
        ['is_superuser', ['This field may not be null.']],
        ['parent', [`Invalid pk "${unknown}" - object does not exist.`]],
        ['users', ['Invalid pk "5" - object does not exist.']],
        ['attributes', ['Value must be a dictionary, and not have any duplicate keys.']],
        ['roles', [`Invalid pk "${unknown}" - object does not exist.`]],
      ],
    ]);
  });

  it.each([
    [5_000_000_000, 'Invalid pk "5000000000" - object does not exist.'],
    [-3_000_000_000, 'Invalid pk "-3000000000" - object does not exist.'],
    ['x', 'Incorrect type. Expected pk value, received str.'],
    [true, 'Incorrect type. Expected pk value, received bool.'],
    [1.5, 'Incorrect type. Expected pk value, received float.'],
  ])('is refused with the member %j', async (user, message) => {
    expect(await app.api.post('/core/groups/', { name: randomUUID(), users: [user] })).toMatchObject({
      status: 400,
      body: { users: [message] },
    });
  });

  it('is refused without a name and with a duplicate name', async () => {
    await createGroup(app.api, { name: 'taken' });
    expect((await app.api.post('/core/groups/', {})).body).toEqual({ name: ['This field is required.'] });
    expect(await app.api.post('/core/groups/', { name: 'taken' })).toMatchObject({
      status: 400,
      body: { name: ['Group with this name already exists.'] },
    });
  });
});

describe('A change to a group', () => {
  it('changes only the given fields, by PATCH and by PUT', async () => {
    const parent = await createGroup(app.api);
    const role = await createRole(app.api);
    const user = await createUser(app.api);
    const rest = { parent: parent.pk, users: [user.pk], roles: [role.pk], attributes: { a: 1 }, is_superuser: true };
    const group = await createGroup(app.api, rest);
    expect((await patch(group.pk, {})).body).toEqual(group);
    expect((await patch(group.pk, { name: 'patched' })).body).toEqual({ ...group, name: 'patched' });
    const put = await app.api.put(`/core/groups/${group.pk}/`, { name: 'put' });
    expect([put.status, put.body]).toEqual([200, { ...group, name: 'put' }]);
  });

  it('replaces members, roles and attributes as a whole', async () => {
    const [one, other] = [await createUser(app.api), await createUser(app.api)];
    const [first, second] = [await createRole(app.api), await createRole(app.api)];
    const { pk } = await createGroup(app.api, { users: [one.pk], roles: [first.pk], attributes: { a: 1 } });
    const { body } = await patch(pk, { users: [other.pk, other.pk], roles: [second.pk], attributes: {} });
    expect(body).toMatchObject({ users: [other.pk], roles: [second.pk], attributes: {} });
    expect((await patch(pk, { users: [], roles: [] })).body).toMatchObject({ users: [], roles: [] });
  });

  it('can remove the parent', async () => {
    const parent = await createGroup(app.api);
    const { pk } = await createGroup(app.api, { parent: parent.pk });
    expect((await patch(pk, { parent: null })).body).toMatchObject({ parent: null, parent_name: null });
  });

  it('answers 404 for an unknown group', async () => {
    for (const key of [randomUUID(), 'x', '1']) expect(await patch(key, {})).toMatchObject(notFound);
  });
});

describe('Groups', () => {
  it('cannot be their own parent', async () => {
    const { pk } = await createGroup(app.api);
    expect(await patch(pk, { parent: pk })).toMatchObject(ring);
  });

  it('cannot have a descendant as parent', async () => {
    const top = await createGroup(app.api);
    const middle = await createGroup(app.api, { parent: top.pk });
    const bottom = await createGroup(app.api, { parent: middle.pk });
    expect(await patch(top.pk, { parent: bottom.pk })).toMatchObject(ring);
    expect(await patch(top.pk, { parent: middle.pk })).toMatchObject(ring);
    expect((await patch(bottom.pk, { parent: top.pk })).status).toBe(200);
  });

  it('cannot become each other’s parent by concurrent requests', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, other] = [await createGroup(app.api), await createGroup(app.api)];
      const answers = await Promise.all([patch(one.pk, { parent: other.pk }), patch(other.pk, { parent: one.pk })]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    }
  });
});

describe('Deleting a group', () => {
  it('keeps its members, its roles and its child groups', async () => {
    const role = await createRole(app.api);
    const user = await createUser(app.api);
    const group = await createGroup(app.api, { users: [user.pk], roles: [role.pk] });
    const below = await createGroup(app.api, { parent: group.pk });
    expect(await app.api.delete(`/core/groups/${group.pk}/`)).toMatchObject({ status: 204, body: undefined });
    expect(await app.api.delete(`/core/groups/${group.pk}/`)).toMatchObject(notFound);
    expect((await app.api.get(`/core/users/${user.pk}/`)).body.groups).toEqual([]);
    expect((await app.api.get(`/rbac/roles/${role.pk}/`)).status).toBe(200);
    expect((await app.api.get(`/core/groups/${below.pk}/`)).body.parent).toBeNull();
  });
});

describe('The used_by list of a group', () => {
  it('contains the child groups, roles and members visible to the caller', async () => {
    const role = await createRole(app.api);
    const user = await createUser(app.api);
    const { pk } = await createGroup(app.api, { users: [user.pk], roles: [role.pk] });
    const below = await createGroup(app.api, { name: 'a group below', parent: pk });
    const used = [
      { app: 'authentik_core', model_name: 'group', pk: below.pk, name: 'Group a group below', action: 'set_null' },
      { app: 'authentik_rbac', model_name: 'role', pk: role.pk, name: `Role ${role.name}`, action: 'cascade_many' },
      { app: 'authentik_core', model_name: 'user', pk: String(user.pk), name: user.username, action: 'cascade_many' },
    ];
    expect((await app.api.get(`/core/groups/${pk}/used_by/`)).body).toEqual(used);
    const { user: viewer, api } = await createActor(app, ['authentik_core.view_group']);
    expect((await api.get(`/core/groups/${pk}/used_by/`)).body).toEqual(used.slice(0, 1));
    await allow(app, viewer.pk, {
      permissions: ['authentik_core.view_user'],
      model: 'authentik_core.user',
      object_pk: String(user.pk),
    });
    expect((await api.get(`/core/groups/${pk}/used_by/`)).body).toEqual([used[0], used[2]]);
  });
});

describe.each(['add_user', 'remove_user'])('/core/groups/{group_uuid}/%s/', (action) => {
  const permission = action === 'add_user' ? 'add_user_to_group' : 'remove_user_from_group';

  it('answers 204, also when nothing changes', async () => {
    const [one, other] = [await createUser(app.api), await createUser(app.api)];
    const { pk } = await createGroup(app.api, { users: [one.pk] });
    for (let time = 0; time < 2; time += 1) {
      const answer = await app.api.post(`/core/groups/${pk}/${action}/`, { pk: other.pk });
      expect(answer).toMatchObject({ status: 204, body: undefined });
    }
    const members = action === 'add_user' ? [one.pk, other.pk] : [one.pk];
    expect((await app.api.get(`/core/groups/${pk}/`)).body.users).toEqual(members);
    expect((await app.api.post(`/core/groups/${pk}/${action}/`, { pk: one.pk })).status).toBe(204);
    const left = action === 'add_user' ? members : [];
    expect((await app.api.get(`/core/groups/${pk}/`)).body.users).toEqual(left);
  });

  it('answers 404 without a body for an unknown user', async () => {
    const { pk } = await createGroup(app.api);
    const answer = await app.api.post(`/core/groups/${pk}/${action}/`, { pk: 999_999_999 });
    expect(answer).toMatchObject({ status: 404, body: undefined });
  });

  it('answers 404 for an unknown group, and 400 without a user', async () => {
    const { pk } = await createGroup(app.api);
    expect(await app.api.post(`/core/groups/${randomUUID()}/${action}/`, {})).toMatchObject(notFound);
    expect(await app.api.post(`/core/groups/${pk}/${action}/`, {})).toMatchObject({
      status: 400,
      body: { pk: ['This field is required.'] },
    });
  });

  it('requires its own permission', async () => {
    const user = await createUser(app.api);
    const { pk } = await createGroup(app.api);
    const { user: actor, api } = await createActor(app, ['authentik_core.view_group', 'authentik_core.change_group']);
    expect(await api.post(`/core/groups/${pk}/${action}/`, { pk: user.pk })).toMatchObject(forbidden);
    await allow(app, actor.pk, { permissions: [permission], model: 'authentik_core.group', object_pk: pk });
    expect((await api.post(`/core/groups/${pk}/${action}/`, { pk: user.pk })).status).toBe(204);
  });
});

describe('The list of groups', () => {
  it('is filtered, searched and sorted', async () => {
    const other = await startTestApp();
    const [ada, bob] = [
      await createUser(other.api, { username: 'ada' }),
      await createUser(other.api, { username: 'bob' }),
    ];
    const top = await createGroup(other.api, { name: 'top', is_superuser: true, users: [ada.pk, bob.pk] });
    const low = await createGroup(other.api, { name: 'low', parent: top.pk, users: [bob.pk], attributes: { a: 1 } });
    const names = async (query: string): Promise<string[]> =>
      (await other.api.get(`/core/groups/?${query}`)).body.results.map(({ name }: any) => name);
    expect(await names('')).toEqual(['authentik Admins', 'low', 'top']);
    expect(await names('name=low')).toEqual(['low']);
    expect(await names('is_superuser=true')).toEqual(['authentik Admins', 'top']);
    expect(await names('attributes=%7B%22a%22:1%7D')).toEqual(['low']);
    expect(await names(`members_by_pk=${ada.pk}`)).toEqual(['top']);
    expect(await names(`members_by_pk=${ada.pk}&members_by_pk=${bob.pk}`)).toEqual(['low', 'top']);
    expect(await names('members_by_username=bob')).toEqual(['low', 'top']);
    expect(await names('members_by_username=ada&members_by_pk=')).toEqual(['top']);
    expect(await names('search=LO')).toEqual(['low']);
    expect(await names('ordering=-name&page_size=2')).toEqual(['top', 'low']);
    expect(await names('ordering=is_superuser,-name')).toEqual(['low', 'top', 'authentik Admins']);
    const { body } = await other.api.get('/core/groups/?name=top&include_users=false');
    expect(body.results).toEqual([{ ...top, users_obj: null }]);
    expect((await other.api.get(`/core/groups/${low.pk}/?include_users=false`)).body).toEqual({
      ...low,
      users_obj: null,
    });
    await other.stop();
  });

  it('answers 400 for unknown members', async () => {
    const { status, body } = await app.api.get(
      '/core/groups/?members_by_pk=x&members_by_username=nobody-of-this-name&attributes=5',
    );
    expect([status, body]).toEqual([
      400,
      {
        members_by_pk: ['“x” is not a valid value.'],
        members_by_username: ['Select a valid choice. nobody-of-this-name is not one of the available choices.'],
        attributes: ['filter: value must be key:value mapping'],
      },
    ]);
    for (const key of ['999999999', '99999999999']) {
      expect((await app.api.get(`/core/groups/?members_by_pk=${key}`)).body).toEqual({
        members_by_pk: [`Select a valid choice. ${key} is not one of the available choices.`],
      });
    }
  });
});
