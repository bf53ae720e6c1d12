import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDummyFlow } from '../factories/dummy-flow.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createGroup } from '../factories/group.js';
import { createUser } from '../factories/user.js';
import type { Answer } from '../support/api-client.js';
import { signedIn } from '../support/signed-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let failing: string;
beforeAll(async () => {
  app = await startTestApp();
  const stages = [await createDummyStage(app.api), await createDummyStage(app.api, { throw_error: true })];
  const { flow } = await createFlowWith(
    app.api,
    stages.map(({ pk }) => pk),
  );
  failing = flow.slug;
});
afterAll(() => app.stop());

const error = { component: 'ak-stage-flow-error', request_id: expect.stringMatching(/^[0-9a-f]{32}$/) };

/** All events of failures, newest first. */
async function exceptions(): Promise<any[]> {
  return (await app.api.get('/events/events/?action=system_exception&ordering=-created&page_size=100')).body.results;
}

describe('A stage that fails', () => {
  it('is answered with an error challenge with the request ID, and writes an event', async () => {
    const visitor = new Visitor(app.url);
    const before = (await exceptions()).length;
    expect((await visitor.post(failing, {})).status).toBe(302);
    const { status, body, headers } = await visitor.get(failing);
    expect([status, body]).toEqual([200, error]);
    expect(body.request_id).toBe(headers.get('x-authentik-id'));
    const [event, ...older] = await exceptions();
    expect(older).toHaveLength(before);
    expect(event.context).toEqual({
      flow: failing,
      message: 'this stage is configured to fail',
      request_id: body.request_id,
    });
  });

  it('leaves the session unchanged', async () => {
    const visitor = new Visitor(app.url);
    expect(await visitor.answer(failing, {})).toEqual(error);
    expect(await visitor.answer(failing, {})).toEqual(error);
    const { body } = await app.api.get(`/flows/instances/${failing}/`);
    await app.api.patch(`/stages/dummy/${body.stages[1]}/`, { throw_error: false });
    expect(await visitor.see(failing)).toMatchObject({ component: 'ak-stage-dummy' });
    expect(await visitor.answer(failing, {})).toMatchObject({ component: 'xak-flow-redirect' });
    await app.api.patch(`/stages/dummy/${body.stages[1]}/`, { throw_error: true });
  });

  it('shows details to superusers only', async () => {
    const { pk: group } = await createGroup(app.api, { is_superuser: true });
    const [admin, user] = [await createUser(app.api), await createUser(app.api)];
    await app.api.post(`/core/groups/${group}/add_user/`, { pk: admin.pk });
    expect(await (await signedIn(app, user)).answer(failing, {})).toEqual(error);
    const visitor = await signedIn(app, admin);
    expect(await visitor.answer(failing, {})).toEqual({
      ...error,
      error: 'this stage is configured to fail',
      traceback: expect.stringContaining('dummy-stage.executor'),
    });
    await app.api.patch(`/core/users/${admin.pk}/`, { is_active: false });
    expect(await visitor.answer(failing, {})).toEqual(error);
  });
});

describe('An unreadable request', () => {
  it.each([
    ['is not JSON', 'application/json', '{"password": my secret}'],
    ['is not UTF-8', 'application/json', new Uint8Array([0xff])],
    ['has another type', 'application/x-www-form-urlencoded', 'component=ak-stage-dummy'],
    ['has no type', '', '{}'],
  ])('whose body %s is answered with an error challenge, and passes no stage', async (_, type, raw) => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    const before = (await exceptions()).length;
    const options = { raw, headers: { 'content-type': type } };
    const { status, body } = await visitor.request('POST', `/flows/executor/${slug}/?query=`, options);
    expect([status, body]).toEqual([200, error]);
    expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
    expect(await exceptions()).toHaveLength(before);
  });
});

describe('An unsupported request', () => {
  it.each(['PUT', 'PATCH', 'DELETE'])('with the method %s is answered with an error challenge', async (method) => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    const before = (await exceptions()).length;
    const { status, body, headers } = await send(visitor, method, slug, '{}');
    expect([status, body, headers.get('allow')]).toEqual([200, error, 'GET, POST, HEAD, OPTIONS']);
    expect([body.request_id, 'no-store']).toEqual([headers.get('x-authentik-id'), headers.get('cache-control')]);
    expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
    expect(await exceptions()).toHaveLength(before);
    expect((await send(visitor, method, 'nowhere', '{}')).status).toBe(404);
  });

  it('with a body larger than 64 kB is answered with an error challenge', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    const before = (await exceptions()).length;
    const sized = (size: number): string => `{"x":"${'x'.repeat(size - 8)}"}`;
    const { status, body } = await send(visitor, 'POST', slug, sized(65_537));
    expect([status, body]).toEqual([200, error]);
    expect((await send(visitor, 'POST', 'nowhere', sized(65_537))).status).toBe(404);
    expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
    expect(await exceptions()).toHaveLength(before);
    expect((await send(visitor, 'POST', slug, sized(65_536))).status).toBe(302);
  });

  it('that does not accept JSON is answered with an error challenge', async () => {
    const visitor = new Visitor(app.url);
    const headers = { accept: 'text/html', ...visitor.cookies.headers() };
    const response = await fetch(`${app.url}/api/v3/flows/executor/${failing}/?query=`, { headers });
    expect([response.status, await response.json()]).toEqual([200, error]);
  });

  it('excludes OPTIONS, which answers 200 with a description of the path', async () => {
    const { status, body } = await send(new Visitor(app.url), 'OPTIONS', failing);
    expect([status, body]).toEqual([200, expect.objectContaining({ parses: ['application/json'] })]);
  });
});

/** Sends a request that is not in the OpenAPI document. */
async function send({ cookies }: Visitor, method: string, slug: string, body?: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...cookies.headers() };
  const url = `${app.url}/api/v3/flows/executor/${slug}/?query=`;
  const response = await fetch(url, { method, headers, redirect: 'manual', ...(body !== undefined && { body }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

describe('An Authorization header', () => {
  it.each(['Bearer nonsense', 'Basic eDp5', 'Bearer'])('has no effect on a flow: %s', async (authorization) => {
    const { slug, names } = await createDummyFlow(app.api, 1, { authentication: 'require_unauthenticated' });
    const visitor = new Visitor(app.url);
    const { body } = await visitor.request('GET', `/flows/executor/${slug}/?query=`, { headers: { authorization } });
    expect(body).toMatchObject({ name: names[0] });
  });
});
