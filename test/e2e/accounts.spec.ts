import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { allow, createActor } from '../factories/actor.js';
import { createGroup } from '../factories/group.js';
import { createRole } from '../factories/role.js';
import { createToken, keyOf } from '../factories/token.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const notFound = { status: 404, body: { detail: 'Not found.' } };

function stored(pk: number): Promise<User> {
  return app.dataSource.manager.findOneByOrFail(User, { pk });
}

describe('/core/users/me/', () => {
  it('returns the caller’s account, with the field order of authentik', async () => {
    const top = await createGroup(app.api, { name: 'me top' });
    const group = await createGroup(app.api, { name: 'me bottom', parent: top.pk });
    const actor = await createActor(app, ['authentik_core.view_user', 'authentik_flows.export_flow'], {
      name: 'Me Myself',
      email: 'me@example.com',
      groups: [group.pk],
    });
    const { status, body } = await actor.api.get('/core/users/me/');
    expect(status).toBe(200);
    const { pk, username, avatar, uid } = actor.user;
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        user: {
          pk,
          username,
          name: 'Me Myself',
          is_active: true,
          is_superuser: false,
          groups: [
            { name: 'me bottom', pk: group.pk },
            { name: 'me top', pk: top.pk },
          ],
          email: 'me@example.com',
          avatar,
          uid,
          settings: {},
          type: 'internal',
          system_permissions: ['export_flow', 'view_user'],
          email_verified: false,
        },
      }),
    );
  });

  it('marks a superuser', async () => {
    const { status, body } = await app.api.get('/core/users/me/');
    expect([status, body.user.username, body.user.is_superuser]).toEqual([200, 'akadmin', true]);
  });

  it('lists permissions from roles, but not object permissions', async () => {
    const role = await createRole(app.api, ['authentik_flows.view_flow']);
    const group = await createGroup(app.api, { roles: [role.pk] });
    const { user, api } = await createActor(app, [], { groups: [group.pk] });
    await allow(app, user.pk, {
      permissions: ['authentik_core.view_user'],
      model: 'authentik_core.user',
      object_pk: String(user.pk),
    });
    expect((await api.get('/core/users/me/')).body.user.system_permissions).toEqual(['view_flow']);
  });

  it('merges the settings of the groups; the user’s own settings take precedence', async () => {
    const of = (name: string, settings: object): object => ({ name, attributes: { settings } });
    const top = await createGroup(app.api, of('s3', { theme: { base: 'dark', accent: 'blue' }, locale: 'de' }));
    const group = await createGroup(app.api, {
      ...of('s1', { locale: 'fr', theme: { accent: 'red' } }),
      parent: top.pk,
    });
    const { api } = await createActor(app, [], {
      groups: [group.pk],
      attributes: { settings: { theme: { base: 'light' } }, other: 1 },
    });
    expect((await api.get('/core/users/me/')).body.user.settings).toEqual({
      locale: 'de',
      theme: { base: 'light', accent: 'blue' },
    });
  });

  it.each([null, 'text', 5, [1]])('returns empty settings if they are %j', async (settings) => {
    const { api } = await createActor(app, [], { attributes: { settings } });
    expect((await api.get('/core/users/me/')).body.user.settings).toEqual({});
  });
});

describe('/core/users/service_account/', () => {
  const path = '/core/users/service_account/';
  const create = async (request: object): Promise<any> => {
    const { status, body } = await app.api.post(path, request);
    expect(status).toBe(200);
    return body;
  };
  const tokenOf = async (name: string): Promise<any> =>
    (await app.api.get(`/core/tokens/service-account-${name}-password/`)).body;

  it('creates an account without a password, and returns its app password', async () => {
    const answer = await create({ name: 'robot' });
    expect(Object.keys(answer)).toEqual(['username', 'user_uid', 'user_pk', 'token']);
    const user = (await app.api.get(`/core/users/${answer.user_pk}/`)).body;
    expect(user).toMatchObject({
      username: 'robot',
      name: 'robot',
      type: 'service_account',
      path: 'goauthentik.io/service-accounts',
      is_active: true,
      uid: answer.user_uid,
      attributes: { 'goauthentik.io/user/token-expires': true },
      groups: [],
    });
    expect((await stored(answer.user_pk)).passwordHash).toBe('');
    expect(answer.token).toMatch(/^[a-zA-Z0-9]{60}$/);
    expect(await keyOf(app.api, 'service-account-robot-password')).toBe(answer.token);
  });

  it('creates an app password that expires after 360 days by default', async () => {
    await create({ name: 'yearly' });
    const { intent, expiring, expires } = await tokenOf('yearly');
    expect([intent, expiring]).toEqual(['app_password', true]);
    const days = (Date.parse(expires) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(359.9);
    expect(days).toBeLessThan(360.1);
  });

  it('accepts an expiry of the app password, or an app password without expiry', async () => {
    const expires = '2044-12-20T10:11:12.123Z';
    await create({ name: 'ends', expires });
    expect(await tokenOf('ends')).toMatchObject({ expiring: true, expires });
    const { user_pk } = await create({ name: 'lasts', expiring: false });
    expect(await tokenOf('lasts')).toMatchObject({ expiring: false });
    const { attributes } = (await app.api.get(`/core/users/${user_pk}/`)).body;
    expect(attributes).toEqual({ 'goauthentik.io/user/token-expires': false });
  });

  it('creates a group with the account', async () => {
    const answer = await create({ name: 'grouped', create_group: true });
    expect(Object.keys(answer)).toEqual(['username', 'user_uid', 'user_pk', 'token', 'group_pk']);
    const group = (await app.api.get(`/core/groups/${answer.group_pk}/`)).body;
    expect(group).toMatchObject({ name: 'grouped', users: [answer.user_pk], is_superuser: false });
  });

  it.each([{}, { name: '' }, { name: null }, { name: 'x'.repeat(151) }, { name: 'x', expires: 'soon' }])(
    'answers 400 for %j',
    async (request) => {
      expect((await app.api.post(path, request)).status).toBe(400);
    },
  );

  it('answers 400 for names of existing users, tokens or groups, and creates nothing', async () => {
    await create({ name: 'twice' });
    await createGroup(app.api, { name: 'a group' });
    await createToken(app.api, { identifier: 'service-account-a-token-password' });
    for (const request of [{ name: 'twice' }, { name: 'a group', create_group: true }, { name: 'A token' }]) {
      expect(await app.api.post(path, request)).toMatchObject({ status: 400, body: { name: [expect.any(String)] } });
    }
    expect((await app.api.get('/core/users/?username=A%20token')).body.results).toEqual([]);
    expect((await app.api.post(path, { name: 'a group' })).status).toBe(200);
  });

  it('requires permission to add users and tokens, and creates a group only with permission to add groups', async () => {
    const add = ['authentik_core.add_user', 'authentik_core.add_token'];
    for (const permission of add) {
      const { api } = await createActor(app, [permission]);
      expect(await api.post(path, { name: 'never' })).toMatchObject({ status: 403 });
    }
    const { api } = await createActor(app, add);
    const without = await api.post(path, { name: 'no group', create_group: true });
    expect([without.status, 'group_pk' in without.body]).toEqual([200, false]);
    const other = await createActor(app, [...add, 'authentik_core.add_group']);
    const withGroup = await other.api.post(path, { name: 'with group', create_group: true });
    expect([withGroup.status, 'group_pk' in withGroup.body]).toEqual([200, true]);
  });

  it('creates a token that does not authenticate API requests', async () => {
    const { token } = await create({ name: 'app only' });
    expect(await app.client(token).get('/core/users/me/')).toMatchObject({ status: 403 });
  });
});

describe('/core/users/{id}/set_password/', () => {
  const path = (pk: number): string => `/core/users/${pk}/set_password/`;

  it('sets the password and the date of the change', async () => {
    const user = await createUser(app.api);
    expect(await app.api.post(path(user.pk), { password: ' correct horse ' })).toMatchObject({
      status: 204,
      body: undefined,
    });
    const { passwordHash } = await stored(user.pk);
    expect(passwordHash).toMatch(/^\$argon2id\$/);
    expect(await verify(passwordHash, ' correct horse ')).toBe(true);
    const { body } = await app.api.get(`/core/users/${user.pk}/`);
    expect(body.password_change_date > user.password_change_date).toBe(true);
    expect(JSON.stringify(body)).not.toContain('argon2');
  });

  it.each([[{}], [{ password: '' }], [{ password: '   ' }]])('answers 400 for %j', async (request) => {
    const { pk } = await createUser(app.api);
    expect(await app.api.post(path(pk), request)).toMatchObject({
      status: 400,
      body: { password: ['This field may not be blank.'] },
    });
    expect((await stored(pk)).passwordHash).toBe('');
  });

  it('answers 400 for values other than text', async () => {
    const { pk } = await createUser(app.api);
    expect((await app.api.post(path(pk), { password: null })).body).toEqual({
      password: ['This field may not be null.'],
    });
    expect((await app.api.post(path(pk), { password: ['x'] })).body).toEqual({ password: ['Not a valid string.'] });
  });

  it('is recorded without the password', async () => {
    const user = await createUser(app.api);
    const { user: by, api } = await createActor(app, [
      'authentik_core.view_user',
      'authentik_core.reset_user_password',
    ]);
    await api.post(path(user.pk), { password: 'never to be read' });
    const { results } = (await app.api.get('/events/events/?action=password_set&ordering=-created&page_size=1')).body;
    expect(results).toMatchObject([
      {
        action: 'password_set',
        user: { pk: by.pk, username: by.username, email: '' },
        context: { affected_user: { pk: user.pk, username: user.username } },
        client_ip: '127.0.0.1',
      },
    ]);
    expect(JSON.stringify(results)).not.toContain('never to be read');
  });

  it('answers 404 for an unknown user', async () => {
    expect(await app.api.post(path(999_999_999), { password: 'x' })).toMatchObject(notFound);
  });
});
