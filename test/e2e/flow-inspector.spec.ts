import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { allow, createActor } from '../factories/actor.js';
import { createDummyFlow } from '../factories/dummy-flow.js';
import { createUser } from '../factories/user.js';
import { signedIn } from '../support/signed-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { visitorAt } from '../support/visitor-at.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** The inspector's response for the session of this browser. */
async function inspect(visitor: Visitor, slug: string, key: string): Promise<[number, any]> {
  const headers = { authorization: `Bearer ${key}` };
  const { status, body } = await visitor.request('GET', `/flows/inspector/${slug}/`, { headers });
  return [status, body];
}

describe('The flow inspector', () => {
  it('requires permission to inspect the flow', async () => {
    const { flow, slug } = await createDummyFlow(app.api, 1);
    const other = await createDummyFlow(app.api, 1);
    const { key, user } = await createActor(app, ['authentik_flows.view_flow']);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    expect((await inspect(visitor, slug, key))[0]).toBe(403);
    const model = 'authentik_flows.flow';
    await allow(app, user.pk, { permissions: ['authentik_flows.inspect_flow'], model, object_pk: flow.pk });
    expect((await inspect(visitor, slug, key))[0]).toBe(200);
    expect((await inspect(visitor, other.slug, key))[0]).toBe(403);
    expect((await inspect(visitor, 'nowhere', key))[0]).toBe(404);
    expect((await visitor.request('GET', `/flows/inspector/${slug}/`)).status).toBe(403);
    const own = await signedIn(app, user);
    await own.see(slug);
    expect((await own.request('GET', `/flows/inspector/${slug}/`)).status).toBe(200);
  });

  it('shows only the run of the flow in the caller’s session, and answers 400 without one', async () => {
    const [one, other] = [await createDummyFlow(app.api, 2), await createDummyFlow(app.api, 2)];
    const { key } = await createActor(app, ['authentik_flows.inspect_flow']);
    const visitor = new Visitor(app.url);
    expect(await inspect(visitor, one.slug, key)).toEqual([400, undefined]);
    await visitor.answer(one.slug, {});
    expect((await inspect(visitor, one.slug, key))[1].plans).toHaveLength(1);
    expect(await inspect(visitor, other.slug, key)).toEqual([400, undefined]);
    expect(await inspect(new Visitor(app.url), one.slug, key)).toEqual([400, undefined]);
  });

  it('shows the plan context without secrets', async () => {
    const { flow, slug, bindings } = await createDummyFlow(app.api, 2);
    const { pk } = await createUser(app.api);
    const { key } = await createActor(app, ['authentik_flows.inspect_flow']);
    const stages = bindings.map((binding) => ({ binding: binding.pk, stage: binding.stage, reEvaluate: false }));
    const secrets = ['hunter2', 'key-of-a-flow-token', 'one-time-pin'];
    const [password, is_restored, pin] = secrets as [string, string, string];
    const prompt_data = { name: 'Jane', password, password_repeat: password, pin };
    const context = { pending_user: { pk }, is_restored, prompt_data, prompt_secrets: ['pin'] };
    const visitor = await visitorAt(app, flow, stages, context);
    await visitor.answer(slug, {});
    const [, body] = await inspect(visitor, slug, key);
    expect(body.current_plan.plan_context).toMatchObject({ pending_user: { pk }, prompt_data: { name: 'Jane' } });
    expect(body.plans).toHaveLength(1);
    for (const secret of [...secrets, visitor.cookies.get('authentik_session')]) {
      expect(JSON.stringify(body)).not.toContain(secret);
    }
  });
});
