import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createFlowWith } from '../factories/flow-with.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createSignInFlow } from '../factories/sign-in-flow.js';
import { createStage } from '../factories/stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

describe('A user logout stage', () => {
  it('ends the session of a signed-in visitor, logs an event and continues the flow', async () => {
    const user = await createPasswordUser(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(await createSignInFlow(app.api), { uid_field: user.username, password: user.password });
    const before = visitor.cookies.headers();
    const stages = [
      await createStage(app.api, 'user_logout'),
      await createStage(app.api, 'deny', { deny_message: 'Bye' }),
    ];
    const { flow } = await createFlowWith(
      app.api,
      stages.map(({ pk }) => pk),
    );
    expect(await visitor.see(flow.slug)).toMatchObject({ error_message: 'Bye', pending_user: '' });
    expect((await visitor.request('GET', '/core/users/me/')).status).toBe(403);
    expect(
      (await app.api.request('GET', '/core/users/me/', { headers: { ...before, authorization: '' } })).status,
    ).toBe(403);
    const { body } = await app.api.get(`/events/events/?action=logout&username=${user.username}`);
    expect(body.results).toHaveLength(1);
  });

  it('lets an anonymous visitor continue', async () => {
    const { pk } = await createStage(app.api, 'user_logout');
    const { flow } = await createFlowWith(app.api, [pk]);
    expect(await new Visitor(app.url).see(flow.slug)).toEqual({ component: 'xak-flow-redirect', to: '/' });
  });
});
