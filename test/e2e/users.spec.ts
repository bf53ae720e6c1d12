import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { createActor } from '../factories/actor.js';
import { createGroup } from '../factories/group.js';
import { createToken } from '../factories/token.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const notFound = { status: 404, body: { detail: 'Not found.' } };
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function post(fields: object): Promise<{ status: number; body: any }> {
  return app.api.post('/core/users/', { username: `user-${randomUUID()}`, name: '', ...fields });
}

function stored(pk: number): Promise<User> {
  return app.dataSource.manager.findOneByOrFail(User, { pk });
}

describe('A new user', () => {
  it('requires a user name and a name, and has authentik’s defaults and field order', async () => {
    const { status, body } = await app.api.post('/core/users/', { username: 'defaults', name: '' });
    expect(status).toBe(201);
    const { pk, avatar, uid, uuid: id, password_change_date: changed } = body;
    expect([id, changed, uid]).toEqual([
      expect.stringMatching(uuid),
      expect.stringMatching(moment),
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ]);
    expect(avatar).toMatch(/^data:image\/svg\+xml;base64,/);
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        pk,
        username: 'defaults',
        name: '',
        is_active: true,
        last_login: null,
        is_superuser: false,
        groups: [],
        groups_obj: [],
        email: '',
        avatar,
        attributes: {},
        uid,
        path: 'users',
        type: 'internal',
        uuid: id,
        password_change_date: changed,
        email_verified: false,
        has_password: false,
        awaits_confirmation: false,
      }),
    );
    expect((await stored(pk)).passwordHash).toBe('');
  });

  it('accepts every field', async () => {
    const group = await createGroup(app.api, { attributes: { floor: 3 } });
    const fields = {
      username: 'everything',
      name: 'Every Thing',
      is_active: false,
      last_login: '2024-12-20T10:11:12.123Z',
      groups: [group.pk],
      email: 'every@example.com',
      attributes: { settings: { locale: 'de' }, list: [1, null, 'x'] },
      path: 'staff/north',
      type: 'external',
    };
    const { status, body } = await post(fields);
    expect(status).toBe(201);
    const { num_pk, parent, parent_name, name, is_superuser, attributes, pk } = group;
    expect(body).toMatchObject({
      ...fields,
      groups_obj: [{ pk, num_pk, name, is_superuser, parent, parent_name, attributes }],
    });
    expect((await app.api.get(`/core/users/${body.pk}/`)).body).toEqual(body);
  });

  it('contains its groups in authentik’s field order', async () => {
    const parent = await createGroup(app.api, { name: 'parent of all' });
    const group = await createGroup(app.api, { parent: parent.pk });
    const { groups_obj } = await createUser(app.api, { groups: [group.pk] });
    const { pk, num_pk, name } = group;
    expect(JSON.stringify(groups_obj)).toBe(
      JSON.stringify([
        { pk, num_pk, name, is_superuser: false, parent: parent.pk, parent_name: 'parent of all', attributes: {} },
      ]),
    );
  });

  it('ignores read-only fields, a password and unknown fields', async () => {
    const { status, body } = await post({
      pk: 1,
      uid: 'x',
      uuid: 'x',
      avatar: 5,
      is_superuser: true,
      groups_obj: 'x',
      password: 'ignored',
      passwordHash: 'ignored',
      password_change_date: '2000-01-01T00:00:00Z',
      email_verified: true,
    });
    expect([status, body.is_superuser]).toEqual([201, false]);
    expect(body.password_change_date > '2001').toBe(true);
    expect((await stored(body.pk)).passwordHash).toBe('');
  });

  it('is refused with all errors at once, in field order', async () => {
    const { status, body } = await app.api.post('/core/users/', {
      type: 'robot',
      path: '',
      attributes: [],
      email: 'nobody',
      groups: ['x'],
      last_login: 'never',
      is_active: 'maybe',
      name: null,
      username: '  ',
    });
    expect(status).toBe(400);
    expect(Object.entries(body)).toEqual([
      ['username', ['This field may not be blank.']],
      ['name', ['This field may not be null.']],
      ['is_active', ['Must be a valid boolean.']],
      [
        'last_login',
        [
          'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
        ],
      ],
      ['groups', ['“x” is not a valid UUID.']],
      ['email', ['Enter a valid email address.']],
      ['attributes', ['Value must be a dictionary, and not have any duplicate keys.']],
      ['path', ['This field may not be blank.']],
      ['type', ['"robot" is not a valid choice.']],
    ]);
  });

  it('is refused without its required fields', async () => {
    expect(await app.api.post('/core/users/', {})).toMatchObject({
      status: 400,
      body: { username: ['This field is required.'], name: ['This field is required.'] },
    });
  });

  it('is refused with a duplicate or too long user name', async () => {
    await createUser(app.api, { username: 'taken' });
    expect(await post({ username: 'taken' })).toMatchObject({
      status: 400,
      body: { username: ['This field must be unique.'] },
    });
    expect(await post({ username: 'x'.repeat(151) })).toMatchObject({
      status: 400,
      body: { username: ['Ensure this field has no more than 150 characters.'] },
    });
  });

  it('is refused with the usual error if a concurrent request takes its name', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => post({ username: 'raced' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400]);
    for (const { body } of answers.filter(({ status }) => status === 400)) {
      expect(body).toEqual({ username: ['This field must be unique.'] });
    }
  });

  it('is refused with unknown groups', async () => {
    const unknown = randomUUID();
    expect(await post({ groups: [unknown] })).toMatchObject({
      status: 400,
      body: { groups: [`Invalid pk "${unknown}" - object does not exist.`] },
    });
    expect(await post({ groups: 'x' })).toMatchObject({
      status: 400,
      body: { groups: ['Expected a list of items but got type "str".'] },
    });
  });
});

describe('The path of a user', () => {
  it.each([
    ['/foo', 'No leading or trailing slashes allowed.'],
    ['foo/', 'No leading or trailing slashes allowed.'],
    ['/', 'No leading or trailing slashes allowed.'],
    ['fos//o', 'No empty segments in user path allowed.'],
    ['', 'This field may not be blank.'],
    ['   ', 'This field may not be blank.'],
  ])('may not be %j', async (path, message) => {
    expect(await post({ path })).toMatchObject({ status: 400, body: { path: [message] } });
  });

  it.each(['foo', 'foo/bar', 'a b/c'])('may be %j', async (path) => {
    expect(await post({ path })).toMatchObject({ status: 201, body: { path } });
  });
});

describe('The type of a user', () => {
  it.each(['internal', 'external', 'service_account'])('may be %s', async (type) => {
    expect(await post({ type })).toMatchObject({ status: 201, body: { type } });
  });

  it('cannot be set to internal_service_account', async () => {
    const refused = {
      status: 400,
      body: { type: ['Setting a user to internal service account is not allowed.'] },
    };
    expect(await post({ type: 'internal_service_account' })).toMatchObject(refused);
    const { pk } = await createUser(app.api);
    expect(await app.api.patch(`/core/users/${pk}/`, { type: 'internal_service_account' })).toMatchObject(refused);
  });

  it('cannot be changed from internal_service_account', async () => {
    const { pk, username } = await createUser(app.api);
    await app.dataSource.manager.update(User, { pk }, { type: 'internal_service_account' });
    expect(await app.api.patch(`/core/users/${pk}/`, { type: 'internal' })).toMatchObject({
      status: 400,
      body: { type: ["Can't change internal service account to other user type."] },
    });
    const same = { username, name: 'Same', type: 'internal_service_account' };
    expect(await app.api.put(`/core/users/${pk}/`, same)).toMatchObject({ status: 200, body: same });
  });
});

describe('A change to a user', () => {
  it('keeps unsent fields, with PATCH and PUT', async () => {
    const group = await createGroup(app.api);
    const fields = { name: 'Name', email: 'a@example.com', attributes: { a: 1 }, path: 'p', groups: [group.pk] };
    const user = await createUser(app.api, fields);
    const patched = await app.api.patch(`/core/users/${user.pk}/`, { email: '' });
    expect(patched).toMatchObject({ status: 200, body: { ...user, email: '' } });
    const put = await app.api.put(`/core/users/${user.pk}/`, { username: user.username, name: 'Name', path: 'q' });
    expect(put).toMatchObject({ status: 200, body: { ...user, email: '', path: 'q' } });
    expect((await app.api.patch(`/core/users/${user.pk}/`)).body).toEqual(put.body);
  });

  it('replaces attributes and groups as a whole', async () => {
    const [one, other] = [await createGroup(app.api), await createGroup(app.api)];
    const { pk } = await createUser(app.api, { attributes: { a: 1, b: 2 }, groups: [one.pk] });
    const changes = { attributes: { c: 3 }, groups: [other.pk, other.pk] };
    const { body } = await app.api.patch(`/core/users/${pk}/`, changes);
    expect([body.attributes, body.groups]).toEqual([{ c: 3 }, [other.pk]]);
    expect((await app.api.patch(`/core/users/${pk}/`, { groups: [] })).body.groups).toEqual([]);
  });

  it('may keep the user name, but not use the name of another user', async () => {
    const [one, other] = [await createUser(app.api), await createUser(app.api)];
    expect((await app.api.patch(`/core/users/${one.pk}/`, { username: one.username })).status).toBe(200);
    expect(await app.api.patch(`/core/users/${one.pk}/`, { username: other.username })).toMatchObject({
      status: 400,
      body: { username: ['This field must be unique.'] },
    });
  });

  it('answers 404 for an unknown user', async () => {
    for (const key of ['999999999', '2147483648', '99999999999999999999', 'me-too', '-1', '1e3', randomUUID()]) {
      expect(await app.api.patch(`/core/users/${key}/`, {})).toMatchObject(notFound);
      expect(await app.api.get(`/core/users/${key}/`)).toMatchObject(notFound);
    }
  });
});

describe('Deleting a user', () => {
  it('deletes their tokens and memberships, too, and answers 404 the second time', async () => {
    const group = await createGroup(app.api);
    const user = await createUser(app.api, { groups: [group.pk] });
    const { identifier } = await createToken(app.api, { user: user.pk });
    expect(await app.api.delete(`/core/users/${user.pk}/`)).toMatchObject({ status: 204, body: undefined });
    expect(await app.api.get(`/core/users/${user.pk}/`)).toMatchObject(notFound);
    expect(await app.api.delete(`/core/users/${user.pk}/`)).toMatchObject(notFound);
    expect(await app.api.get(`/core/tokens/${identifier}/`)).toMatchObject(notFound);
    expect((await app.api.get(`/core/groups/${group.pk}/`)).body.users).toEqual([]);
  });
});

describe('`used_by` of a user', () => {
  it('lists the groups and tokens that the caller may view', async () => {
    const user = await createUser(app.api);
    const groups = [await createGroup(app.api, { name: 'b' }), await createGroup(app.api, { name: 'a' })];
    for (const { pk } of groups) await app.api.post(`/core/groups/${pk}/add_user/`, { pk: user.pk });
    const token = await createToken(app.api, { identifier: 'used', user: user.pk });
    const [b, a] = groups.map(({ pk }) => pk);
    const group = { app: 'authentik_core', model_name: 'group', action: 'cascade_many' };
    const used = (await app.api.get(`/core/users/${user.pk}/used_by/`)).body;
    expect(used).toEqual([
      { ...group, pk: a, name: 'Group a' },
      { ...group, pk: b, name: 'Group b' },
      { app: 'authentik_core', model_name: 'token', action: 'cascade', pk: token.pk, name: 'used' },
    ]);
    const { api } = await createActor(app, ['authentik_core.view_user', 'authentik_core.view_token']);
    expect((await api.get(`/core/users/${user.pk}/used_by/`)).body).toEqual(used.slice(2));
  });
});

describe('is_superuser', () => {
  it('is true for active members of superuser groups and their descendants, and is read-only', async () => {
    const top = await createGroup(app.api, { is_superuser: true });
    const below = await createGroup(app.api, { parent: top.pk });
    const direct = await createUser(app.api, { groups: [top.pk] });
    const indirect = await createUser(app.api, { groups: [below.pk] });
    const plain = await createUser(app.api, { groups: [(await createGroup(app.api)).pk] });
    expect([direct, indirect, plain].map((user) => user.is_superuser)).toEqual([true, true, false]);
    const inactive = await app.api.patch(`/core/users/${direct.pk}/`, { is_active: false, is_superuser: true });
    expect(inactive.body.is_superuser).toBe(false);
  });
});

describe('The avatar', () => {
  const svgOf = (avatar: string): string => Buffer.from(avatar.split(',')[1]!, 'base64').toString();

  it('shows the initials of the name, or of the user name if there is no name', async () => {
    expect(svgOf((await createUser(app.api, { name: 'ada king lovelace' })).avatar)).toContain('>AL</text>');
    expect(svgOf((await createUser(app.api, { username: 'zoe' })).avatar)).toContain('>Z</text>');
  });

  it('escapes the name', async () => {
    const { avatar } = await createUser(app.api, { name: '<script> "&' });
    expect(svgOf(avatar)).not.toMatch(/<s(?!vg)|"&|<</);
  });
});
