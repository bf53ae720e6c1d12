import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ConsentStageFields } from '../../src/stages/consent/dto/consent-stage.dto.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createStage } from '../factories/stage.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { visitorAt } from '../support/visitor-at.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const passed = { component: 'xak-flow-redirect', to: '/' };
const asked = { component: 'ak-stage-consent', permissions: [], additional_permissions: [], token: expect.any(String) };

/** A flow with only a consent stage: its slug and the key of the stage. */
async function consent(stage: Partial<ConsentStageFields> = {}): Promise<{ slug: string; pk: string }> {
  const { pk } = await createStage(app.api, 'consent', stage);
  return { pk, slug: (await createFlowWith(app.api, [pk])).flow.slug };
}

/** A signed-in visitor, and the key of their user. */
async function signedInVisitor(): Promise<{ visitor: Visitor; pk: number }> {
  const user = await createPasswordUser(app.api);
  const { pk: password_stage } = await createStage(app.api, 'password');
  const { pk: first } = await createStage(app.api, 'identification', { password_stage });
  const { pk: second } = await createStage(app.api, 'user_login');
  const { flow } = await createFlowWith(app.api, [first, second], { designation: 'authentication' });
  const visitor = new Visitor(app.url);
  expect(await visitor.answer(flow.slug, { uid_field: user.email, password: user.password })).toMatchObject(passed);
  return { visitor, pk: user.pk };
}

async function agree(visitor: Visitor, slug: string): Promise<void> {
  const { token } = await visitor.see(slug);
  expect(await visitor.answer(slug, { token })).toMatchObject(passed);
}

describe('A consent stage', () => {
  it('is passed only with the most recent token', async () => {
    const { slug } = await consent();
    const visitor = new Visitor(app.url);
    const { flow_info: _, ...first } = await visitor.see(slug);
    expect(first).toEqual({
      ...asked,
      pending_user: '',
      pending_user_avatar: '/static/dist/assets/images/user_default.png',
    });
    const { token } = await visitor.see(slug);
    expect(token).not.toBe(first.token);
    const again = await visitor.answer(slug, { token: first.token });
    expect(again).toMatchObject(asked);
    expect(again).not.toHaveProperty('response_errors');
    expect(await visitor.answer(slug, { token: again.token })).toEqual(passed);
  });

  it('is not passed with another visitor’s token or an invalid one', async () => {
    const { slug } = await consent();
    const { token } = await new Visitor(app.url).see(slug);
    const visitor = new Visitor(app.url);
    expect(await visitor.answer(slug, { token })).toMatchObject(asked);
    await visitor.see(slug);
    expect(await visitor.answer(slug, { token })).toMatchObject(asked);
    for (const body of [{}, { token: null }, { token: '' }, { token: [] }, null, [], 'x']) {
      expect(await visitor.answer(slug, body)).toMatchObject({ ...asked, response_errors: expect.anything() });
    }
  });

  it('asks every time by default', async () => {
    const { visitor } = await signedInVisitor();
    const { slug } = await consent();
    for (const _ of [1, 2]) await agree(visitor, slug);
  });

  it('in permanent mode asks each user once per flow', async () => {
    const { visitor } = await signedInVisitor();
    const { slug, pk } = await consent({ mode: 'permanent' });
    await agree(visitor, slug);
    expect(await visitor.see(slug)).toEqual(passed);
    const { flow: other } = await createFlowWith(app.api, [pk]);
    expect(await visitor.see(other.slug)).toMatchObject(asked);
    const { visitor: otherVisitor } = await signedInVisitor();
    expect(await otherVisitor.see(slug)).toMatchObject(asked);
    await app.api.patch(`/stages/consent/${pk}/`, { mode: 'always_require' });
    expect(await visitor.see(slug)).toMatchObject(asked);
  });

  it('in expiring mode asks again after the consent expires', async () => {
    const { visitor, pk: user } = await signedInVisitor();
    const { slug } = await consent({ mode: 'expiring', consent_expire_in: 'hours=1' });
    const passTime = (minutes: number): Promise<unknown> =>
      app.dataSource.query(`update "consent" set given = given - $2 * interval '1 minute' where user_id = $1`, [
        user,
        minutes,
      ]);
    await agree(visitor, slug);
    await passTime(59);
    expect(await visitor.see(slug)).toEqual(passed);
    await passTime(2);
    await agree(visitor, slug);
    expect(await visitor.see(slug)).toEqual(passed);
  });

  it('does not remember the consent of unauthenticated visitors', async () => {
    const user = await createUser(app.api);
    const { pk: first } = await createStage(app.api, 'identification');
    const { pk: second } = await createStage(app.api, 'consent', { mode: 'permanent' });
    const { slug } = (await createFlowWith(app.api, [first, second])).flow;
    for (const _ of [1, 2]) {
      const visitor = new Visitor(app.url);
      const { token } = await visitor.answer(slug, { uid_field: user.username });
      expect(await visitor.answer(slug, { token })).toEqual(passed);
    }
    const anonymous = new Visitor(app.url);
    const { slug: open } = await consent({ mode: 'permanent' });
    for (const _ of [1, 2]) await agree(anonymous, open);
  });

  it('remembers the consent of a visitor who entered their password in the run', async () => {
    const user = await createPasswordUser(app.api);
    const { pk: password_stage } = await createStage(app.api, 'password');
    const { pk: first } = await createStage(app.api, 'identification', { password_stage });
    const { pk: second } = await createStage(app.api, 'consent', { mode: 'permanent' });
    const { slug } = (await createFlowWith(app.api, [first, second])).flow;
    const visitor = new Visitor(app.url);
    const name = { uid_field: user.username, password: user.password };
    const { token } = await visitor.answer(slug, name);
    expect(await visitor.answer(slug, { token })).toEqual(passed);
    expect(await new Visitor(app.url).answer(slug, name)).toEqual(passed);
  });
});

describe('A deny stage', () => {
  it.each([
    ['', 'Unknown error'],
    ['Come back tomorrow.', 'Come back tomorrow.'],
  ])('with the message %j ends the run with %j', async (deny_message, error_message) => {
    const { pk: deny } = await createStage(app.api, 'deny', { deny_message });
    const { pk: never } = await createStage(app.api, 'consent');
    const { slug } = (await createFlowWith(app.api, [deny, never])).flow;
    const visitor = new Visitor(app.url);
    const denied = { component: 'ak-stage-access-denied', error_message };
    expect(await visitor.see(slug)).toMatchObject(denied);
    expect(await visitor.answer(slug, {})).toMatchObject(denied);
    expect(await visitor.see(slug)).toMatchObject(denied);
  });

  it('ends the run even if its binding restarts the flow', async () => {
    const { pk: stage } = await createStage(app.api, 'deny', { deny_message: 'Come back tomorrow.' });
    const { flow } = await createFlowWith(app.api, [{ stage, invalid_response_action: 'restart' }]);
    const denied = { component: 'ak-stage-access-denied', error_message: 'Come back tomorrow.' };
    expect(await new Visitor(app.url).see(flow.slug)).toMatchObject(denied);
  });

  it('shows the message of the run’s context, if there is one, instead of its own', async () => {
    const { pk: deny } = await createStage(app.api, 'deny', { deny_message: 'Come back tomorrow.' });
    const { flow, bindings } = await createFlowWith(app.api, [deny]);
    const stages = bindings.map(({ pk: binding, stage }) => ({ binding, stage, reEvaluate: true }));
    for (const [deny_message, error_message] of [
      ['Not from here.', 'Not from here.'],
      ['', 'Come back tomorrow.'],
    ] as const) {
      const visitor = await visitorAt(app, flow, stages, { deny_message });
      expect(await visitor.see(flow.slug)).toMatchObject({ component: 'ak-stage-access-denied', error_message });
    }
  });
});
