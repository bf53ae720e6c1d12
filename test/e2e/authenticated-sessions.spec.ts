import { randomUUID } from 'node:crypto';

import { Configuration, CoreApi } from '@goauthentik/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createActor } from '../factories/actor.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createSignInFlow } from '../factories/sign-in-flow.js';
import { createUser } from '../factories/user.js';
import { signedIn } from '../support/signed-in.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

const path = '/core/authenticated_sessions/';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** A new user with their browsers, in the order of their sign-ins. */
async function userWith(browsers: number): Promise<{ user: { pk: number; username: string }; visitors: Visitor[] }> {
  const username = `user-${randomUUID()}`;
  const { pk } = await createUser(app.api, { username });
  const visitors: Visitor[] = [];
  for (let count = 0; count < browsers; count += 1) visitors.push(await signedIn(app, { pk }));
  return { user: { pk, username }, visitors };
}

const statusOf = async (visitor: Visitor): Promise<number> => (await visitor.request('GET', '/core/users/me/')).status;

async function sessionsOf({ username }: { username: string }): Promise<any[]> {
  return (await app.api.get(`${path}?user__username=${username}`)).body.results;
}

describe('The sessions of a user', () => {
  it('say where they are used, and never the key in the cookie or its hash', async () => {
    const { user, visitors } = await userWith(1);
    await app.dataSource.query(`update "session" set last_used = now() - interval '1 hour' where user_id = $1`, [
      user.pk,
    ]);
    const agent = 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';
    await visitors[0]!.request('GET', '/core/users/me/', { headers: { 'user-agent': agent } });
    await expect.poll(async () => (await sessionsOf(user))[0].last_user_agent).toBe(agent);
    const [session] = await sessionsOf(user);
    expect(session).toEqual({
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      current: false,
      user_agent: {
        device: { brand: '', family: 'Other', model: '' },
        os: { family: 'Ubuntu', major: '', minor: '', patch: '', patch_minor: '' },
        user_agent: { family: 'Firefox', major: '133', minor: '0', patch: '' },
        string: agent,
      },
      geo_ip: null,
      asn: null,
      user: user.pk,
      last_ip: '127.0.0.1',
      last_user_agent: agent,
      last_used: expect.any(String),
      expires: expect.any(String),
    });
    expect(Date.now() - Date.parse(session.last_used)).toBeLessThan(600_000);
    const [{ key_hash: hash }] = await app.dataSource.query('select key_hash from "session" where user_id = $1', [
      user.pk,
    ]);
    const key = visitors[0]!.cookies.get('authentik_session')!;
    for (const secret of [key, hash.toString('hex'), hash.toString('base64')]) {
      expect(JSON.stringify(session)).not.toContain(secret);
    }
  });

  it('are recorded at the sign-in, with the address and the browser', async () => {
    const user = await createPasswordUser(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(await createSignInFlow(app.api, { designation: 'authentication' }), {
      uid_field: user.email,
      password: user.password,
    });
    const { body } = await visitor.request('GET', path);
    expect(body.results).toMatchObject([{ current: true, last_ip: '127.0.0.1', last_user_agent: 'node' }]);
  });

  it('are ended one by one: the browser is signed out with its next request', async () => {
    const { user, visitors } = await userWith(2);
    const [first] = await sessionsOf(user).then((all) => all.reverse());
    expect(await app.api.delete(`${path}${first.uuid}/`)).toMatchObject({ status: 204 });
    const statuses = await Promise.all(visitors.map(statusOf));
    expect(statuses.toSorted()).toEqual([200, 403]);
    expect(await sessionsOf(user)).toHaveLength(1);
    expect((await app.api.delete(`${path}${first.uuid}/`)).status).toBe(404);
    expect((await app.api.get(`${path}${first.uuid}/`)).status).toBe(404);
    const events = await app.api.get('/events/events/?action=model_deleted&context_model_name=authenticatedsession');
    expect(events.body.results[0].context.model).toMatchObject({
      pk: first.uuid,
      name: user.username,
    });
  });

  it('are shown to the user, who ends them without a permission, and who sees no others', async () => {
    const { visitors } = await userWith(2);
    const { user: other } = await userWith(1);
    const own = (await visitors[0]!.request('GET', path)).body.results;
    expect(own.map(({ current }: { current: boolean }) => current).toSorted()).toEqual([false, true]);
    const elsewhere = own.find(({ current }: { current: boolean }) => !current);
    expect((await visitors[0]!.request('DELETE', `${path}${elsewhere.uuid}/`)).status).toBe(204);
    expect(await statusOf(visitors[1]!)).toBe(403);
    const [foreign] = await sessionsOf(other);
    for (const method of ['GET', 'DELETE']) {
      expect((await visitors[0]!.request(method, `${path}${foreign.uuid}/`)).status).toBe(404);
    }
    const here = own.find(({ current }: { current: boolean }) => current);
    expect((await visitors[0]!.request('GET', `${path}${here.uuid}/used_by/`)).body).toEqual([]);
  });

  it('of others are shown with one permission and ended with another', async () => {
    const { user, visitors } = await userWith(1);
    const [session] = await sessionsOf(user);
    const reader = await createActor(app, ['authentik_core.view_authenticatedsession']);
    expect((await reader.api.get(`${path}${session.uuid}/`)).body.uuid).toBe(session.uuid);
    expect((await reader.api.delete(`${path}${session.uuid}/`)).status).toBe(403);
    const both = await createActor(app, [
      'authentik_core.view_authenticatedsession',
      'authentik_core.delete_authenticatedsession',
    ]);
    expect((await both.api.delete(`${path}${session.uuid}/`)).status).toBe(204);
    expect(await statusOf(visitors[0]!)).toBe(403);
  });

  it('are found by the names of users that the caller may view', async () => {
    const { user } = await userWith(1);
    const reader = await createActor(app, ['authentik_core.view_authenticatedsession']);
    const both = await createActor(app, ['authentik_core.view_authenticatedsession', 'authentik_core.view_user']);
    for (const filter of [`user__username=${user.username}`, `search=${user.username}`]) {
      expect((await reader.api.get(`${path}?${filter}`)).body.results).toEqual([]);
      expect((await both.api.get(`${path}?${filter}`)).body.results).toMatchObject([{ user: user.pk }]);
    }
    const { results } = (await reader.api.get(`${path}?page_size=100`)).body;
    expect(results).toContainEqual(expect.objectContaining({ user: user.pk }));
    const owner = await signedIn(app, user);
    expect((await owner.request('GET', `${path}?search=${user.username}`)).body.results).toHaveLength(2);
  });

  it('are not those of visitors who are not signed in, of replaced keys, or expired', async () => {
    const { user } = await userWith(3);
    const rows = await app.dataSource.query<{ session_uuid: string }[]>(
      'select session_uuid from "session" where user_id = $1',
      [user.pk],
    );
    const change = (index: number, set: string): Promise<unknown> =>
      app.dataSource.query(`update "session" set ${set} where session_uuid = $1`, [rows[index]!.session_uuid]);
    await change(0, 'user_id = null');
    await change(1, 'replaced = true');
    await change(2, `expires = now() - interval '1 second'`);
    expect(await sessionsOf(user)).toEqual([]);
    for (const { session_uuid: uuid } of rows) {
      expect((await app.api.get(`${path}${uuid}/`)).status).toBe(404);
      expect((await app.api.delete(`${path}${uuid}/`)).status).toBe(404);
    }
  });

  it("are read by authentik's SDK", async () => {
    const { user } = await userWith(1);
    const core = new CoreApi(new Configuration({ basePath: `${app.url}/api/v3`, accessToken: adminKey }));
    const { results } = await core.coreAuthenticatedSessionsList({ userUsername: user.username });
    const { uuid = '' } = results[0]!;
    expect(await core.coreAuthenticatedSessionsRetrieve({ uuid })).toMatchObject({
      user: user.pk,
      current: false,
      userAgent: { os: { family: 'Other' } },
    });
    expect(await core.coreAuthenticatedSessionsUsedByList({ uuid })).toEqual([]);
    await core.coreAuthenticatedSessionsDestroy({ uuid });
    expect(await sessionsOf(user)).toEqual([]);
  });
});
