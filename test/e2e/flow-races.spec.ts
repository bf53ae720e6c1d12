import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDummyFlow } from '../factories/dummy-flow.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createStage } from '../factories/stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** The stages that a session has passed in a flow, from its inspector. */
async function passedStages(visitor: Visitor, slug: string): Promise<string[]> {
  const headers = { authorization: `Bearer administrator-of-the-tests-0123456789` };
  const { body } = await visitor.request('GET', `/flows/inspector/${slug}/`, { headers });
  return body.plans.map(({ current_stage }: any) => current_stage.stage_obj.name);
}

describe('Concurrent responses', () => {
  it('from one session pass each stage once', async () => {
    const { slug, names } = await createDummyFlow(app.api, 10);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    const answers = await Promise.all(names.map(() => visitor.post(slug, {})));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...names.slice(1).map(() => 302)]);
    expect(await passedStages(visitor, slug)).toEqual(names);
  });

  it('with concurrent GET requests are not lost', async () => {
    const { slug, names } = await createDummyFlow(app.api, 5);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    const looks = Array.from({ length: 20 }, () => visitor.get(slug));
    await Promise.all([...looks, ...names.slice(1).map(() => visitor.post(slug, {}))]);
    for (const { status, body } of await Promise.all(looks)) {
      expect([status, body.component]).toEqual([200, 'ak-stage-dummy']);
    }
    expect(await visitor.see(slug)).toMatchObject({ name: names.at(-1) });
  });

  it('from many new visitors all complete', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const visitors = Array.from({ length: 60 }, () => new Visitor(app.url));
    const seen = await Promise.all(visitors.map((visitor) => visitor.answer(slug, {})));
    expect(new Set(seen.map(({ name }) => name))).toEqual(new Set([names[1]]));
    const keys = visitors.map(({ cookies }) => cookies.get('authentik_session'));
    expect(new Set(keys).size).toBe(60);
  });

  it('sign in once, and leave the browser signed in', async () => {
    const { email, password, username } = await createPasswordUser(app.api);
    const { pk: password_stage } = await createStage(app.api, 'password');
    const { pk: first } = await createStage(app.api, 'identification', { password_stage });
    const { pk: second } = await createStage(app.api, 'user_login');
    const { flow } = await createFlowWith(app.api, [first, second], { designation: 'authentication' });
    const visitor = new Visitor(app.url);
    await visitor.see(flow.slug);
    const click = (): Promise<unknown> => visitor.answer(flow.slug, { uid_field: email, password });
    await Promise.all([click(), click(), click()]);
    expect((await visitor.request('GET', '/core/users/me/')).body.user.username).toBe(username);
    const logins = await app.api.get(`/events/events/?action=login&username=${username}`);
    expect(logins.body.results).toHaveLength(1);
  });
});
