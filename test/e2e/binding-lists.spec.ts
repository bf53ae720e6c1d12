import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { FlowStageBindingDto } from '../../src/flows/dto/flow-stage-binding.dto.js';
import { createBinding } from '../factories/binding.js';
import { createEmailStage } from '../factories/email-stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let first: FlowStageBindingDto;

beforeAll(async () => {
  app = await startTestApp();
  await createBinding(app.api, {
    stage: (await createEmailStage(app.api, { name: 'beta' })).pk,
    order: 20,
    evaluate_on_plan: true,
    re_evaluate_policies: true,
    policy_engine_mode: 'any',
    invalid_response_action: 'retry',
  });
  first = await createBinding(app.api, {
    stage: (await createEmailStage(app.api, { name: 'alpha' })).pk,
    order: -10,
    evaluate_on_plan: false,
    re_evaluate_policies: true,
    policy_engine_mode: 'all',
    invalid_response_action: 'restart',
  });
  // Only a PATCH with one of the two fields can make both false.
  await app.api.patch(`/flows/bindings/${first.pk}/`, { evaluate_on_plan: true, re_evaluate_policies: false });
  await app.api.patch(`/flows/bindings/${first.pk}/`, { evaluate_on_plan: false });
});
afterAll(() => app.stop());

async function orders(query: string): Promise<number[]> {
  const { status, body } = await app.api.get(`/flows/bindings/?${query}`);
  expect(status).toBe(200);
  return body.results.map(({ order }: { order: number }) => order);
}

async function refusal(query: string): Promise<unknown> {
  const { status, body } = await app.api.get(`/flows/bindings/?${query}`);
  expect(status).toBe(400);
  return body;
}

const unknown = randomUUID();
const both = [-10, 20];

describe('The list of bindings', () => {
  it('is sorted by order, with the same fields as a single binding', async () => {
    expect(await orders('')).toEqual(both);
    const { body } = await app.api.get('/flows/bindings/');
    for (const binding of body.results) {
      const { body: alone } = await app.api.get(`/flows/bindings/${binding.pk}/`);
      expect(JSON.stringify(binding)).toBe(JSON.stringify(alone));
    }
  });

  it.each([
    ['target', () => first.target],
    ['stage', () => first.stage],
    ['fsb_uuid', () => first.pk],
    ['pbm_uuid', () => first.policybindingmodel_ptr_id],
  ])('is filtered by %s', async (field, key) => {
    expect(await orders(`${field}=${key()}`)).toEqual([-10]);
    expect(await orders(`${field}=${key().toUpperCase()}`)).toEqual([-10]);
    expect(await orders(`${field}=`)).toEqual(both);
  });

  it.each(['target', 'stage'])('answers 400 for an unknown or invalid %s', async (field) => {
    const notThere = 'Select a valid choice. That choice is not one of the available choices.';
    expect(await refusal(`${field}=${unknown}`)).toEqual({ [field]: [notThere] });
    expect(await refusal(`${field}=x`)).toEqual({ [field]: ['“x” is not a valid UUID.'] });
    expect(await refusal(`${field}=%00`)).toEqual({ [field]: ['Null characters are not allowed.'] });
  });

  it('is empty for an unknown key, and answers 400 for an invalid one', async () => {
    expect(await orders(`fsb_uuid=${unknown}`)).toEqual([]);
    expect(await orders(`pbm_uuid=${first.pk}`)).toEqual([]);
    expect(await refusal('fsb_uuid=x&pbm_uuid=y')).toEqual({
      fsb_uuid: ['Enter a valid UUID.'],
      pbm_uuid: ['Enter a valid UUID.'],
    });
  });

  it('is filtered by policies, and answers 400 for unknown ones', async () => {
    const notThere = [`Select a valid choice. ${unknown} is not one of the available choices.`];
    expect(await orders('policies=')).toEqual(both);
    expect(await orders('policies=&policies=')).toEqual(both);
    expect(await refusal(`policies=${unknown}`)).toEqual({ policies: notThere });
    const asSent = unknown.replaceAll('-', '').toUpperCase();
    expect(await refusal(`policies=${asSent}`)).toEqual({
      policies: [`Select a valid choice. ${asSent} is not one of the available choices.`],
    });
    for (const query of [`policies=&policies=${unknown}&policies=x`, `policies=x&policies=${unknown}`]) {
      expect(await refusal(query)).toEqual({ policies: ['“x” is not a valid UUID.'] });
    }
  });

  it.each([
    ['order', '-10'],
    ['order', '-10.7'],
    ['policy_engine_mode', 'all'],
    ['invalid_response_action', 'restart'],
    ['evaluate_on_plan', 'false'],
    ['evaluate_on_plan', '0'],
    ['re_evaluate_policies', 'FALSE'],
  ])('is filtered by %s=%s', async (field, value) => {
    expect(await orders(`${field}=${value}`)).toEqual([-10]);
    expect(await orders(`${field}=`)).toEqual(both);
  });

  it('is empty for an unused or out-of-range order', async () => {
    expect(await orders('order=5')).toEqual([]);
    expect(await orders('order=2147483648')).toEqual([]);
  });

  it('ignores invalid truth values and unknown filters', async () => {
    const query = `evaluate_on_plan=x&re_evaluate_policies=2&policybindingmodel_ptr=${unknown}&pk=${unknown}&stage_obj=x`;
    expect(await orders(query)).toEqual(both);
  });

  it('reports all invalid filters together', async () => {
    expect(await refusal('order=x&policy_engine_mode=y&invalid_response_action=z&target=w&stage=v')).toEqual({
      target: ['“w” is not a valid UUID.'],
      stage: ['“v” is not a valid UUID.'],
      order: ['Enter a number.'],
      policy_engine_mode: ['Select a valid choice. y is not one of the available choices.'],
      invalid_response_action: ['Select a valid choice. z is not one of the available choices.'],
    });
  });

  it('is searched by the name of the stage', async () => {
    expect(await orders('search=ALPHA')).toEqual([-10]);
    expect(await orders('search=a')).toEqual(both);
    expect(await orders('search=restart')).toEqual([]);
  });

  it.each(['order', 'policy_engine_mode', 'evaluate_on_plan', 're_evaluate_policies'])(
    'is sorted by %s',
    async (field) => {
      expect(await orders(`ordering=${field}`)).toEqual(both);
      expect(await orders(`ordering=-${field}`)).toEqual([...both].reverse());
    },
  );

  it.each(['pk', 'policybindingmodel_ptr_id', 'target', 'stage', 'invalid_response_action'])(
    'is sorted by %s',
    async (field) => {
      const up = await orders(`ordering=${field}`);
      expect([...up].sort()).toEqual(both);
      expect(await orders(`ordering=-${field}`)).toEqual([...up].reverse());
    },
  );

  it.each(['-stage_obj', '-stage_name', '-stage_kind', '-fsb_uuid', '-policies'])(
    'is not sorted by %s',
    async (ordering) => {
      expect(await orders(`ordering=${ordering}`)).toEqual(both);
    },
  );

  it('contains the stage of every binding, also if two bindings share it', async () => {
    const third = await createBinding(app.api, { stage: first.stage, order: 30 });
    const { body } = await app.api.get(`/flows/bindings/?stage=${first.stage}`);
    expect(body.results.map(({ stage_obj }: FlowStageBindingDto) => stage_obj.flow_set.length)).toEqual([2, 2]);
    await app.api.delete(`/flows/bindings/${third.pk}/`);
  });
});
