import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { hashTokenKey } from '../../src/core/access/token-key.js';
import { Token } from '../../src/core/tokens/token.entity.js';
import { createActor } from '../factories/actor.js';
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
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const day = 86_400_000;
const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
const inAYear = new Date(Date.now() + 365 * day).toISOString();

function post(fields: object, { api } = app as Pick<TestApp, 'api'>): Promise<{ status: number; body: any }> {
  return api.post('/core/tokens/', { identifier: `token-${randomUUID()}`, ...fields });
}

/** Expects a time to be a day from now by the database's clock, give or take the time that a request takes. */
function expectADayFromNow(time: string): void {
  const lifetime = Date.parse(time) - Date.now();
  expect(lifetime).toBeGreaterThan(day - 60_000);
  // The service knows that clock to some milliseconds.
  expect(lifetime).toBeLessThanOrEqual(day + 1000);
}

describe('A new token', () => {
  it('requires only an identifier, and has authentik’s defaults and field order', async () => {
    const { user, api } = await createActor(app);
    const { status, body } = await post({ identifier: 'defaults' }, { api });
    expect(status).toBe(201);
    const { pk, expires } = body;
    expect(pk).toMatch(uuid);
    expectADayFromNow(expires);
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        pk,
        managed: null,
        identifier: 'defaults',
        intent: 'api',
        user: user.pk,
        user_obj: user,
        description: '',
        expires,
        expiring: true,
      }),
    );
    expect((await api.get('/core/tokens/defaults/')).body).toEqual(body);
  });

  it('accepts every field from an administrator', async () => {
    const user = await createUser(app.api);
    const fields = {
      managed: 'some/file',
      identifier: 'everything',
      intent: 'app_password',
      user: user.pk,
      description: 'For the printer',
      expires: inAnHour,
      expiring: true,
    };
    expect(await post(fields)).toMatchObject({ status: 201, body: { ...fields, user_obj: user } });
  });

  it('has a random alphanumeric key, which is stored only hashed and sealed', async () => {
    const keys = [];
    for (let count = 0; count < 3; count += 1) {
      const { pk, identifier } = await createToken(app.api);
      const key = await keyOf(app.api, identifier);
      expect(key).toMatch(/^[a-zA-Z0-9]{60}$/);
      const stored = await app.dataSource.manager.findOneByOrFail(Token, { pk });
      expect(stored.keyHash.equals(hashTokenKey(key))).toBe(true);
      expect(stored.sealedKey).toMatch(/^v1\./);
      expect(JSON.stringify(stored)).not.toContain(key);
      keys.push(key);
    }
    expect(new Set(keys).size).toBe(3);
  });

  it('is refused with all errors at once, in field order', async () => {
    const { status, body } = await app.api.post('/core/tokens/', {
      expiring: 'perhaps',
      expires: 'soon',
      description: [],
      user: 999_999_999,
      intent: 'nope',
      identifier: 'a b',
      managed: '',
    });
    expect([status, Object.entries(body)]).toEqual([
      400,
      [
        ['managed', ['This field may not be blank.']],
        ['identifier', ['Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.']],
        ['intent', ['"nope" is not a valid choice.']],
        ['user', ['Invalid pk "999999999" - object does not exist.']],
        ['description', ['Not a valid string.']],
        [
          'expires',
          [
            'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
          ],
        ],
        ['expiring', ['Must be a valid boolean.']],
      ],
    ]);
  });

  it('is refused with a missing, duplicate or too long identifier', async () => {
    await createToken(app.api, { identifier: 'taken' });
    expect((await app.api.post('/core/tokens/', {})).body).toEqual({ identifier: ['This field is required.'] });
    expect((await post({ identifier: 'taken' })).body).toEqual({
      identifier: ['Token with this identifier already exists.'],
    });
    expect((await post({ identifier: 'x'.repeat(256) })).body).toEqual({
      identifier: ['Ensure this field has no more than 255 characters.'],
    });
    expect((await post({ identifier: 'x'.repeat(255) })).status).toBe(201);
  });

  it.each(['recovery', 'verification'])('cannot have the intent %s', async (intent) => {
    expect(await post({ intent })).toMatchObject({ status: 400, body: { intent: [`Invalid intent ${intent}`] } });
    expect(await post({ intent, identifier: '' })).toMatchObject({
      status: 400,
      body: { identifier: ['This field may not be blank.'], intent: [`Invalid intent ${intent}`] },
    });
  });
});

describe('A new token of a plain user', () => {
  it('belongs to the caller and expires, regardless of the request', async () => {
    const other = await createUser(app.api);
    const { user, api } = await createActor(app);
    const { status, body } = await post({ user: other.pk, expiring: false }, { api });
    expect([status, body.user, body.user_obj.pk, body.expiring]).toEqual([201, user.pk, user.pk, true]);
  });

  it('does not expire if the user’s token-expires attribute is false', async () => {
    const { api } = await createActor(app, [], { attributes: { 'goauthentik.io/user/token-expires': false } });
    const { body } = await post({ expiring: true }, { api });
    expect(body.expiring).toBe(false);
    const changed = await api.patch(`/core/tokens/${body.identifier}/`, { expiring: true });
    expect(changed.body.expiring).toBe(false);
  });

  it('lets its owner view the key but not change it', async () => {
    const { api } = await createActor(app);
    const { body } = await post({ identifier: 'of-my-own' }, { api });
    const key = await keyOf(api, body.identifier);
    expect((await app.client(key).get('/core/users/me/')).status).toBe(200);
    expect(await api.post('/core/tokens/of-my-own/set_key/', { key: 'x' })).toMatchObject(forbidden);
  });

  it('cannot be made permanent', async () => {
    const { api } = await createActor(app);
    const { body } = await post({}, { api });
    const changed = await api.patch(`/core/tokens/${body.identifier}/`, { expiring: false, description: 'x' });
    expect([changed.status, changed.body.expiring, changed.body.description]).toEqual([200, true, 'x']);
  });
});

describe('The expiry of a token', () => {
  it('is a day from now for an API token, regardless of the request, and renewed by every change', async () => {
    const { body } = await post({ expires: inAYear });
    expectADayFromNow(body.expires);
    await app.dataSource.manager.update(Token, { pk: body.pk }, { expires: new Date(inAnHour) });
    for (const changes of [{}, { expires: inAnHour }, { expires: null }, { description: 'x' }]) {
      const changed = await app.api.patch(`/core/tokens/${body.identifier}/`, changes);
      expectADayFromNow(changed.body.expires);
    }
  });

  it('can be chosen for an app password, up to a day from now', async () => {
    expect((await post({ intent: 'app_password', expires: inAnHour })).body.expires).toBe(inAnHour);
    expectADayFromNow((await post({ intent: 'app_password' })).body.expires);
    expect(await post({ intent: 'app_password', expires: inAYear })).toMatchObject({
      status: 400,
      body: {
        expires: [
          expect.stringMatching(
            /^Token expires exceeds maximum lifetime \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC\)\.$/,
          ),
        ],
      },
    });
  });

  it('is not limited for an app password that does not expire', async () => {
    const { status, body } = await post({ intent: 'app_password', expires: inAYear, expiring: false });
    expect([status, body.expires, body.expiring]).toEqual([201, inAYear, false]);
  });
});

describe('A change to a token', () => {
  it('keeps unsent intent, user and expiry, with PATCH and PUT', async () => {
    const user = await createUser(app.api);
    const token = await createToken(app.api, { intent: 'app_password', user: user.pk, expires: inAnHour as never });
    const path = `/core/tokens/${token.identifier}/`;
    expect(await app.api.patch(path, { description: 'a' })).toMatchObject({
      status: 200,
      body: { ...token, description: 'a' },
    });
    expect(await app.api.put(path, { identifier: token.identifier, description: 'b' })).toMatchObject({
      status: 200,
      body: { ...token, description: 'b' },
    });
  });

  it('cannot give the token to another user', async () => {
    const [one, other] = [await createUser(app.api), await createUser(app.api)];
    const { identifier } = await createToken(app.api, { user: one.pk });
    expect(await app.api.patch(`/core/tokens/${identifier}/`, { user: other.pk })).toMatchObject({
      status: 400,
      body: { user: ['User cannot be changed'] },
    });
    expect((await app.api.patch(`/core/tokens/${identifier}/`, { user: one.pk })).status).toBe(200);
  });

  it('of the identifier changes the path of the token', async () => {
    const token = await createToken(app.api, { identifier: 'before' });
    expect((await app.api.patch('/core/tokens/before/', { identifier: 'after' })).body.pk).toBe(token.pk);
    expect(await app.api.get('/core/tokens/before/')).toMatchObject(notFound);
    expect((await app.api.get('/core/tokens/after/')).body.pk).toBe(token.pk);
  });

  it('keeps the key', async () => {
    const { identifier } = await createToken(app.api);
    const key = await keyOf(app.api, identifier);
    await app.api.put(`/core/tokens/${identifier}/`, { identifier, key: 'ignored', keyHash: 'x', sealed_key: 'x' });
    expect(await keyOf(app.api, identifier)).toBe(key);
  });

  it('cannot set the intent to recovery', async () => {
    const { identifier } = await createToken(app.api);
    expect((await app.api.patch(`/core/tokens/${identifier}/`, { intent: 'recovery' })).body).toEqual({
      intent: ['Invalid intent recovery'],
    });
  });

  it('keeps the intent and expiry of a recovery token', async () => {
    const { pk, identifier } = await createToken(app.api);
    const expires = new Date(inAYear);
    await app.dataSource.manager.update(Token, { pk }, { intent: 'recovery', expires });
    const { body } = await app.api.patch(`/core/tokens/${identifier}/`, { description: 'x' });
    expect([body.intent, body.expires]).toEqual(['recovery', inAYear]);
  });
});

describe('Other users’ tokens', () => {
  it('are hidden from plain users, who can use their own tokens without permissions', async () => {
    const mine = await createActor(app);
    const theirs = await createActor(app);
    const paths = ['', 'used_by/', 'view_key/'].map((action) => `/core/tokens/${theirs.token}/${action}`);
    for (const path of paths) expect(await mine.api.get(path)).toMatchObject(notFound);
    expect(await mine.api.patch(`/core/tokens/${theirs.token}/`, {})).toMatchObject(notFound);
    expect(await mine.api.delete(`/core/tokens/${theirs.token}/`)).toMatchObject(notFound);
    expect(await mine.api.post(`/core/tokens/${theirs.token}/set_key/`, { key: 'x' })).toMatchObject(notFound);
    const { results } = (await mine.api.get('/core/tokens/')).body;
    expect(results.map(({ identifier }: any) => identifier)).toEqual([mine.token]);
    const other = await post({}, { api: mine.api });
    expect((await mine.api.get(`/core/tokens/${other.body.identifier}/used_by/`)).body).toEqual([]);
    expect((await mine.api.delete(`/core/tokens/${other.body.identifier}/`)).status).toBe(204);
  });

  it('are hidden even from plain users with token permissions', async () => {
    const theirs = await createActor(app);
    const { api } = await createActor(app, ['authentik_core.view_token', 'authentik_core.view_token_key']);
    expect(await api.get(`/core/tokens/${theirs.token}/view_key/`)).toMatchObject(notFound);
    expect((await api.get(`/core/tokens/?identifier=${theirs.token}`)).body.results).toEqual([]);
  });
});
