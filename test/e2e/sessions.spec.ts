import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Sessions } from '../../src/core/sessions/session.service.js';
import { Housekeeping } from '../../src/database/housekeeping.js';
import { createActor } from '../factories/actor.js';
import { createDummyFlow } from '../factories/dummy-flow.js';
import { createFlow } from '../factories/flow.js';
import { createUser } from '../factories/user.js';
import { PageBrowser } from '../support/page-browser.js';
import { signedIn } from '../support/signed-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const nobody = [403, { detail: 'Authentication credentials were not provided.' }];

/** Status and body of the response to a request. */
async function ask(visitor: Visitor, method: string, path: string, options: object = {}): Promise<[number, any]> {
  const { status, body } = await visitor.request(method, path, options);
  return [status, body];
}

async function isIn(visitor: Visitor): Promise<boolean> {
  return (await visitor.request('GET', '/core/users/me/')).status === 200;
}

/** The table's rows of a user, or of all users. */
function rows(user?: number): Promise<Record<string, any>[]> {
  return app.dataSource.query('select * from "session" where $1::int is null or user_id = $1', [user ?? null]);
}

describe('A session', () => {
  it('is not created by requests outside of flows', async () => {
    const before = (await rows()).length;
    const visitor = new Visitor(app.url);
    for (const path of ['/root/config/', '/core/users/me/', '/flows/instances/']) await visitor.request('GET', path);
    expect(visitor.cookies.size).toBe(0);
    expect(await rows()).toHaveLength(before);
  });

  it('has an HttpOnly key, and a CSRF token that scripts can read', async () => {
    const { slug } = await createDummyFlow(app.api, 1);
    const { headers } = await new Visitor(app.url).get(slug);
    const [session, csrf, ...more] = headers.getSetCookie();
    expect(session).toMatch(/^authentik_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(csrf).toMatch(/^authentik_csrf=[0-9a-f]{64}; Path=\/; SameSite=Lax$/);
    expect(more).toEqual([]);
  });

  it('has Secure cookies and a __Host- name if PUBLIC_URL is https', async () => {
    const https = await startTestApp({ PUBLIC_URL: 'https://auth.example.org' });
    try {
      const { slug } = await createDummyFlow(https.api, 1);
      const { headers } = await new Visitor(https.url).get(slug);
      expect(headers.getSetCookie()).toEqual([
        expect.stringMatching(/^__Host-authentik_session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
        expect.stringMatching(/^authentik_csrf=[0-9a-f]{64}; Path=\/; Secure; SameSite=Lax$/),
      ]);
    } finally {
      await https.stop();
    }
  });

  it('is stored with a hash of its key, and with sealed content', async () => {
    const { slug, names } = await createDummyFlow(app.api, 1);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    const stored = await app.dataSource.query<{ text: string }[]>('select "session"::text as text from "session"');
    const all = stored.map(({ text }) => text).join('\n');
    const key = visitor.cookies.get('authentik_session') ?? '';
    for (const secret of [key, Buffer.from(key).toString('hex'), names[0] ?? '', 'execution']) {
      expect(all).not.toContain(secret);
    }
  });

  it('is created with a new key for an unknown key', async () => {
    const { slug } = await createDummyFlow(app.api, 1);
    for (const planted of ['planted-by-an-attacker', 'x'.repeat(43), '"; DROP', '\u00e4']) {
      const visitor = new Visitor(app.url);
      visitor.cookies.set('authentik_session', encodeURIComponent(planted));
      await visitor.see(slug);
      expect(visitor.cookies.get('authentik_session')).toMatch(/^[\w-]{43}$/);
      expect(visitor.cookies.get('authentik_session')).not.toBe(planted);
    }
  });

  it('of a visitor in a flow expires a day after the last response', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const visitor = new Visitor(app.url);
    const age = (interval: string): Promise<unknown> =>
      app.dataSource.query(`update "session" set expires = expires - $1::interval where user_id is null`, [interval]);
    await visitor.see(slug);
    await age('59 minutes');
    expect(await visitor.answer(slug, {})).toMatchObject({ name: names[1] });
    await age('23 hours');
    expect(await visitor.see(slug)).toMatchObject({ name: names[1] });
    await age('24 hours');
    expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
  });

  it('of a visitor who only opened a flow expires after an hour', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const visitor = new Visitor(app.url);
    const page = new PageBrowser(app.url);
    await app.dataSource.query('delete from "session"');
    await visitor.see(slug);
    await page.open(`/if/flow/${slug}/`);
    const left = (): Promise<unknown> =>
      app.dataSource.query(`select expires - now() <= interval '1 hour' as short from "session" order by short desc`);
    expect(await left()).toEqual([{ short: true }, { short: true }]);
    await page.submit();
    expect(await left()).toEqual([{ short: true }, { short: false }]);
    await app.dataSource.query(`update "session" set expires = now() where expires < now() + interval '1 hour'`);
    await app.nest.get(Housekeeping).doEverything();
    expect(await left()).toEqual([{ short: false }]);
    // The response to the first step is also valid in a new run.
    expect(await visitor.answer(slug, {})).toMatchObject({ name: names[1] });
  });

  it('is invalid after it expires, and is deleted', async () => {
    const user = await createUser(app.api);
    const visitor = await signedIn(app, user);
    await app.nest.get(Housekeeping).doEverything();
    expect(await rows(user.pk)).toHaveLength(1);
    await app.dataSource.query(`update "session" set expires = now() - interval '1 second' where user_id = $1`, [
      user.pk,
    ]);
    expect(await isIn(visitor)).toBe(false);
    await app.nest.get(Housekeeping).doEverything();
    expect(await rows(user.pk)).toEqual([]);
  });
});

describe('A signed-in session', () => {
  it('authenticates API requests as its user', async () => {
    const { user } = await createActor(app, ['authentik_flows.view_flow']);
    const visitor = await signedIn(app, user);
    expect(await ask(visitor, 'GET', '/core/users/me/')).toMatchObject([200, { user: { username: user.username } }]);
    expect((await ask(visitor, 'GET', '/flows/instances/'))[0]).toBe(200);
    expect((await ask(visitor, 'GET', '/stages/email/'))[0]).toBe(403);
  });

  it('is overridden by an Authorization header', async () => {
    const [one, other] = [await createActor(app), await createActor(app)];
    const visitor = await signedIn(app, one.user);
    const authorization = `Bearer ${other.key}`;
    const [, body] = await ask(visitor, 'GET', '/core/users/me/', { headers: { authorization } });
    expect(body.user.username).toBe(other.user.username);
    const unknown = { headers: { authorization: 'Bearer nonsense' } };
    expect(await ask(visitor, 'GET', '/core/users/me/', unknown)).toEqual([403, { detail: 'Token invalid/expired' }]);
  });

  it('requires a valid CSRF token for changes through the API', async () => {
    const { user } = await createActor(app, ['authentik_flows.add_flow']);
    const visitor = await signedIn(app, user);
    const other = await signedIn(app, user);
    const json = { name: 'Flow', slug: 'by-session', title: 'Title', designation: 'recovery' };
    const post = (csrf: string): Promise<[number, any]> =>
      ask(visitor, 'POST', '/flows/instances/', { json, headers: { 'x-authentik-csrf': csrf } });
    const incorrect = "CSRF Failed: CSRF token from the 'X-Authentik-Csrf' HTTP header incorrect.";
    expect(await post('')).toEqual([403, { detail: 'CSRF Failed: CSRF token missing.' }]);
    for (const wrong of ['x', 'x'.repeat(64), other.cookies.get('authentik_csrf') ?? '']) {
      expect(await post(wrong)).toEqual([403, { detail: incorrect }]);
    }
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const options = { json, headers: { 'x-authentik-csrf': '' } };
      const [status, { detail }] = await ask(visitor, method, '/flows/instances/by-session/', options);
      expect([status, detail]).toEqual([403, 'CSRF Failed: CSRF token missing.']);
    }
    expect((await post(visitor.cookies.get('authentik_csrf') ?? ''))[0]).toBe(201);
  });

  it('requires a valid CSRF token for responses to a flow, which otherwise stays unchanged', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const visitor = await signedIn(app, await createUser(app.api));
    await visitor.see(slug);
    const path = `/flows/executor/${slug}/?query=`;
    const options = { json: {}, headers: { 'x-authentik-csrf': 'x' } };
    expect(await ask(visitor, 'POST', path, options)).toEqual([
      200,
      { component: 'ak-stage-flow-error', request_id: expect.any(String) },
    ]);
    expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
    expect(await visitor.answer(slug, {})).toMatchObject({ name: names[1] });
  });

  it('requires a CSRF token, unlike an anonymous session', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    const options = { json: {}, headers: { 'x-authentik-csrf': '' } };
    expect((await ask(visitor, 'POST', `/flows/executor/${slug}/?query=`, options))[0]).toBe(302);
    expect(await visitor.see(slug)).toMatchObject({ name: names[1] });
  });

  it('ends when the account is deleted or deactivated', async () => {
    const [removed, inactive] = [await createUser(app.api), await createUser(app.api)];
    const visitors = [await signedIn(app, removed), await signedIn(app, inactive), await signedIn(app, inactive)];
    for (const visitor of visitors) expect(await isIn(visitor)).toBe(true);
    await app.api.delete(`/core/users/${removed.pk}/`);
    await app.api.patch(`/core/users/${inactive.pk}/`, { is_active: false });
    expect([...(await rows(removed.pk)), ...(await rows(inactive.pk))]).toEqual([]);
    await app.api.patch(`/core/users/${inactive.pk}/`, { is_active: true });
    for (const visitor of visitors) expect(await ask(visitor, 'GET', '/core/users/me/')).toEqual(nobody);
  });

  it('of an inactive user is unauthenticated, for the API and for flows', async () => {
    const { slug } = await createFlow(app.api, { authentication: 'require_authenticated' });
    const user = await createUser(app.api, { is_active: false });
    const visitor = await signedIn(app, user);
    expect(await ask(visitor, 'GET', '/core/users/me/')).toEqual(nobody);
    expect(await visitor.see(slug)).toMatchObject({ component: 'ak-stage-access-denied', pending_user: '' });
  });

  it('ends when the password changes, unless the user changes it in this session', async () => {
    const { user } = await createActor(app, ['authentik_core.view_user', 'authentik_core.reset_user_password']);
    const [mine, other] = [await signedIn(app, user), await signedIn(app, user)];
    const path = `/core/users/${user.pk}/set_password/`;
    expect((await ask(mine, 'POST', path, { json: { password: 'a new one' } }))[0]).toBe(204);
    expect([await isIn(mine), await isIn(other)]).toEqual([true, false]);
    await app.api.post(path, { password: 'another one' });
    expect(await isIn(mine)).toBe(false);
  });
});

describe('The session key after a sign-in', () => {
  it('is a new one, and the old key gives no access', async () => {
    const user = await createUser(app.api);
    const { slug } = await createDummyFlow(app.api, 1);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    const old = visitor.cookies.get('authentik_session') ?? '';
    const sessions = app.nest.get(Sessions);
    const { manager } = app.dataSource;
    const session = await sessions.find(old, '127.0.0.1');
    const { key } = await sessions.signIn(
      manager,
      session,
      user,
      { seconds: 0, network: null },
      { state: {}, answers: null },
    );
    expect(key).not.toBe(old);
    const planted = new Visitor(app.url);
    planted.cookies.set('authentik_session', old);
    expect(await isIn(planted)).toBe(false);
    // A late request with the old key does not replace the new one: it gets no cookie, and starts no run.
    const late = await planted.get(slug);
    expect([late.body, late.headers.getSetCookie()]).toEqual([{ component: 'xak-flow-redirect', to: '/' }, []]);
    const answered = await planted.post(slug, {});
    expect([answered.status, answered.headers.getSetCookie()]).toEqual([302, []]);
    // A moment later the old key is unknown.
    await app.dataSource.query('update "session" set expires = now() where replaced');
    expect(await planted.see(slug)).toMatchObject({ component: 'ak-stage-dummy' });
    expect(planted.cookies.get('authentik_session')).not.toBe(old);
  });
});
