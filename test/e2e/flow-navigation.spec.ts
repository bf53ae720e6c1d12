import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { allow, createActor } from '../factories/actor.js';
import { createDummyFlow } from '../factories/dummy-flow.js';
import { createFlow } from '../factories/flow.js';
import { createPolicyBinding } from '../factories/policy-binding.js';
import { createUser } from '../factories/user.js';
import { signedIn } from '../support/signed-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ PUBLIC_URL: 'http://mail.example.org/' });
});
afterAll(() => app.stop());

/** Where a browser with this session is sent from an address outside of the API. */
async function sentTo(path: string, visitor?: Visitor): Promise<string | null> {
  const headers = visitor?.cookies.headers() ?? {};
  const response = await fetch(`${app.url}${path}`, { headers, redirect: 'manual' });
  await response.arrayBuffer();
  visitor?.cookies.keep(response.headers);
  return response.status === 302 ? response.headers.get('location') : String(response.status);
}

describe('Giving up', () => {
  it('drops the plan, keeps what was done, and leads to the flow that says goodbye', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const visitor = new Visitor(app.url);
    expect(await visitor.answer(slug, {})).toMatchObject({ name: names[1] });
    expect(await sentTo('/flows/-/cancel/', visitor)).toBe('/flows/-/default/invalidation/');
    const { key, user } = await createActor(app);
    await allow(app, user.pk, { permissions: ['authentik_flows.inspect_flow'] });
    const headers = { authorization: `Bearer ${key}` };
    const { body } = await visitor.request('GET', `/flows/inspector/${slug}/`, { headers });
    expect(body).toMatchObject({ is_completed: true, plans: [{ current_stage: { stage_obj: { name: names[0] } } }] });
    expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
  });

  it('is nothing to a visitor without a session, who gets none by it', async () => {
    const visitor = new Visitor(app.url);
    expect(await sentTo('/flows/-/cancel/', visitor)).toBe('/flows/-/default/invalidation/');
    expect(visitor.cookies.size).toBe(0);
  });
});

describe('The default flow of a designation', () => {
  it('is the first by slug that is for the visitor, and the query stays', async () => {
    const designation = 'enrollment';
    const { pk } = await createUser(app.api);
    const others = await createFlow(app.api, { slug: 'a-for-others', designation });
    await createPolicyBinding(app.api, { target: others.pk, user: pk });
    await createFlow(app.api, { slug: 'b-for-users', designation, authentication: 'require_authenticated' });
    await createFlow(app.api, { slug: 'c-for-all', designation });
    const path = '/flows/-/default/enrollment/';
    expect(await sentTo(`${path}?next=%2Fa%20b&x=1`)).toBe('/if/flow/c-for-all/?next=%2Fa%20b&x=1');
    expect(await sentTo(path)).toBe('/if/flow/c-for-all/');
    expect(await sentTo(path, await signedIn(app, { pk }))).toBe('/if/flow/a-for-others/');
    expect(await sentTo(path, await signedIn(app, await createUser(app.api)))).toBe('/if/flow/b-for-users/');
  });

  it('replaces another flow that was started', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    await createFlow(app.api, { designation: 'unenrollment' });
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, {});
    await sentTo('/flows/-/default/unenrollment/', visitor);
    expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
  });

  it('is the root for those who want to sign out where no flow does that, and not found otherwise', async () => {
    expect(await sentTo('/flows/-/default/invalidation/')).toBe('/');
    expect(await sentTo('/flows/-/default/stage_configuration/')).toBe('404');
    expect(await sentTo('/flows/-/default/nothing/')).toBe('404');
  });
});

describe('A flow that is begun for oneself', () => {
  it('has its caller as its user, and a link to its page', async () => {
    const { slug, names } = await createDummyFlow(app.api, 1, { title: 'Hello %(user)s', authentication: 'none' });
    const { key, user } = await createActor(app, ['authentik_flows.view_flow']);
    const visitor = new Visitor(app.url);
    const headers = { authorization: `Bearer ${key}` };
    const { status, body } = await visitor.request('GET', `/flows/instances/${slug}/execute/`, { headers });
    expect([status, body]).toEqual([200, { link: `http://mail.example.org/if/flow/${slug}/` }]);
    expect(await visitor.see(slug)).toMatchObject({ name: names[0], flow_info: { title: `Hello ${user.username}` } });
  });

  it('is refused with a page if it is not for its caller', async () => {
    const { flow, slug } = await createDummyFlow(app.api, 1);
    await createPolicyBinding(app.api, { target: flow.pk, user: (await createUser(app.api)).pk });
    const { status, headers, body } = await app.api.get(`/flows/instances/${slug}/execute/`);
    expect([status, headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    expect(body).toContain('Flow not applicable to current user/request: ');
    expect(headers.getSetCookie()).toEqual([]);
  });

  it('asks for the permission to view it', async () => {
    const { slug } = await createDummyFlow(app.api, 1);
    const { api } = await createActor(app);
    expect((await api.get(`/flows/instances/${slug}/execute/`)).status).toBe(403);
    expect((await app.client(undefined).get(`/flows/instances/${slug}/execute/`)).status).toBe(403);
    expect((await app.api.get('/flows/instances/nowhere/execute/')).status).toBe(404);
  });
});
