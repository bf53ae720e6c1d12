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

/** The redirect of an address outside the API for a browser with this session, or else the status. */
async function sentTo(path: string, visitor?: Visitor): Promise<string | null> {
  const headers = visitor?.cookies.headers() ?? {};
  const response = await fetch(`${app.url}${path}`, { headers, redirect: 'manual' });
  await response.arrayBuffer();
  visitor?.cookies.keep(response.headers);
  return response.status === 302 ? response.headers.get('location') : String(response.status);
}

describe('Cancelling a run', () => {
  it('drops the plan, keeps the history, and redirects to the invalidation flow', async () => {
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

  it('without a session redirects too, and starts no session', async () => {
    const visitor = new Visitor(app.url);
    expect(await sentTo('/flows/-/cancel/', visitor)).toBe('/flows/-/default/invalidation/');
    expect(visitor.cookies.size).toBe(0);
  });
});

describe('The default flow of a designation', () => {
  it('is the first applicable flow by slug, with the query unchanged', async () => {
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

  it('replaces the run of another flow', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    await createFlow(app.api, { designation: 'unenrollment' });
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, {});
    await sentTo('/flows/-/default/unenrollment/', visitor);
    expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
  });

  it('falls back to / for invalidation, and answers 404 for other designations', async () => {
    expect(await sentTo('/flows/-/default/invalidation/')).toBe('/');
    expect(await sentTo('/flows/-/default/stage_configuration/')).toBe('404');
    expect(await sentTo('/flows/-/default/nothing/')).toBe('404');
  });
});

describe('A flow executed by an API client', () => {
  it('has the caller as its pending user, and returns a link to its page', async () => {
    const { slug, names } = await createDummyFlow(app.api, 1, { title: 'Hello %(user)s', authentication: 'none' });
    const { key, user } = await createActor(app, ['authentik_flows.view_flow']);
    const visitor = new Visitor(app.url);
    const headers = { authorization: `Bearer ${key}` };
    const { status, body } = await visitor.request('GET', `/flows/instances/${slug}/execute/`, { headers });
    expect([status, body]).toEqual([200, { link: `http://mail.example.org/if/flow/${slug}/` }]);
    expect(await visitor.see(slug)).toMatchObject({ name: names[0], flow_info: { title: `Hello ${user.username}` } });
  });

  it('answers 400 with a page if it does not apply to the caller', async () => {
    const { flow, slug } = await createDummyFlow(app.api, 1);
    await createPolicyBinding(app.api, { target: flow.pk, user: (await createUser(app.api)).pk });
    const { status, headers, body } = await app.api.get(`/flows/instances/${slug}/execute/`);
    expect([status, headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    expect(body).toContain('Flow not applicable to current user/request: ');
    expect(headers.getSetCookie()).toEqual([]);
  });

  it('requires permission to view it', async () => {
    const { slug } = await createDummyFlow(app.api, 1);
    const { api } = await createActor(app);
    expect((await api.get(`/flows/instances/${slug}/execute/`)).status).toBe(403);
    expect((await app.client(undefined).get(`/flows/instances/${slug}/execute/`)).status).toBe(403);
    expect((await app.api.get('/flows/instances/nowhere/execute/')).status).toBe(404);
  });
});
