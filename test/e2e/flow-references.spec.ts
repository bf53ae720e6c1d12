import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createBinding } from '../factories/binding.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

describe('The used_by list of a flow', () => {
  it('is empty for a flow without stages', async () => {
    const { slug } = await createFlow(app.api);
    const { status, body } = await app.api.get(`/flows/instances/${slug}/used_by/`);
    expect([status, body]).toEqual([200, []]);
  });

  it('contains its bindings, and then its stages, once for each binding', async () => {
    const { slug, pk: target } = await createFlow(app.api);
    const { pk: stage, name } = await createEmailStage(app.api);
    const second = await createBinding(app.api, { target, stage, order: 20 });
    const first = await createBinding(app.api, { target, stage, order: -10 });
    const { body } = await app.api.get(`/flows/instances/${slug}/used_by/?page=99&search=x`);
    const binding = ({ pk, order }: typeof first): object => {
      const label = `Flow-stage binding #${order} to ${target}`;
      return { app: 'authentik_flows', model_name: 'flowstagebinding', pk, name: label, action: 'cascade' };
    };
    const used = {
      app: 'authentik_flows',
      model_name: 'stage',
      pk: stage,
      name: `Stage ${name}`,
      action: 'cascade_many',
    };
    expect(JSON.stringify(body)).toBe(JSON.stringify([binding(first), binding(second), used, used]));
  });

  it('answers 404 for an unknown flow', async () => {
    const { status, body } = await app.api.get('/flows/instances/nope/used_by/');
    expect([status, body]).toEqual([404, { detail: 'Not found.' }]);
  });
});
