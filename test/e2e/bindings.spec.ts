import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createBinding } from '../factories/binding.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let target: string;
let stage: string;

beforeAll(async () => {
  app = await startTestApp();
  target = (await createFlow(app.api)).pk;
  stage = (await createEmailStage(app.api)).pk;
});
afterAll(() => app.stop());

const required = ['This field is required.'];
const notUnique = { non_field_errors: ['The fields target, stage, order must make a unique set.'] };
const notEvaluated = { non_field_errors: ['Either evaluation on plan or evaluation on run must be enabled'] };
const path = ({ pk }: { pk: string }): string => `/flows/bindings/${pk}/`;

describe('A new binding', () => {
  it('requires a flow, a stage and an order, and has the defaults and field order of authentik', async () => {
    const { status, body } = await app.api.post('/flows/bindings/', { order: 100, stage, target });
    expect(status).toBe(201);
    expect(body.policybindingmodel_ptr_id).not.toBe(body.pk);
    const { body: stage_obj } = await app.api.get(`/stages/all/${stage}/`);
    expect(stage_obj.flow_set).toHaveLength(1);
    const expected = {
      pk: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      policybindingmodel_ptr_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      target,
      stage,
      stage_obj,
      evaluate_on_plan: false,
      re_evaluate_policies: true,
      order: 100,
      policy_engine_mode: 'any',
      invalid_response_action: 'retry',
    };
    expect(body).toEqual(expected);
    expect(Object.keys(body)).toEqual(Object.keys(expected));
    expect(Object.keys(body.stage_obj)).toEqual(Object.keys(stage_obj));
    expect((await app.api.get(path(body))).body).toEqual(body);
  });

  it('accepts every field', async () => {
    const everything = {
      evaluate_on_plan: true,
      re_evaluate_policies: false,
      order: -5,
      policy_engine_mode: 'all',
      invalid_response_action: 'restart_with_context',
    } as const;
    expect(await createBinding(app.api, everything)).toMatchObject(everything);
  });

  it('accepts a stage of any kind, and returns its common fields', async () => {
    const dummy = await createDummyStage(app.api);
    const { stage_obj } = await createBinding(app.api, { stage: dummy.pk });
    expect(stage_obj).toMatchObject({ pk: dummy.pk, name: dummy.name, component: 'ak-stage-dummy-form' });
    const mail = (await createBinding(app.api)).stage_obj;
    const shape = ['pk', 'name', 'component', 'verbose_name', 'verbose_name_plural', 'meta_model_name', 'flow_set'];
    for (const shown of [stage_obj, mail]) expect(Object.keys(shown)).toEqual(shape);
  });

  it('ignores read-only fields', async () => {
    const pk = randomUUID();
    const binding = await createBinding(app.api, { pk, policybindingmodel_ptr_id: pk, stage_obj: 5 } as never);
    expect(JSON.stringify(binding)).not.toContain(pk);
  });

  it('can bind the same stage at another position, and another stage at the same position', async () => {
    const first = await createBinding(app.api);
    const again = await createBinding(app.api, { target: first.target, stage: first.stage, order: 1 });
    await createBinding(app.api, { target: first.target, order: 1 });
    const { status, body } = await app.api.post('/flows/bindings/', { ...again, order: '1' });
    expect([status, body]).toEqual([400, notUnique]);
  });

  it('reports all missing fields', async () => {
    for (const json of [{}, undefined]) {
      const { status, body } = await app.api.post('/flows/bindings/', json);
      const missing = { target: required, stage: required, order: required };
      expect([status, JSON.stringify(body)]).toEqual([400, JSON.stringify(missing)]);
    }
  });

  it('reports all invalid fields at once, in field order', async () => {
    const { status, body } = await app.api.post('/flows/bindings/', {
      invalid_response_action: 'x',
      policy_engine_mode: '',
      order: null,
      re_evaluate_policies: 'x',
      evaluate_on_plan: null,
      stage: '',
      target: 'x',
    });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        target: ['“x” is not a valid UUID.'],
        stage: ['This field may not be null.'],
        evaluate_on_plan: ['This field may not be null.'],
        re_evaluate_policies: ['Must be a valid boolean.'],
        order: ['This field may not be null.'],
        policy_engine_mode: ['"" is not a valid choice.'],
        invalid_response_action: ['"x" is not a valid choice.'],
      }),
    );
  });

  const unknown = 'B6F3D1A0-0000-4000-8000-000000000001';
  it.each<[unknown, string]>([
    [unknown, `Invalid pk "${unknown}" - object does not exist.`],
    [`{${unknown}}`, `Invalid pk "{${unknown}}" - object does not exist.`],
    [5, 'Invalid pk "5" - object does not exist.'],
    [-5, '“-5” is not a valid UUID.'],
    ['x', '“x” is not a valid UUID.'],
    [' ', '“ ” is not a valid UUID.'],
    ['\0', '“\0” is not a valid UUID.'],
    [[], '“[]” is not a valid UUID.'],
    [{}, '“{}” is not a valid UUID.'],
    ['', 'This field may not be null.'],
    [null, 'This field may not be null.'],
    [true, 'Incorrect type. Expected pk value, received bool.'],
  ])('answers 400 for the flow or stage key %j', async (key, message) => {
    const { status, body } = await app.api.post('/flows/bindings/', { target: key, stage: key, order: 0 });
    expect([status, body]).toEqual([400, { target: [message], stage: [message] }]);
  });

  it('accepts keys in any spelling, but no slugs and no keys of the other table', async () => {
    const flow = await createFlow(app.api);
    const spelt = { target: flow.pk.toUpperCase(), stage: stage.replaceAll('-', '') };
    expect(await createBinding(app.api, spelt)).toMatchObject({ target: flow.pk, stage });
    const { body } = await app.api.post('/flows/bindings/', { target: flow.slug, stage: flow.pk, order: 5 });
    expect(body).toEqual({
      target: [`“${flow.slug}” is not a valid UUID.`],
      stage: [`Invalid pk "${flow.pk}" - object does not exist.`],
    });
  });

  it('answers 400 without evaluation on plan or on run', async () => {
    const never = { target, stage, order: 7, re_evaluate_policies: false };
    for (const json of [never, { ...never, evaluate_on_plan: 'off' }]) {
      const { status, body } = await app.api.post('/flows/bindings/', json);
      expect([status, body]).toEqual([400, notEvaluated]);
    }
    expect((await app.api.post('/flows/bindings/', { ...never, evaluate_on_plan: true })).status).toBe(201);
    expect((await app.api.post('/flows/bindings/', { ...never, order: 8, re_evaluate_policies: true })).status).toBe(
      201,
    );
  });

  it('reports a duplicate before missing evaluation', async () => {
    const { pk: _, ...same } = await createBinding(app.api);
    const { body } = await app.api.post('/flows/bindings/', { ...same, re_evaluate_policies: false });
    expect(body).toEqual(notUnique);
  });
});

describe('Changing a binding', () => {
  it('by PUT requires the fields of a new binding, and keeps omitted fields', async () => {
    const binding = await createBinding(app.api, { policy_engine_mode: 'all', invalid_response_action: 'restart' });
    const change = { target: binding.target, stage: binding.stage, order: 5 };
    const { status, body } = await app.api.put(path(binding), change);
    expect([status, body]).toEqual([200, { ...binding, order: 5 }]);
    expect((await app.api.put(path(binding), { order: 1 })).body).toEqual({ target: required, stage: required });
  });

  it('by PATCH requires no field, and keeps omitted fields', async () => {
    const binding = await createBinding(app.api, { evaluate_on_plan: true });
    for (const json of [{}, undefined, { order: binding.order }, { stage_obj: 'x', pk: 'y' }]) {
      const { status, body } = await app.api.patch(path(binding), json);
      expect([status, body]).toEqual([200, binding]);
    }
    const { body } = await app.api.patch(path(binding), { policy_engine_mode: 'all' });
    expect(body).toEqual({ ...binding, policy_engine_mode: 'all' });
  });

  it('moves it to another flow, stage and position, and leaves its neighbours unchanged', async () => {
    const binding = await createBinding(app.api, { order: 1 });
    const neighbour = await createBinding(app.api, { target: binding.target, order: 2 });
    const moved = await app.api.patch(path(binding), { target, stage, order: 50 });
    expect(moved.body).toMatchObject({ pk: binding.pk, target, stage, order: 50, stage_obj: { pk: stage } });
    expect((await app.api.get(path(neighbour))).body.order).toBe(2);
  });

  it('checks the unique set against other bindings, with the stored values of omitted fields', async () => {
    const one = await createBinding(app.api, { order: 1 });
    const { target, stage } = one;
    const two = await createBinding(app.api, { target, stage, order: 2 });
    const { status, body } = await app.api.patch(path(two), { order: 1 });
    expect([status, body]).toEqual([400, notUnique]);
    expect((await app.api.patch(path(two), { order: 2, stage })).status).toBe(200);
    expect((await app.api.put(path(one), { target, stage, order: 1 })).status).toBe(200);
    expect((await app.api.put(path(one), { target, stage, order: 2 })).body).toEqual(notUnique);
    const elsewhere = await createBinding(app.api, { stage, order: 1 });
    expect((await app.api.patch(path(elsewhere), { target })).body).toEqual(notUnique);
  });

  it('checks only the evaluation fields in the request', async () => {
    const binding = await createBinding(app.api, { evaluate_on_plan: true });
    const refused = await app.api.patch(path(binding), { re_evaluate_policies: false });
    expect([refused.status, refused.body]).toEqual([400, notEvaluated]);
    const both = { evaluate_on_plan: true, re_evaluate_policies: false };
    expect((await app.api.patch(path(binding), both)).status).toBe(200);
    const neither = await app.api.patch(path(binding), { evaluate_on_plan: false });
    expect([neither.status, neither.body]).toEqual([
      200,
      { ...binding, evaluate_on_plan: false, re_evaluate_policies: false },
    ]);
  });
});

describe('A binding', () => {
  it('is deleted without its flow and its stage', async () => {
    const binding = await createBinding(app.api);
    const { status, body } = await app.api.delete(path(binding));
    expect([status, body]).toEqual([204, undefined]);
    expect((await app.api.get(`/stages/email/${binding.stage}/`)).body.flow_set).toEqual([]);
    expect((await app.api.get(`/flows/instances/?flow_uuid=${binding.target}`)).body.results).toHaveLength(1);
    for (const again of [await app.api.delete(path(binding)), await app.api.get(path(binding))]) {
      expect([again.status, again.body]).toEqual([404, { detail: 'Not found.' }]);
    }
  });

  it('has an empty used_by list', async () => {
    const { status, body } = await app.api.get(`${path(await createBinding(app.api))}used_by/`);
    expect([status, body]).toEqual([200, []]);
    expect((await app.api.get(`/flows/bindings/${randomUUID()}/used_by/`)).status).toBe(404);
  });
});
