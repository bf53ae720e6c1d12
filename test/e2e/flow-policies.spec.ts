import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FlowPlanner } from '../../src/flow-execution/flow-planner.js';
import type { FlowStageBindingRequestDto } from '../../src/flows/dto/flow-stage-binding.dto.js';
import type { FlowAuthentication } from '../../src/flows/flow-choices.js';
import { Flow } from '../../src/flows/flow.entity.js';
import { createDummyFlow } from '../factories/dummy-flow.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { createPolicyBinding } from '../factories/policy-binding.js';
import { createStage } from '../factories/stage.js';
import { createUser } from '../factories/user.js';
import { signedIn } from '../support/signed-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { visitorAt } from '../support/visitor-at.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let user: { pk: number };
beforeAll(async () => {
  app = await startTestApp();
  user = await createUser(app.api);
});
afterAll(() => app.stop());

const root = { component: 'xak-flow-redirect', to: '/' };
const notApplicable = {
  component: 'ak-stage-access-denied',
  error_message: 'Flow does not apply to current user.',
};

/** Binds a policy to a flow or a stage binding. While it is enabled, it fails for all visitors except `user`. */
async function createSwitch(target: { pk: string }): Promise<(on: boolean) => Promise<void>> {
  const { pk } = await createPolicyBinding(app.api, { target: target.pk, user: user.pk, enabled: false });
  return async (enabled) => {
    expect((await app.api.patch(`/policies/bindings/${pk}/`, { enabled })).status).toBe(200);
  };
}

/** A flow of dummy stages with these bindings, and a switch for each. */
async function createSwitchedFlow(
  ...bindings: Partial<FlowStageBindingRequestDto>[]
): Promise<{ slug: string; names: string[]; off: ((on: boolean) => Promise<void>)[] }> {
  const stages = await Promise.all(bindings.map(() => createDummyStage(app.api)));
  const made = await createFlowWith(
    app.api,
    stages.map(({ pk }, index) => ({ stage: pk, ...bindings[index] })),
  );
  const off = await Promise.all(made.bindings.map(createSwitch));
  return { slug: made.flow.slug, names: stages.map(({ name }) => name), off };
}

const marked = { re_evaluate_policies: true };
const plain = { evaluate_on_plan: true, re_evaluate_policies: false };

describe('The authentication requirement of a flow', () => {
  it.each<[FlowAuthentication, string]>([
    ['none', 'nobody, user, superuser'],
    ['require_authenticated', 'user, superuser'],
    ['require_unauthenticated', 'nobody'],
    ['require_superuser', 'superuser'],
    ['require_redirect', ''],
    ['require_outpost', ''],
  ])('of %s is met by %j', async (authentication, expected) => {
    const { slug } = await createDummyFlow(app.api, 1, { authentication });
    const admin = await createUser(app.api);
    const { pk: group } = await createGroup(app.api, { is_superuser: true });
    await app.api.post(`/core/groups/${group}/add_user/`, { pk: admin.pk });
    const visitors = {
      nobody: new Visitor(app.url),
      user: await signedIn(app, user),
      superuser: await signedIn(app, admin),
    };
    const passing: string[] = [];
    for (const [name, visitor] of Object.entries(visitors)) {
      const challenge = await visitor.see(slug);
      if (challenge.component === 'ak-stage-dummy') passing.push(name);
      else expect(challenge).toMatchObject(notApplicable);
    }
    expect(passing.join(', ')).toBe(expected);
  });

  it('of require_redirect is met by visitors redirected from another flow', async () => {
    const flow = await createFlow(app.api, { authentication: 'require_redirect' });
    const { manager } = app.dataSource;
    const planner = app.nest.get(FlowPlanner, { strict: false });
    const entity = await manager.findOneByOrFail(Flow, { pk: flow.pk });
    const kinds = [];
    for (const context of [{}, { is_redirected: false }, { is_redirected: true }]) {
      kinds.push((await planner.plan(manager, entity, undefined, context)).kind);
    }
    // An empty plan: the flow applies.
    expect(kinds).toEqual(['notApplicable', 'notApplicable', 'empty']);
  });

  it('is evaluated only at the start of a run', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    await app.api.patch(`/flows/instances/${slug}/`, { authentication: 'require_authenticated' });
    expect(await visitor.answer(slug, {})).toMatchObject({ name: names[1] });
  });

  it('of an authentication flow redirects signed-in visitors to `next`', async () => {
    const fields = { authentication: 'require_unauthenticated', designation: 'authentication' } as const;
    const { slug } = await createDummyFlow(app.api, 1, fields);
    expect(await (await signedIn(app, user)).see(slug, 'next=/there')).toEqual({ ...root, to: '/there' });
  });
});

describe('A flow that does not apply to its visitor', () => {
  const outer = async (slug: string, next: string): Promise<any> =>
    (await new Visitor(app.url).request('GET', `/flows/executor/${slug}/?query=&next=${encodeURIComponent(next)}`))
      .body;

  it.each([
    ['message_continue', notApplicable, { to: '/there' }],
    ['message', notApplicable, notApplicable],
    ['continue', root, { to: '/there' }],
  ] as const)('shows the denial or redirects to `next`: %s', async (denied_action, without, withNext) => {
    const { slug } = await createDummyFlow(app.api, 1, { denied_action, authentication: 'require_authenticated' });
    const visitor = new Visitor(app.url);
    expect(await visitor.see(slug, 'next=/ignored')).toMatchObject(without);
    expect(await outer(slug, '/there')).toMatchObject(withNext);
    for (const next of ['//x', 'https://x/', '/\\x', '']) expect(await outer(slug, next)).toMatchObject(without);
    expect(visitor.cookies.size).toBe(0);
  });

  it('because of a policy is denied', async () => {
    const flow = await createFlow(app.api);
    await createPolicyBinding(app.api, { target: flow.pk, user: user.pk });
    expect(await new Visitor(app.url).see(flow.slug)).toMatchObject(notApplicable);
    expect(await (await signedIn(app, user)).see(flow.slug)).toEqual(root);
  });
});

describe('A stage with policies evaluated on plan', () => {
  it('is skipped or kept for the whole run', async () => {
    const { slug, names, off } = await createSwitchedFlow(plain, plain, plain);
    await off[0]!(true);
    const visitor = new Visitor(app.url);
    expect(await visitor.see(slug)).toMatchObject({ name: names[1] });
    await off[0]!(false);
    await off[1]!(true);
    expect(await visitor.see(slug)).toMatchObject({ name: names[1] });
    expect(await visitor.answer(slug, {})).toMatchObject({ name: names[2] });
    expect(await new Visitor(app.url).see(slug)).toMatchObject({ name: names[0] });
  });

  it('and on run must pass both times', async () => {
    const { slug, names, off } = await createSwitchedFlow(plain, { evaluate_on_plan: true, ...marked }, plain);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    await off[1]!(true);
    expect(await visitor.answer(slug, {})).toMatchObject({ name: names[2] });
  });

  it('ends the flow at once if no stage passes', async () => {
    const { slug, off } = await createSwitchedFlow(plain);
    await off[0]!(true);
    expect(await new Visitor(app.url).see(slug)).toEqual(root);
  });
});

describe('A stage with policies evaluated on run', () => {
  it('is shown if its policies pass', async () => {
    const { slug, names } = await createSwitchedFlow(plain, marked, plain);
    const visitor = new Visitor(app.url);
    expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
    expect(await visitor.answer(slug, {})).toMatchObject({ name: names[1] });
    expect(await visitor.answer(slug, {})).toMatchObject({ name: names[2] });
    expect(await visitor.answer(slug, {})).toEqual(root);
  });

  it.each([
    ['last', [2]],
    ['in the middle', [1]],
    ['two in a row', [1, 2]],
  ])('is skipped if its policies fail: %s', async (_, dropped) => {
    const { slug, names, off } = await createSwitchedFlow(plain, marked, marked, plain);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    for (const index of dropped) await off[index]!(true);
    const seen: string[] = [];
    for (let challenge = await visitor.see(slug); challenge.name; challenge = await visitor.answer(slug, {})) {
      seen.push(challenge.name);
    }
    expect(seen).toEqual(names.filter((__, index) => !dropped.includes(index)));
  });

  it('ends the flow if no other stage is left', async () => {
    const { slug, off } = await createSwitchedFlow(plain, marked, marked);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    for (const index of [1, 2]) await off[index]!(true);
    expect(await visitor.answer(slug, {})).toEqual(root);
  });

  it('is evaluated again on each GET, and dropped only by a POST', async () => {
    const { slug, names, off } = await createSwitchedFlow(marked, plain, plain);
    const visitor = new Visitor(app.url);
    await off[0]!(true);
    expect(await visitor.see(slug)).toMatchObject({ name: names[1] });
    await off[0]!(false);
    expect(await visitor.see(slug)).toMatchObject({ name: names[0] });
    await off[0]!(true);
    expect(await visitor.answer(slug, {})).toMatchObject({ name: names[2] });
    await off[0]!(false);
    expect(await visitor.see(slug)).toMatchObject({ name: names[2] });
  });

  it('is evaluated for the pending user, or else for the signed-in user', async () => {
    const { flow, slug, names, bindings } = await createDummyFlow(app.api, 2);
    await createPolicyBinding(app.api, { target: bindings[0]!.pk, user: user.pk });
    const stages = bindings.map(({ pk, stage }) => ({ binding: pk, stage, reEvaluate: true }));
    const pretended = { username: 'x', email: '' };
    for (const [pending_user, name] of [
      [{ pk: user.pk }, names[0]],
      [{ pk: (await createUser(app.api)).pk }, names[1]],
      [{ pretended }, names[1]],
    ] as const) {
      expect(await (await visitorAt(app, flow, stages, { pending_user })).see(slug)).toMatchObject({ name });
    }
    expect(await (await signedIn(app, user)).see(slug)).toMatchObject({ name: names[0] });
  });

  it.each([
    ['restart', { component: 'ak-stage-identification' }],
    ['restart_with_context', { component: 'ak-stage-access-denied', error_message: 'Not you.' }],
  ] as const)('before an identification is evaluated again after a restart: %s', async (action, expected) => {
    const user = await createUser(app.api);
    const { pk: deny } = await createStage(app.api, 'deny', { deny_message: 'Not you.' });
    const { pk: identification } = await createStage(app.api, 'identification', { pretend_user_exists: false });
    const stages = [
      { stage: deny, re_evaluate_policies: true },
      { stage: identification, invalid_response_action: action },
    ];
    const { flow, bindings } = await createFlowWith(app.api, stages);
    // Passes for every user except the signed-in user.
    await createPolicyBinding(app.api, { target: bindings[0]!.pk, user: user.pk, negate: true });
    const visitor = await signedIn(app, user);
    expect(await visitor.see(flow.slug)).toMatchObject({ component: 'ak-stage-identification' });
    const { status } = await visitor.post(flow.slug, { uid_field: 'an unknown user' });
    expect(status).toBe(302);
    expect(await visitor.see(flow.slug)).toMatchObject(expected);
  });
});
