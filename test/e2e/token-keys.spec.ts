import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { allow, createActor } from '../factories/actor.js';
import { createToken, keyOf } from '../factories/token.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const forbidden = { status: 403, body: { detail: 'You do not have permission to perform this action.' } };
const notFound = { status: 404, body: { detail: 'Not found.' } };

async function lastEvent(action: string): Promise<any> {
  return (await app.api.get(`/events/events/?action=${action}&ordering=-created&page_size=1`)).body.results[0];
}

describe('The key of a token', () => {
  it('is returned to superusers by view_key, and in no other response', async () => {
    const { identifier } = await createToken(app.api);
    const { status, body } = await app.api.get(`/core/tokens/${identifier}/view_key/`);
    expect([status, Object.keys(body)]).toEqual([200, ['key']]);
    const { api, key } = await createActor(app);
    expect((await api.get('/core/users/me/')).status).toBe(200);
    const answers = [
      await app.api.get(`/core/tokens/${identifier}/`),
      await app.api.get('/core/tokens/?page_size=1000'),
      await app.api.patch(`/core/tokens/${identifier}/`, {}),
      await app.api.get('/events/events/?page_size=1000'),
    ];
    for (const secret of [body.key, key]) expect(JSON.stringify(answers)).not.toContain(secret);
  });

  it('is returned to its owner with the view_token_key permission', async () => {
    const { user, api } = await createActor(app);
    const { pk, identifier } = await createToken(app.api, { user: user.pk });
    const path = `/core/tokens/${identifier}/view_key/`;
    expect(await api.get(path)).toMatchObject(forbidden);
    await allow(app, user.pk, { permissions: ['view_token_key'], model: 'authentik_core.token', object_pk: pk });
    expect((await api.get(path)).body).toEqual({ key: await keyOf(app.api, identifier) });
  });

  it('is recorded as a secret_view event when viewed, without its value', async () => {
    const { user, api, token, key } = await createActor(app, ['authentik_core.view_token_key']);
    await api.get(`/core/tokens/${token}/view_key/`);
    const event = await lastEvent('secret_view');
    expect(event).toMatchObject({
      app: 'authentik.core',
      user: { pk: user.pk, username: user.username },
      context: { secret: { app: 'authentik_core', model_name: 'token', name: token } },
      client_ip: '127.0.0.1',
    });
    expect(JSON.stringify(event)).not.toContain(key);
  });

  it('answers 404 for an unknown token', async () => {
    expect(await app.api.get('/core/tokens/nothing/view_key/')).toMatchObject(notFound);
    expect(await app.api.post('/core/tokens/nothing/set_key/', {})).toMatchObject(notFound);
  });
});

describe('Setting the key of a token', () => {
  it('makes the new key valid and the old one invalid', async () => {
    const { user, token, key, api } = await createActor(app);
    const other = `key-${randomUUID()}`;
    expect(await app.api.post(`/core/tokens/${token}/set_key/`, { key: other })).toMatchObject({
      status: 204,
      body: undefined,
    });
    expect(await keyOf(app.api, token)).toBe(other);
    expect((await app.client(other).get('/core/users/me/')).body.user.pk).toBe(user.pk);
    expect(await api.get('/core/users/me/')).toMatchObject({ status: 403, body: { detail: 'Token invalid/expired' } });
    expect(other).not.toBe(key);
  });

  it.each([{}, { key: '' }, { key: '  ' }, { key: null }, { key: 5 }, { key: ['x'] }, [], null, 'x'])(
    'is refused with an empty 400 for %j',
    async (request) => {
      const { identifier } = await createToken(app.api);
      const before = await keyOf(app.api, identifier);
      const answer = await app.api.post(`/core/tokens/${identifier}/set_key/`, request);
      expect(answer).toMatchObject({ status: 400, body: undefined });
      expect(await keyOf(app.api, identifier)).toBe(before);
    },
  );

  it.each(['x'.repeat(31), '🔑'.repeat(31)])('is refused with fewer than 32 characters: %s', async (key) => {
    const { identifier } = await createToken(app.api);
    const before = await keyOf(app.api, identifier);
    expect(await app.api.post(`/core/tokens/${identifier}/set_key/`, { key })).toMatchObject({
      status: 400,
      body: { key: ['Ensure this field has at least 32 characters.'] },
    });
    expect(await keyOf(app.api, identifier)).toBe(before);
    expect((await app.api.post(`/core/tokens/${identifier}/set_key/`, { key: `${key}x` })).status).toBe(204);
  });

  it('answers 400 for malformed JSON and 415 for other media types', async () => {
    const { identifier } = await createToken(app.api);
    const path = `/core/tokens/${identifier}/set_key/`;
    const json = { 'content-type': 'application/json' };
    expect(await app.api.request('POST', path, { raw: '{', headers: json })).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/^JSON parse error - /) },
    });
    expect((await app.api.request('POST', path, { raw: 'x', headers: { 'content-type': 'text/plain' } })).status).toBe(
      415,
    );
  });

  it('requires the set_token_key permission, also for the owner', async () => {
    const { user, api, token } = await createActor(app, ['authentik_core.view_token_key']);
    const { pk } = (await app.api.get(`/core/tokens/${token}/`)).body;
    expect(await api.post(`/core/tokens/${token}/set_key/`, { key: 'x' })).toMatchObject(forbidden);
    await allow(app, user.pk, { permissions: ['set_token_key'], model: 'authentik_core.token', object_pk: pk });
    expect((await api.post(`/core/tokens/${token}/set_key/`, { key: `key-${randomUUID()}` })).status).toBe(204);
  });

  it('is recorded as a secret_rotate event, without the key', async () => {
    const { identifier } = await createToken(app.api);
    await app.api.post(`/core/tokens/${identifier}/set_key/`, { key: 'never-to-be-read-0123456789-0123456789' });
    const event = await lastEvent('secret_rotate');
    expect(event).toMatchObject({ user: { username: 'akadmin' }, context: { secret: { name: identifier } } });
    expect(JSON.stringify(event)).not.toContain('never-to-be-read');
  });
});

describe('The list of tokens', () => {
  it('shows an administrator all tokens, with filters, search and ordering', async () => {
    const user = await createUser(app.api, { username: 'list-owner' });
    const expires = '2044-12-20T10:11:12.123Z';
    await createToken(app.api, { identifier: 'list-b', user: user.pk, description: 'Second one' });
    await createToken(app.api, { identifier: 'list-a', user: user.pk, managed: 'list/managed' });
    await createToken(app.api, {
      identifier: 'list-c',
      user: user.pk,
      intent: 'app_password',
      expiring: false,
      expires: expires as never,
    });
    const names = async (query: Record<string, string>): Promise<string[]> => {
      const { status, body } = await app.api.get(`/core/tokens/?${new URLSearchParams(query).toString()}`);
      expect(status).toBe(200);
      return body.results.map(({ identifier }: any) => identifier).filter((name: string) => name.startsWith('list-'));
    };
    const all = ['list-a', 'list-b', 'list-c'];
    expect(await names({})).toEqual(all);
    expect(await names({ identifier: 'list-b' })).toEqual(['list-b']);
    expect(await names({ user__username: 'list-owner' })).toEqual(all);
    expect(await names({ user__username: 'nobody' })).toEqual([]);
    expect(await names({ description: 'Second one' })).toEqual(['list-b']);
    expect(await names({ managed: 'list/managed' })).toEqual(['list-a']);
    expect(await names({ intent: 'app_password' })).toEqual(['list-c']);
    expect(await names({ expiring: 'false' })).toEqual(['list-c']);
    expect(await names({ expires: '2044-12-20T11:11:12.123+01:00' })).toEqual(['list-c']);
    expect(await names({ search: 'LIST-OWNER second' })).toEqual(['list-b']);
    expect(await names({ search: 'app_pass' })).toEqual(['list-c']);
    expect(await names({ ordering: '-identifier' })).toEqual([...all].reverse());
    expect(await names({ ordering: 'expiring,-identifier' })).toEqual(['list-c', 'list-b', 'list-a']);
    for (const ordering of ['pk', 'managed', 'intent', 'user', 'description', 'expires']) {
      expect((await names({ ordering })).sort()).toEqual(all);
    }
    expect(await names({ intent: '', expires: '', identifier: '' })).toEqual(all);
  });

  it('answers 400 for invalid filters', async () => {
    expect((await app.api.get('/core/tokens/?intent=nope&expires=soon')).body).toEqual({
      intent: ['Select a valid choice. nope is not one of the available choices.'],
      expires: ['Enter a valid date/time.'],
    });
  });

  it('is empty for a user without matching tokens', async () => {
    const { api, token } = await createActor(app);
    expect((await api.get('/core/tokens/?identifier=nothing')).body.pagination.count).toBe(0);
    expect((await api.delete(`/core/tokens/${token}/`)).status).toBe(204);
  });
});

it('The identifier of the bootstrap token is reserved', async () => {
  const identifier = 'authentik-bootstrap-token';
  const { identifier: other } = await createToken(app.api);
  const body = { identifier: ['This identifier is reserved for the token of BOOTSTRAP_TOKEN.'] };
  await app.dataSource.query('update "token" set identifier = $2 where identifier = $1', [identifier, 'renamed']);
  expect(await app.api.post('/core/tokens/', { identifier })).toMatchObject({ status: 400, body });
  expect(await app.api.patch(`/core/tokens/${other}/`, { identifier })).toMatchObject({ status: 400, body });
  await app.dataSource.query('update "token" set identifier = $1 where identifier = $2', [identifier, 'renamed']);
  expect((await app.api.put(`/core/tokens/${identifier}/`, { identifier })).status).toBe(200);
});
