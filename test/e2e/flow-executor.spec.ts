import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** Slug of a flow of so many dummy stages, and their names. */
async function dummies(count: number): Promise<{ slug: string; names: string[] }> {
  const stages = await Promise.all(Array.from({ length: count }, () => createDummyStage(app.api)));
  const { flow } = await createFlowWith(
    app.api,
    stages.map(({ pk }) => pk),
  );
  return { slug: flow.slug, names: stages.map(({ name }) => name) };
}

const flowInfo = {
  title: 'Title',
  background: '/static/dist/assets/images/flow_background.jpg',
  cancel_url: '/flows/-/cancel/',
  layout: 'stacked',
};

describe('A flow of two stages', () => {
  it('shows the first, goes on at the same address, and ends at the root', async () => {
    const { slug, names } = await dummies(2);
    const visitor = new Visitor(app.url);
    const first = await visitor.get(slug, 'a=b c&a=(d)');
    const challenge = { flow_info: flowInfo, component: 'ak-stage-dummy', name: names[0] };
    expect([first.status, JSON.stringify(first.body)]).toEqual([200, JSON.stringify(challenge)]);
    expect(first.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(first.headers.get('cache-control')).toBe('no-store');

    const passed = await visitor.post(slug, { component: 'ak-stage-dummy' }, 'a=b c&a=(d)');
    expect(passed.status).toBe(302);
    const location = `/api/v3/flows/executor/${slug}/?query=a%3Db%20c%26a%3D(d)`;
    expect(passed.headers.get('location')).toBe(location);

    expect(await visitor.see(slug)).toEqual({ ...challenge, name: names[1] });
    expect(await visitor.answer(slug, {})).toEqual({ component: 'xak-flow-redirect', to: '/' });
  });

  it('is begun by an answer too, which goes to its first stage', async () => {
    const { slug, names } = await dummies(2);
    expect(await new Visitor(app.url).answer(slug, {})).toMatchObject({ name: names[1] });
  });

  it('is there for those who look at it as often as they like', async () => {
    const { slug, names } = await dummies(2);
    const visitor = new Visitor(app.url);
    for (const _ of [1, 2, 3]) expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
    expect((await visitor.request('HEAD', `/flows/executor/${slug}/?query=`)).status).toBe(200);
    expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
  });
});

describe('A flow that there is not', () => {
  it('is the one thing that is not found', async () => {
    const visitor = new Visitor(app.url);
    for (const answer of [await visitor.get(randomUUID()), await visitor.post(randomUUID(), {})]) {
      expect([answer.status, answer.body]).toEqual([404, { detail: 'Not found.' }]);
    }
    expect(visitor.cookies.size).toBe(0);
  });
});
