import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { FlowStageBindingRequestDto } from '../../src/flows/dto/flow-stage-binding.dto.js';
import type { PolicyEngineMode } from '../../src/flows/flow-choices.js';
import { targetVerdicts } from '../../src/policies/policy-engine.js';
import { importFile } from '../factories/blueprint.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createExpressionPolicy } from '../factories/expression-policy.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { createPolicyBinding } from '../factories/policy-binding.js';
import { createPromptStage } from '../factories/prompt.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let user: { pk: number };
let members: string;
let strangers: string;
beforeAll(async () => {
  app = await startTestApp();
  user = await createUser(app.api);
  members = (await createGroup(app.api, { users: [user.pk] })).pk;
  strangers = (await createGroup(app.api)).pk;
});
afterAll(() => app.stop());

const denied = { component: 'ak-stage-access-denied' };
const notEvaluated = 'This step has a policy that cannot be evaluated here.';

/** A flow with two dummy stages, the second with an expression policy. */
async function flowWithBoundStage(
  fields: Partial<FlowStageBindingRequestDto>,
  bound: object = {},
): Promise<{ slug: string; policy: string }> {
  const [first, second] = [await createDummyStage(app.api), await createDummyStage(app.api)];
  const { flow, bindings } = await createFlowWith(app.api, [first.pk, { stage: second.pk, ...fields }]);
  const { pk: policy } = await createExpressionPolicy(app.api);
  await createPolicyBinding(app.api, { target: bindings[1]!.pk, policy, ...bound });
  return { slug: flow.slug, policy };
}

async function exceptionsOf(policy: string): Promise<any[]> {
  const { results } = (await app.api.get('/events/events/?action=policy_exception&page_size=100')).body;
  return results.filter(({ context }: any) => context.policy.pk === policy);
}

describe('An expression policy bound to a flow', () => {
  it.each([{}, { negate: true }, { failure_result: true }])('denies every visitor: %j', async (bound) => {
    const flow = await createFlow(app.api);
    const { pk: policy } = await createExpressionPolicy(app.api);
    await createPolicyBinding(app.api, { target: flow.pk, policy, ...bound });
    expect(await new Visitor(app.url).see(flow.slug)).toMatchObject(denied);
  });

  it('has no effect while the binding is disabled', async () => {
    const flow = await createFlow(app.api);
    const { pk: policy } = await createExpressionPolicy(app.api);
    await createPolicyBinding(app.api, { target: flow.pk, policy, enabled: false });
    expect(await new Visitor(app.url).see(flow.slug)).toMatchObject({ component: 'xak-flow-redirect' });
  });

  it('writes one event an hour with the reason', async () => {
    const flow = await createFlow(app.api);
    const { pk, name } = await createExpressionPolicy(app.api);
    await createPolicyBinding(app.api, { target: flow.pk, policy: pk });
    for (let visit = 0; visit < 3; visit += 1) await new Visitor(app.url).see(flow.slug);
    expect(await exceptionsOf(pk)).toMatchObject([
      {
        action: 'policy_exception',
        app: 'authentik.policies.process',
        context: {
          message:
            `Expression policy “${name}” denies: this service stores expressions and does not run them. Unbind the ` +
            'policy to open what it protects.',
          policy: { app: 'authentik_policies_expression', model_name: 'expressionpolicy', pk, name },
        },
      },
    ]);
    await app.dataSource.query(
      `update "event" set created = now() - interval '2 hours' where action = 'policy_exception'`,
    );
    await new Visitor(app.url).see(flow.slug);
    expect(await exceptionsOf(pk)).toHaveLength(2);
  });

  it('logs every evaluation if execution logging is enabled', async () => {
    const flow = await createFlow(app.api);
    const { pk } = await createExpressionPolicy(app.api, { execution_logging: true });
    await createPolicyBinding(app.api, { target: flow.pk, policy: pk });
    for (let visit = 0; visit < 2; visit += 1) await new Visitor(app.url).see(flow.slug);
    const { results } = (await app.api.get('/events/events/?action=policy_execution&page_size=100')).body;
    expect(results.filter(({ context }: any) => context.policy.pk === pk)).toHaveLength(2);
  });

  it.each<[PolicyEngineMode, boolean, string]>([
    ['any', true, 'passes'],
    ['any', false, 'undecided'],
    ['all', true, 'undecided'],
    ['all', false, 'fails'],
  ])('combines with a group binding: mode %s, member %s, verdict %s', async (mode, isMember, verdict) => {
    const { pk: target } = await createFlow(app.api, { policy_engine_mode: mode });
    await createPolicyBinding(app.api, { target, group: isMember ? members : strangers });
    await createPolicyBinding(app.api, { target, policy: (await createExpressionPolicy(app.api)).pk, order: 1 });
    expect((await targetVerdicts(app.dataSource.manager, 'flow', [target], user)).get(target)).toBe(verdict);
  });
});

describe('An expression policy bound to a stage of a flow', () => {
  it.each([{}, { negate: true }, { failure_result: true }])(
    'denies the run when the stage is reached, instead of showing or skipping it: %j',
    async (bound) => {
      const { slug, policy } = await flowWithBoundStage({ re_evaluate_policies: true }, bound);
      const visitor = new Visitor(app.url);
      expect(await visitor.see(slug)).toMatchObject({ component: 'ak-stage-dummy' });
      expect(await visitor.answer(slug, {})).toMatchObject({ ...denied, error_message: notEvaluated });
      // The run has ended: the next request starts again.
      expect(await visitor.see(slug)).toMatchObject({ component: 'ak-stage-dummy' });
      expect(await exceptionsOf(policy)).toHaveLength(1);
    },
  );

  it('denies the flow if the binding is evaluated on plan', async () => {
    const { slug } = await flowWithBoundStage({ evaluate_on_plan: true, re_evaluate_policies: false });
    expect(await new Visitor(app.url).see(slug)).toMatchObject(denied);
  });
});

describe('An expression policy of a prompt stage', () => {
  it('refuses every response', async () => {
    const { pk: policy } = await createExpressionPolicy(app.api);
    const stage = await createPromptStage(app.api, [{ field_key: 'name' }], { validation_policies: [policy] });
    const { slug } = (await createFlowWith(app.api, [stage.pk])).flow;
    expect(await new Visitor(app.url).answer(slug, { name: 'x' })).toMatchObject({
      component: 'ak-stage-prompt',
      response_errors: { non_field_errors: [{ string: notEvaluated }] },
    });
    expect(await exceptionsOf(policy)).toHaveLength(1);
  });
});

describe('An expression policy', () => {
  it('fails its test with the reason', async () => {
    const { pk } = await createExpressionPolicy(app.api);
    expect((await app.api.post(`/policies/all/${pk}/test/`, { user: user.pk })).body).toEqual({
      passing: false,
      messages: [notEvaluated],
      log_messages: [],
    });
    expect(await exceptionsOf(pk)).toEqual([]);
  });

  it('is exported and imported with its flow', async () => {
    const expression = 'if request.user.is_authenticated:\n    return True\nreturn False';
    const policies = [await createExpressionPolicy(app.api, { expression }), await createExpressionPolicy(app.api)];
    const form = { validation_policies: [policies[1]!.pk] };
    const stage = await createPromptStage(app.api, [{ field_key: 'name' }], form);
    const { flow, bindings } = await createFlowWith(app.api, [stage.pk]);
    await createPolicyBinding(app.api, { target: bindings[0]!.pk, policy: policies[0]!.pk });
    const { body: text } = await app.api.get<string>(`/flows/instances/${flow.slug}/export/`);
    for (const { pk } of policies) await app.api.delete(`/policies/all/${pk}/`);
    expect((await importFile(app.api, text)).body.success).toBe(true);
    for (const policy of policies) {
      expect((await app.api.get(`/policies/expression/${policy.pk}/`)).body).toEqual({ ...policy, bound_to: 1 });
    }
  });
});
