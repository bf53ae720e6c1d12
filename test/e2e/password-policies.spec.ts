import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { PasswordPolicyDto } from '../../src/policies/password/dto/password-policy.dto.js';
import { passingTargets } from '../../src/policies/policy-engine.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createFlow } from '../factories/flow.js';
import { createPasswordPolicy } from '../factories/password-policy.js';
import { createPolicyBinding } from '../factories/policy-binding.js';
import { createPromptStage } from '../factories/prompt.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const end = { component: 'xak-flow-redirect', to: '/' };
const password = { field_key: 'password', type: 'password' as const };

const createPolicy = (fields?: Partial<PasswordPolicyDto>): Promise<PasswordPolicyDto> =>
  createPasswordPolicy(app.api, fields);

const told = (...texts: string[]): unknown => ({
  non_field_errors: texts.map((string) => ({ string, code: 'invalid' })),
});

/** Returns the slug of a flow with a prompt stage for a name and a password that uses these policies. */
async function formAsking(...policies: PasswordPolicyDto[]): Promise<string> {
  const validation_policies = policies.map(({ pk }) => pk);
  const stage = await createPromptStage(app.api, [{ field_key: 'name' }, password], { validation_policies });
  return (await createFlowWith(app.api, [stage.pk])).flow.slug;
}

describe('A password policy', () => {
  it.each([
    [{ length_min: 12 }, 'a new secre', 'a new secret'],
    [{ amount_digits: 2 }, 'a new secret 1', 'a new secret 12'],
    [{ amount_uppercase: 2 }, 'A new secret', 'A New secret'],
    [{ amount_lowercase: 9 }, 'A NEW secret', 'a new secrets'],
    [{ amount_symbols: 3 }, 'a new secret', 'a new secret!'],
    [{ amount_symbols: 1, symbol_charset: '§' }, 'a new secret!', 'a new secret§'],
    [{ check_zxcvbn: true, zxcvbn_score_threshold: 3 }, 'a new secret', 'never to be read by others'],
  ])('with %j rejects %s and accepts %s', async (rules, refused, taken) => {
    const error_message = 'check_zxcvbn' in rules ? 'Password is too weak.' : 'Not like this.';
    const slug = await formAsking(await createPolicy({ error_message, ...rules }));
    const visitor = new Visitor(app.url);
    expect((await visitor.answer(slug, { name: 'x', password: refused })).response_errors).toEqual(told(error_message));
    expect(await visitor.answer(slug, { name: 'x', password: taken })).toEqual(end);
  });

  it('skips static rules that are disabled, and has a default message', async () => {
    const unchecked = await formAsking(await createPolicy({ length_min: 100, check_static_rules: false }));
    expect(await new Visitor(app.url).answer(unchecked, { name: 'x', password: 'a new secret' })).toEqual(end);
    const checked = await formAsking(await createPolicy({ length_min: 100 }));
    const { response_errors } = await new Visitor(app.url).answer(checked, { name: 'x', password: 'a new secret' });
    expect(response_errors).toEqual(told('Invalid password.'));
  });

  it('is evaluated along with the other fields, but not for a password that the built-in rule rejects', async () => {
    const slug = await formAsking(await createPolicy({ length_min: 30, error_message: 'Longer, please.' }));
    const visitor = new Visitor(app.url);
    expect((await visitor.answer(slug, { name: '', password: 'a new secret' })).response_errors).toMatchObject({
      name: [{ code: 'blank' }],
      ...(told('Longer, please.') as object),
    });
    const { response_errors } = await visitor.answer(slug, { name: 'x', password: 'short' });
    expect(Object.keys(response_errors)).toEqual(['password']);
  });

  it('checks the configured field, and rejects a form without it', async () => {
    const slug = await formAsking(
      await createPolicy({ password_field: 'name', amount_digits: 4, error_message: 'PIN' }),
    );
    const visitor = new Visitor(app.url);
    expect((await visitor.answer(slug, { name: '12', password: 'a new secret' })).response_errors).toEqual(told('PIN'));
    expect(await visitor.answer(slug, { name: '1234', password: 'a new secret' })).toEqual(end);
    const missing = await formAsking(await createPolicy({ password_field: 'pin' }));
    const { response_errors } = await new Visitor(app.url).answer(missing, { name: 'x', password: 'a new secret' });
    expect(response_errors).toEqual(told('Password not set in context'));
  });

  it('rejects the lookup of leaked passwords', async () => {
    const answer = await app.api.post('/policies/password/', { name: 'x', check_have_i_been_pwned: true });
    expect(answer).toMatchObject({
      status: 400,
      body: { check_have_i_been_pwned: ['Lookup of leaked passwords is not supported. Use check_zxcvbn instead.'] },
    });
    expect(await createPolicy({ check_have_i_been_pwned: false, hibp_allowed_count: 1 })).toMatchObject({
      check_have_i_been_pwned: false,
      hibp_allowed_count: 1,
    });
  });

  it('logs each evaluation, without the password, if execution logging is on', async () => {
    const policy = await createPolicy({ length_min: 30, error_message: 'Longer.', execution_logging: true });
    await new Visitor(app.url).answer(await formAsking(policy), { name: 'x', password: 'secret-of-the-event' });
    const { body } = await app.api.get('/events/events/?action=policy_execution');
    expect(body.results).toMatchObject([
      { app: 'authentik.policies.process', context: { policy: { pk: policy.pk }, result: { passing: false } } },
    ]);
    expect(JSON.stringify(body)).not.toContain('secret-of-the-event');
  });

  it('applies to set_password if it is the default policy', async () => {
    await createPolicy({ name: 'default-password-policy', length_min: 15, error_message: 'Use 15 characters.' });
    const { pk } = await createUser(app.api);
    const path = `/core/users/${pk}/set_password/`;
    expect(await app.api.post(path, { password: 'a new secret' })).toMatchObject({
      status: 400,
      body: { password: ['Use 15 characters.'] },
    });
    expect((await app.api.post(path, { password: 'another new secret' })).status).toBe(204);
  });
});

describe('A password policy bound to a flow', () => {
  const passes = async (target: string, context: Parameters<typeof passingTargets>[4]): Promise<boolean> =>
    (await passingTargets(app.dataSource.manager, 'flow', [target], undefined, context)).has(target);

  it('passes responses that satisfy its rules, or that violate them if negated', async () => {
    const { pk: policy } = await createPolicy({ password_field: 'pin', amount_digits: 4 });
    const [one, other] = [await createFlow(app.api), await createFlow(app.api)];
    const binding = await createPolicyBinding(app.api, { target: one.pk, policy });
    expect(binding).toMatchObject({ policy, policy_obj: { pk: policy, bound_to: 1 }, group: null, user: null });
    await createPolicyBinding(app.api, { target: other.pk, policy, negate: true });
    const [good, bad] = [{ prompt_data: { pin: '1234' } }, { prompt_data: { pin: '12' } }];
    expect([await passes(one.pk, good), await passes(one.pk, bad), await passes(one.pk, {})]).toEqual([
      true,
      false,
      false,
    ]);
    expect([await passes(other.pk, good), await passes(other.pk, bad)]).toEqual([false, true]);
    expect((await app.api.get(`/flows/instances/${one.slug}/`)).body.policies).toEqual([policy]);
  });

  it('applies to flow-stage bindings', async () => {
    const { pk: policy } = await createPolicy();
    const stage = await createPromptStage(app.api, [password]);
    const { flow } = await createFlowWith(app.api, [stage.pk]);
    const places = async (query: string): Promise<any[]> =>
      (await app.api.get(`/flows/bindings/?target=${flow.pk}&${query}`)).body.results;
    expect(await places(`policies=${policy}`)).toEqual([]);
    const [place] = await places('');
    await createPolicyBinding(app.api, { target: place.pk, policy });
    expect(await places(`policies=${policy}`)).toEqual([place]);
  });

  it('returns `failure_result` for a password that is sealed in the run', async () => {
    const { pk: policy } = await createPolicy();
    const [closed, open] = [await createFlow(app.api), await createFlow(app.api)];
    await createPolicyBinding(app.api, { target: closed.pk, policy });
    await createPolicyBinding(app.api, { target: open.pk, policy, failure_result: true });
    const context = { prompt_data: { password: 'v1.sealed' }, prompt_secrets: ['password'] };
    expect([await passes(closed.pk, context), await passes(open.pk, context)]).toEqual([false, true]);
  });
});

describe('/policies/all/', () => {
  it('tests a policy with a user, and filters by bindings and prompt stages', async () => {
    const policy = await createPolicy({ length_min: 12, error_message: 'Longer.' });
    const { pk: user } = await createUser(app.api);
    const test = async (context: object): Promise<unknown> =>
      (await app.api.post(`/policies/all/${policy.pk}/test/`, { user, context })).body;
    expect(await test({ password: 'short' })).toMatchObject({
      passing: false,
      messages: ['Longer.'],
      log_messages: [{ log_level: 'info', event: 'length_min 12 is not met' }],
    });
    const passed = await test({ prompt_data: { password: 'long enough this' } });
    expect(passed).toEqual({ passing: true, messages: [], log_messages: [] });
    const found = async (query: string): Promise<boolean> =>
      (await app.api.get(`/policies/all/?page_size=100&${query}`)).body.results.some(
        ({ pk }: { pk: string }) => pk === policy.pk,
      );
    expect([await found('bindings__isnull=true'), await found('promptstage__isnull=false')]).toEqual([true, false]);
    const { pk: stage } = await createPromptStage(app.api, [password], { validation_policies: [policy.pk] });
    expect([await found('promptstage__isnull=true'), await found('promptstage__isnull=false')]).toEqual([false, true]);
    expect((await app.api.get(`/policies/password/${policy.pk}/used_by/`)).body).toMatchObject([
      { app: 'authentik_stages_prompt', model_name: 'promptstage', pk: stage, action: 'cascade_many' },
    ]);
    expect((await app.api.delete(`/policies/all/${policy.pk}/`)).status).toBe(204);
    expect((await app.api.get(`/stages/prompt/stages/${stage}/`)).body.validation_policies).toEqual([]);
  });
});

describe('The export of a flow', () => {
  it('contains its policies, which the import creates', async () => {
    const policy = await createPolicy({ length_min: 12 });
    const bound = await createPolicy();
    const slug = await formAsking(policy);
    const { pk: target } = (await app.api.get(`/flows/instances/${slug}/`)).body;
    await createPolicyBinding(app.api, { target, policy: bound.pk });
    const { body: text } = await app.api.get<string>(`/flows/instances/${slug}/export/`);
    for (const { pk } of [policy, bound]) await app.api.delete(`/policies/all/${pk}/`);
    const form = new FormData();
    form.set('file', new Blob([text]), 'flow.yaml');
    expect((await app.api.post('/flows/instances/import/', undefined, { raw: form })).body).toMatchObject({
      success: true,
    });
    expect((await app.api.get(`/policies/password/${policy.pk}/`)).body).toEqual({ ...policy, bound_to: 1 });
    expect((await app.api.get(`/policies/bindings/?policy=${bound.pk}`)).body.results).toHaveLength(1);
  });
});
