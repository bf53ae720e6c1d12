import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { generateTokenKey, hashTokenKey } from '../../src/core/access/token-key.js';
import { Token } from '../../src/core/tokens/token.entity.js';
import { createActor } from '../factories/actor.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const notProvided = { detail: 'Authentication credentials were not provided.' };
const unsupported = { detail: 'Unsupported authentication type' };
const invalid = { detail: 'Token invalid/expired' };
const yesterday = new Date(Date.now() - 86_400_000);
const tomorrow = new Date(Date.now() + 86_400_000);

/** Requests a list with this exact `Authorization` header, including spaces. */
async function ask(authorization: string | undefined): Promise<{ status: number; body: any; headers: object }> {
  const headers = authorization === undefined ? {} : { authorization };
  const sent = request(`${app.url}/api/v3/core/users/?page_size=1`, { headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: await json(response), headers: response.headers };
}

/** Inserts a token of the administrator into the database. @returns its key */
async function insertToken(fields: Partial<Omit<Token, 'user'>>): Promise<string> {
  const key = generateTokenKey();
  const { userId } = await app.dataSource.manager.findOneByOrFail(Token, { identifier: 'authentik-bootstrap-token' });
  const identifier = `token-${randomUUID()}`;
  const keyHash = hashTokenKey(key);
  await app.dataSource.manager.insert(Token, {
    pk: randomUUID(),
    identifier,
    keyHash,
    sealedKey: '',
    userId,
    ...fields,
  });
  return key;
}

function isStored(key: string): Promise<boolean> {
  return app.dataSource.manager.existsBy(Token, { keyHash: hashTokenKey(key) });
}

describe('The Authorization header', () => {
  it.each([undefined, '', '   ', 'Bearer', 'Bearer ', 'abc', 'Basic', `Bearer\t${adminKey}`])(
    'answers 403 “not provided” for %j',
    async (header) => {
      expect(await ask(header)).toMatchObject({ status: 403, body: notProvided });
    },
  );

  it.each(['foo bar', 'Basic cm9vdDpyb290', `Token ${adminKey}`, `Bearer: ${adminKey}`, 'foo '.repeat(3)])(
    'answers 403 “unsupported type” for %j',
    async (header) => {
      expect(await ask(header)).toMatchObject({ status: 403, body: unsupported });
    },
  );

  it.each(['Bearer', 'bearer', 'BEARER', 'bEARER', '  Bearer'])('accepts the type %j', async (type) => {
    expect((await ask(`${type} ${adminKey}`)).status).toBe(200);
  });

  it('can end in spaces', async () => {
    expect((await ask(`Bearer ${adminKey}   `)).status).toBe(200);
  });

  it.each([`Bearer  ${adminKey}`, `Bearer ${adminKey} x`, `Bearer ${adminKey.toUpperCase()}`, 'Bearer nobody'])(
    'answers 403 “invalid token” for %j',
    async (header) => {
      expect(await ask(header)).toMatchObject({ status: 403, body: invalid });
    },
  );

  it('with the secret key is refused like an unknown key', async () => {
    expect(await ask('Bearer secret-key-of-the-tests-0123456789')).toMatchObject({ status: 403, body: invalid });
  });

  it('never leads to a WWW-Authenticate header in the response', async () => {
    for (const header of [undefined, 'foo bar', 'Bearer nobody']) {
      expect((await ask(header)).headers).not.toHaveProperty('www-authenticate');
    }
  });
});

describe('An API token', () => {
  it('authenticates its user', async () => {
    const { user, api } = await createActor(app);
    expect((await api.get('/core/users/me/')).body.user).toMatchObject({ pk: user.pk, username: user.username });
  });

  it.each([
    ['expires tomorrow', { expires: tomorrow }],
    ['has an expiry in the past but does not expire', { expires: yesterday, expiring: false }],
    ['has no expiry', { expires: null }],
  ])('is valid if it %s', async (_, fields) => {
    expect((await ask(`Bearer ${await insertToken(fields)}`)).status).toBe(200);
  });

  it('is refused and deleted when it is used after its expiry', async () => {
    const key = await insertToken({ expires: yesterday });
    expect(await isStored(key)).toBe(true);
    expect(await ask(`Bearer ${key}`)).toMatchObject({ status: 403, body: invalid });
    expect(await isStored(key)).toBe(false);
    expect(await ask(`Bearer ${key}`)).toMatchObject({ status: 403, body: invalid });
  });

  it('stays in the list after its expiry until it is used', async () => {
    const identifier = `token-${randomUUID()}`;
    await insertToken({ identifier, expires: yesterday });
    const { body } = await app.api.get(`/core/tokens/?identifier=${identifier}`);
    expect(body.results).toMatchObject([{ identifier, expires: yesterday.toISOString(), expiring: true }]);
  });

  it('is refused while its user is inactive', async () => {
    const { user, api } = await createActor(app);
    await app.api.patch(`/core/users/${user.pk}/`, { is_active: false });
    expect(await api.get('/core/users/me/')).toMatchObject({ status: 403, body: invalid });
    await app.api.patch(`/core/users/${user.pk}/`, { is_active: true });
    expect((await api.get('/core/users/me/')).status).toBe(200);
  });

  it('is deleted with its user', async () => {
    const { user, key, api } = await createActor(app);
    await app.api.delete(`/core/users/${user.pk}/`);
    expect(await isStored(key)).toBe(false);
    expect(await api.get('/core/users/me/')).toMatchObject({ status: 403, body: invalid });
  });

  it('with a wrong key is refused even on public routes', async () => {
    expect(await app.client('nobody').get('/root/config/')).toMatchObject({ status: 403, body: invalid });
    expect((await app.client(undefined).get('/root/config/')).status).toBe(200);
  });
});

describe('Concurrent callers', () => {
  it('are distinct, each with their own permissions', async () => {
    const reader = await createActor(app, ['authentik_core.view_user']);
    const nobody = await createActor(app);
    const unknown = app.client('nope');
    const turns = await Promise.all(
      Array.from({ length: 5 }, () =>
        Promise.all([
          reader.api.get('/core/users/me/'),
          nobody.api.get('/core/users/me/'),
          unknown.get('/core/users/'),
        ]),
      ),
    );
    for (const [first, second, third] of turns) {
      expect(first.body.user).toMatchObject({ pk: reader.user.pk, system_permissions: ['view_user'] });
      expect(second.body.user).toMatchObject({ pk: nobody.user.pk, system_permissions: [] });
      expect(third).toMatchObject({ status: 403, body: invalid });
    }
  });

  it('are refused as soon as their token is deleted', async () => {
    const { api, token } = await createActor(app, ['authentik_core.view_user']);
    const others = Array.from({ length: 20 }, () => app.api.get('/core/users/?page_size=1'));
    expect((await app.api.delete(`/core/tokens/${token}/`)).status).toBe(204);
    expect(await api.get('/core/users/')).toMatchObject({ status: 403, body: invalid });
    await Promise.all(others);
  });
});

describe('A token with another intent', () => {
  it.each(['app_password', 'recovery', 'verification'] as const)(
    '(%s) does not authenticate API requests',
    async (intent) => {
      const key = await insertToken({ intent });
      expect(await ask(`Bearer ${key}`)).toMatchObject({ status: 403, body: invalid });
      expect(await isStored(key)).toBe(true);
    },
  );
});

describe('A caller without credentials', () => {
  const nobody = { detail: 'You do not have permission to perform this action.' };

  it.each([
    ['GET', '/core/users/'],
    ['POST', '/core/users/'],
    ['GET', '/core/users/me/'],
    ['GET', '/core/users/paths/'],
    ['POST', '/core/users/service_account/'],
    ['GET', '/core/tokens/'],
    ['POST', '/core/tokens/'],
  ])('answers 403 “not provided” for %s %s', async (method, path) => {
    expect(await app.client(undefined).request(method, path)).toMatchObject({ status: 403, body: notProvided });
  });

  it.each([
    ['GET', '/core/users/1/'],
    ['PATCH', '/core/users/1/'],
    ['DELETE', '/core/users/1/'],
    ['GET', '/core/users/1/used_by/'],
    ['POST', '/core/users/1/set_password/'],
    ['GET', '/core/tokens/authentik-bootstrap-token/view_key/'],
    ['POST', '/core/tokens/authentik-bootstrap-token/set_key/'],
    ['GET', '/core/users/999999999/'],
  ])('answers 403 “no permission” for %s %s', async (method, path) => {
    expect(await app.client(undefined).request(method, path)).toMatchObject({ status: 403, body: nobody });
  });
});
