import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDummyFlow } from '../factories/dummy-flow.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createFlow } from '../factories/flow.js';
import { createUser } from '../factories/user.js';
import { signedIn } from '../support/signed-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { visitorAt, visitorWithState } from '../support/visitor-at.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const root = { component: 'xak-flow-redirect', to: '/' };
const flowInfo = {
  title: 'Title',
  background: '/static/dist/assets/images/flow_background.jpg',
  cancel_url: '/flows/-/cancel/',
  layout: 'stacked',
};
const nobody = { pending_user: '', pending_user_avatar: '/static/dist/assets/images/user_default.png' };
const denied = (message: string): object => ({
  flow_info: flowInfo,
  component: 'ak-stage-access-denied',
  ...nobody,
  error_message: message,
});

describe('A flow with two stages', () => {
  it('shows the first stage, continues at the same address, and ends at the root', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const visitor = new Visitor(app.url);
    const first = await visitor.get(slug, 'a=b c&a=(d)');
    const challenge = { flow_info: flowInfo, component: 'ak-stage-dummy', name: names[0] };
    expect([first.status, JSON.stringify(first.body)]).toEqual([200, JSON.stringify(challenge)]);
    expect(first.headers.get('content-type')).toBe('application/json');
    expect(first.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(first.headers.get('cache-control')).toBe('no-store');

    const passed = await visitor.post(slug, { component: 'ak-stage-dummy' }, 'a=b c&a=(d)');
    const location = `/api/v3/flows/executor/${slug}/?query=a%3Db%20c%26a%3D(d)`;
    expect([passed.status, passed.body, passed.headers.get('location')]).toEqual([302, undefined, location]);

    expect(await visitor.see(slug)).toEqual({ ...challenge, name: names[1] });
    expect(await visitor.answer(slug, {})).toEqual(root);
  });

  it('redirects to the same address with the query unchanged', async () => {
    const { slug } = await createDummyFlow(app.api, 2);
    for (const query of ['', '?query=a+b%20c&query=%5B(!*)%27', '?x=%C3%A4&query=', '?query=http://example.org/']) {
      const { status, headers } = await new Visitor(app.url).request('POST', `/flows/executor/${slug}/${query}`, {});
      expect([status, headers.get('location')]).toEqual([302, `/api/v3/flows/executor/${slug}/${query}`]);
    }
  });

  it('is started by a POST, which answers its first stage', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    expect(await new Visitor(app.url).answer(slug, {})).toMatchObject({ name: names[1] });
  });

  it('shows the same stage for repeated GET and HEAD requests', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const visitor = new Visitor(app.url);
    for (const _ of [1, 2, 3]) expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
    expect((await visitor.request('HEAD', `/flows/executor/${slug}/?query=`)).status).toBe(200);
    expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
  });

  it('restarts after another flow was started', async () => {
    const [one, other] = [await createDummyFlow(app.api, 2), await createDummyFlow(app.api, 1)];
    const visitor = new Visitor(app.url);
    expect(await visitor.answer(one.slug, {})).toMatchObject({ name: one.names[1] });
    expect(await visitor.see(other.slug)).toMatchObject({ name: other.names[0] });
    expect(await visitor.see(one.slug)).toMatchObject({ name: one.names[0] });
  });

  it('can contain the same stage twice', async () => {
    const { pk, name } = await createDummyStage(app.api);
    const { flow } = await createFlowWith(app.api, [pk, pk]);
    const visitor = new Visitor(app.url);
    expect(await visitor.answer(flow.slug, {})).toMatchObject({ name });
    expect(await visitor.answer(flow.slug, {})).toEqual(root);
  });
});

describe('A response', () => {
  it.each([[[]], ['text'], [null]])(
    'that is not an object is refused, and the stage is shown again: %j',
    async (body) => {
      const { slug, names } = await createDummyFlow(app.api, 1);
      const visitor = new Visitor(app.url);
      const challenge = await visitor.answer(slug, body);
      expect(Object.keys(challenge)).toEqual(['flow_info', 'component', 'response_errors', 'name']);
      expect(challenge).toMatchObject({
        name: names[0],
        response_errors: { non_field_errors: [{ string: expect.any(String), code: expect.any(String) }] },
      });
      expect(await visitor.see(slug)).not.toHaveProperty('response_errors');
    },
  );

  it('goes to the current stage, regardless of its component', async () => {
    const { slug } = await createDummyFlow(app.api, 1);
    const body = { component: 'ak-stage-user-login', name: 'x', more: [1] };
    expect(await new Visitor(app.url).answer(slug, body)).toEqual(root);
  });

  it('can be empty', async () => {
    const { slug } = await createDummyFlow(app.api, 1);
    const path = `/flows/executor/${slug}/?query=`;
    expect((await new Visitor(app.url).request('POST', path)).body).toEqual(root);
  });

  it.each([
    ['restart', { title: 'Hello ' }],
    ['restart_with_context', { title: 'Hello Jane' }],
  ] as const)('that is refused restarts the flow if the action of the binding is %s', async (action, info) => {
    const stages = [await createDummyStage(app.api), await createDummyStage(app.api)];
    const [one, two] = stages.map(({ pk }) => ({ stage: pk, invalid_response_action: action }));
    const { flow, bindings } = await createFlowWith(app.api, [one!, two!], { title: 'Hello %(user)s' });
    const second = { binding: bindings[1]!.pk, stage: stages[1]!.pk, reEvaluate: false };
    const visitor = await visitorAt(app, flow, [second], { pending_user_identifier: 'Jane' });
    expect(await visitor.see(flow.slug)).toMatchObject({ name: stages[1]!.name, flow_info: { title: 'Hello Jane' } });
    const { status } = await visitor.post(flow.slug, []);
    expect(status).toBe(302);
    expect(await visitor.see(flow.slug)).toMatchObject({ name: stages[0]!.name, flow_info: info });
  });

  it('that restarts a flow which no longer applies to the visitor is denied', async () => {
    const { pk: stage } = await createDummyStage(app.api);
    const { flow } = await createFlowWith(app.api, [{ stage, invalid_response_action: 'restart' }]);
    const visitor = new Visitor(app.url);
    await visitor.see(flow.slug);
    await app.api.patch(`/flows/instances/${flow.slug}/`, { authentication: 'require_authenticated' });
    expect(await visitor.answer(flow.slug, [])).toEqual(denied('Flow does not apply to current user.'));
  });
});

describe('A flow without stages', () => {
  it('ends at the root, without a session', async () => {
    const { slug } = await createFlow(app.api);
    const visitor = new Visitor(app.url);
    expect(await visitor.see(slug)).toEqual(root);
    expect(visitor.cookies.size).toBe(0);
  });

  it('ends at `next` in the query of the page, but not in the query of the executor', async () => {
    const { slug } = await createFlow(app.api);
    const visitor = new Visitor(app.url);
    expect(await visitor.see(slug, 'a=b&next=%2Funique-string%3Fa%3Db')).toEqual({ ...root, to: '/unique-string?a=b' });
    expect(await visitor.see(slug, 'next=/a&next=/b')).toEqual({ ...root, to: '/b' });
    const { body } = await visitor.request('GET', `/flows/executor/${slug}/?query=&next=%2Funique-string`);
    expect(body).toEqual(root);
  });

  it.each(['', '//x', '/\\x', '/%5cx', 'https:x', 'https://x/', 'javascript:alert(1)', '/@x', '/\t/x', '/\n/x', 'x'])(
    'is denied for the unsafe `next` %j',
    async (next) => {
      const { slug } = await createFlow(app.api);
      const query = new URLSearchParams({ next }).toString();
      expect(await new Visitor(app.url).see(slug, query)).toEqual(denied('Invalid next URL'));
    },
  );

  it('replaces the run of another flow', async () => {
    const other = await createDummyFlow(app.api, 2);
    const { slug } = await createFlow(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(other.slug, {});
    expect(await visitor.see(slug)).toEqual(root);
    expect(await visitor.see(other.slug)).toMatchObject({ name: other.names[0] });
  });
});

describe('The flow info of a challenge', () => {
  it('has the formatted title, the background, the layout and the cancel URL', async () => {
    const background = 'https://example.org/a.jpg';
    const fields = { title: '%(user)s in %(app)s', layout: 'sidebar_left' as const };
    const { slug } = await createDummyFlow(app.api, 1, fields);
    await app.api.post(`/flows/instances/${slug}/set_background_url/`, { url: background });
    const user = await createUser(app.api, { username: `jane-${randomUUID()}` });
    expect((await (await signedIn(app, user)).see(slug)).flow_info).toEqual({
      title: `${user.username} in `,
      background,
      cancel_url: '/flows/-/cancel/',
      layout: 'sidebar_left',
    });
  });

  it('has a title with the typed name, or else with the user name of the account', async () => {
    const { flow, slug, bindings } = await createDummyFlow(app.api, 1, { title: '%(user)s' });
    const { pk, username } = await createUser(app.api);
    const stages = bindings.map((binding) => ({ binding: binding.pk, stage: binding.stage, reEvaluate: false }));
    const pretended = { username: 'nobody', email: '' };
    for (const [context, title] of [
      [{ pending_user: { pk }, pending_user_identifier: 'Jane' }, 'Jane'],
      [{ pending_user: { pk } }, username],
      [{ pending_user: { pretended } }, 'nobody'],
      [{ pending_user: { pk: 2 ** 31 - 1 } }, ''],
    ] as const) {
      expect((await (await visitorAt(app, flow, stages, context)).see(slug)).flow_info.title).toBe(title);
    }
  });
});

describe('An unknown flow', () => {
  it('answers 404', async () => {
    const visitor = new Visitor(app.url);
    for (const slug of [randomUUID(), '%00']) {
      for (const answer of [await visitor.get(slug), await visitor.post(slug, {})]) {
        expect([answer.status, answer.body]).toEqual([404, { detail: 'Not found.' }]);
      }
    }
    expect(visitor.cookies.size).toBe(0);
  });
});

describe('An invalid plan', () => {
  const unknown = denied('Unknown error');

  it.each([
    ['is text', () => ({ plan: 'text' })],
    ['has another version', () => ({ plan: { version: 0 } })],
    ['is null', () => ({ plan: null })],
  ])('that %s is denied once, and then the flow restarts', async (_, state) => {
    const { slug, names } = await createDummyFlow(app.api, 1);
    for (const method of ['GET', 'POST']) {
      const visitor = await visitorWithState(app, state());
      const path = `/flows/executor/${slug}/?query=`;
      expect((await visitor.request(method, path, { json: method === 'GET' ? undefined : {} })).body).toEqual(unknown);
      expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
    }
  });

  it('with stages of another flow or unknown stages is denied', async () => {
    const { flow, slug } = await createDummyFlow(app.api, 1);
    const other = await createDummyFlow(app.api, 1);
    const foreign = { binding: other.bindings[0]!.pk, stage: other.bindings[0]!.stage, reEvaluate: false };
    const mixed = { ...foreign, binding: (await createFlowWith(app.api, [foreign.stage])).bindings[0]!.pk };
    const missing = { binding: randomUUID(), stage: randomUUID(), reEvaluate: false };
    for (const stage of [foreign, mixed, missing, { inMemory: 'nothing' }]) {
      const visitor = await visitorAt(app, flow, [stage]);
      expect(await visitor.answer(slug, {})).toEqual(unknown);
    }
  });

  it('with a removed stage is denied once, and then the flow restarts', async () => {
    const { slug, names, bindings } = await createDummyFlow(app.api, 2);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    await app.api.delete(`/flows/bindings/${bindings[0]!.pk}/`);
    expect(await visitor.answer(slug, {})).toEqual(unknown);
    expect(await visitor.see(slug)).toMatchObject({ name: names[1] });
  });
});
