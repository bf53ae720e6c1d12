import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { UserDto } from '../../src/core/users/dto/user.dto.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createGroup } from '../factories/group.js';
import { createPolicyBinding } from '../factories/policy-binding.js';
import { createStage } from '../factories/stage.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let member: UserDto;
let other: UserDto;
let group: string;

beforeAll(async () => {
  app = await startTestApp();
  member = await createUser(app.api);
  other = await createUser(app.api);
  group = (await createGroup(app.api, { users: [member.pk] })).pk;
});
afterAll(() => app.stop());

const end = { component: 'xak-flow-redirect', to: '/' };
const notForYou = { component: 'ak-stage-access-denied', error_message: 'Flow does not apply to current user.' };

/** A browser in which the user has signed in by identification alone. */
async function signedIn(user: UserDto): Promise<Visitor> {
  const stages = [await createStage(app.api, 'identification'), await createStage(app.api, 'user_login')];
  const keys = stages.map(({ pk }) => pk);
  const { flow } = await createFlowWith(app.api, keys, { designation: 'stage_configuration' });
  const visitor = new Visitor(app.url);
  expect(await visitor.answer(flow.slug, { uid_field: user.username })).toMatchObject(end);
  return visitor;
}

describe('A flow for a group', () => {
  it('applies only to signed-in members, or to all other visitors if negated', async () => {
    const dummy = await createDummyStage(app.api);
    const { flow } = await createFlowWith(app.api, [dummy.pk]);
    const { pk } = await createPolicyBinding(app.api, { target: flow.policybindingmodel_ptr_id, group });
    const [visitor, mine, theirs] = [new Visitor(app.url), await signedIn(member), await signedIn(other)];
    expect(await mine.see(flow.slug)).toMatchObject({ name: dummy.name });
    expect(await theirs.see(flow.slug)).toMatchObject(notForYou);
    expect(await visitor.see(flow.slug)).toMatchObject(notForYou);

    await app.api.patch(`/policies/bindings/${pk}/`, { negate: true });
    expect(await theirs.see(flow.slug)).toMatchObject({ name: dummy.name });
    expect(await visitor.see(flow.slug)).toMatchObject({ name: dummy.name });
    expect(await (await signedIn(member)).see(flow.slug)).toMatchObject(notForYou);

    await app.api.patch(`/policies/bindings/${pk}/`, { enabled: false });
    expect(await (await signedIn(member)).see(flow.slug)).toMatchObject({ name: dummy.name });
  });

  it('requires all or any of its bindings, according to its mode', async () => {
    const dummy = await createDummyStage(app.api);
    const { flow } = await createFlowWith(app.api, [dummy.pk], { policy_engine_mode: 'all' });
    await createPolicyBinding(app.api, { target: flow.pk, group });
    await createPolicyBinding(app.api, { target: flow.pk, user: other.pk });
    const mine = await signedIn(member);
    expect(await mine.see(flow.slug)).toMatchObject(notForYou);
    await app.api.patch(`/flows/instances/${flow.slug}/`, { policy_engine_mode: 'any' });
    expect(await mine.see(flow.slug)).toMatchObject({ name: dummy.name });
  });
});

describe('A stage for a group', () => {
  it('is skipped for other users if evaluated on plan', async () => {
    const [always, special] = [await createDummyStage(app.api), await createDummyStage(app.api)];
    const { flow, bindings } = await createFlowWith(app.api, [
      { stage: special.pk, evaluate_on_plan: true, re_evaluate_policies: false },
      always.pk,
    ]);
    await createPolicyBinding(app.api, { target: bindings[0]!.policybindingmodel_ptr_id, group });
    expect(await new Visitor(app.url).see(flow.slug)).toMatchObject({ name: always.name });
    expect(await (await signedIn(other)).see(flow.slug)).toMatchObject({ name: always.name });
    expect(await (await signedIn(member)).see(flow.slug)).toMatchObject({ name: special.name });
  });

  it('is evaluated for the pending user when it is reached', async () => {
    const identification = await createStage(app.api, 'identification');
    const [special, last] = [await createDummyStage(app.api), await createDummyStage(app.api)];
    const { flow, bindings } = await createFlowWith(app.api, [identification.pk, special.pk, last.pk]);
    await createPolicyBinding(app.api, { target: bindings[1]!.pk, group });
    const shownTo = async (uid_field: string): Promise<string> =>
      (await new Visitor(app.url).answer(flow.slug, { uid_field })).name;
    expect(await shownTo(member.username)).toBe(special.name);
    expect(await shownTo(other.username)).toBe(last.name);
    expect(await shownTo('nobody at all')).toBe(last.name);
  });

  it('is evaluated with the current bindings', async () => {
    const [first, special] = [await createDummyStage(app.api), await createDummyStage(app.api)];
    const { flow, bindings } = await createFlowWith(app.api, [first.pk, special.pk]);
    const visitor = new Visitor(app.url);
    await visitor.see(flow.slug);
    const { pk } = await createPolicyBinding(app.api, { target: bindings[1]!.pk, group });
    expect(await visitor.answer(flow.slug, {})).toEqual(end);
    await app.api.delete(`/policies/bindings/${pk}/`);
    expect(await visitor.answer(flow.slug, {})).toMatchObject({ name: special.name });
  });
});
