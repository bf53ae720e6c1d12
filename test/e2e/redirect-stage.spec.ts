import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createStage } from '../factories/stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

async function redirecting(fields: object): Promise<string> {
  const { pk } = await createStage(app.api, 'redirect', fields);
  return (await createFlowWith(app.api, [pk])).flow.slug;
}

describe('A redirect stage', () => {
  it('redirects to its static target, and continues when the client confirms it', async () => {
    const slug = await redirecting({ target_static: '/if/flow/welcome/?a=b' });
    const visitor = new Visitor(app.url);
    const challenge = { component: 'xak-flow-redirect', to: '/if/flow/welcome/?a=b' };
    expect(await visitor.see(slug)).toMatchObject(challenge);
    expect(await visitor.answer(slug, challenge)).toEqual({ component: 'xak-flow-redirect', to: '/' });
    const page = await fetch(`${app.url}/if/flow/${slug}/`, { redirect: 'manual' });
    expect([page.status, page.headers.get('location')]).toEqual([303, '/if/flow/welcome/?a=b']);
  });

  it.each([true, false])(
    'continues with another flow, and keeps the context only if keep_context is set: %s',
    async (keep_context) => {
      const target = await createFlowWith(app.api, [(await createDummyStage(app.api)).pk], {
        authentication: 'require_redirect',
      });
      const { slug, pk: target_flow } = target.flow;
      const stage = await createStage(app.api, 'redirect', { mode: 'flow', target_flow, keep_context });
      const stages = [await createStage(app.api, 'identification'), stage];
      const { flow } = await createFlowWith(
        app.api,
        stages.map(({ pk }) => pk),
      );
      const visitor = new Visitor(app.url);
      expect(await visitor.see(slug)).toMatchObject({ error_message: 'Flow does not apply to current user.' });
      const to = await visitor.answer(flow.slug, { uid_field: 'alice' }, 'next=%2Fdone');
      expect(to).toMatchObject({ component: 'xak-flow-redirect', to: `/if/flow/${slug}/?next=%2Fdone` });
      expect(await visitor.see(slug, 'next=%2Fdone')).toMatchObject({ component: 'ak-stage-dummy' });
      const { body } = await app.api.request('GET', `/flows/inspector/${slug}/`, {
        headers: visitor.cookies.headers(),
      });
      expect(JSON.stringify(body).includes('alice')).toBe(keep_context);
      expect(await visitor.answer(slug, {}, 'next=%2Fdone')).toMatchObject({ to: '/done' });
    },
  );

  it('denies access after its flow was deleted', async () => {
    const { flow } = await createFlowWith(app.api, []);
    const slug = await redirecting({ mode: 'flow', target_flow: flow.pk });
    await app.api.delete(`/flows/instances/${flow.slug}/`);
    expect(await new Visitor(app.url).see(slug)).toMatchObject({ component: 'ak-stage-access-denied' });
  });

  it.each(['https://evil.example/', '//evil.example', String.raw`/\evil.example`, 'javascript:alert(1)'])(
    'refuses the target %s',
    async (target_static) => {
      const { status, body } = await app.api.post('/stages/redirect/', { name: 'r', mode: 'static', target_static });
      expect([status, Object.keys(body)]).toEqual([400, ['target_static']]);
    },
  );

  it.each([
    [{ mode: 'static' }, 'Target URL should be present when mode is Static.'],
    [{ mode: 'flow' }, 'Target Flow should be present when mode is Flow.'],
  ])('refuses %j without a target', async (fields, message) => {
    const { body } = await app.api.post('/stages/redirect/', { name: 'r', ...fields });
    expect(body).toEqual({ non_field_errors: [message] });
  });
});
