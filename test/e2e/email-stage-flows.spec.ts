import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createBinding } from '../factories/binding.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow, flowFields } from '../factories/flow.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const required = ['This field is required.'];

describe('The flow set of an email stage', () => {
  it('contains an entry for each binding, with the fields of a flow set in order', async () => {
    const stage = await createEmailStage(app.api);
    const flow = await createFlow(app.api, {
      name: 'Sign up',
      layout: 'sidebar_left',
      authentication: 'require_authenticated',
    });
    await createBinding(app.api, { stage: stage.pk, target: flow.pk, order: 1 });
    await createBinding(app.api, { stage: stage.pk, target: flow.pk, order: 2 });
    const entry = {
      pk: flow.pk,
      policybindingmodel_ptr_id: flow.policybindingmodel_ptr_id,
      name: 'Sign up',
      slug: flow.slug,
      title: 'Title',
      designation: 'recovery',
      background: '/static/dist/assets/images/flow_background.jpg',
      policy_engine_mode: 'any',
      compatibility_mode: false,
      export_url: `/api/v3/flows/instances/${flow.slug}/export/`,
      layout: 'sidebar_left',
      denied_action: 'message_continue',
    };
    const { body } = await app.api.get(`/stages/email/${stage.pk}/`);
    expect(JSON.stringify(body.flow_set)).toBe(JSON.stringify([entry, entry]));
  });

  it('is included for each stage of a list', async () => {
    const [one, two] = [await createEmailStage(app.api), await createEmailStage(app.api)];
    const [first, second] = [await createFlow(app.api), await createFlow(app.api)];
    await createBinding(app.api, { stage: one.pk, target: first.pk });
    await createBinding(app.api, { stage: two.pk, target: second.pk });
    await createBinding(app.api, { stage: two.pk, target: first.pk });
    const { body } = await app.api.get('/stages/email/');
    const slugsOf = (pk: string): string[] =>
      body.results
        .find((stage: { pk: string }) => stage.pk === pk)
        .flow_set.map(({ slug }: { slug: string }) => slug)
        .sort();
    expect(slugsOf(one.pk)).toEqual([first.slug]);
    expect(slugsOf(two.pk)).toEqual([first.slug, second.slug].sort());
  });
});

describe('A flow set in a request', () => {
  it('that is well-formed is accepted and has no effect', async () => {
    const flows = [flowFields(), { ...flowFields(), layout: 'sidebar_left', compatibility_mode: 'yes', pk: 'ignored' }];
    const stage = await createEmailStage(app.api, { flow_set: flows } as never);
    expect(stage.flow_set).toEqual([]);
    for (const method of ['PUT', 'PATCH']) {
      for (const flow_set of [flows, []]) {
        const json = { name: stage.name, flow_set };
        const { status, body } = await app.api.request(method, `/stages/email/${stage.pk}/`, { json });
        expect([status, body]).toEqual([200, stage]);
      }
    }
    expect((await app.api.get(`/flows/instances/?slug=${flows[0]!.slug}`)).body.results).toEqual([]);
  });

  it('does not remove the stage from its flows', async () => {
    const { stage } = await createBinding(app.api);
    const { body } = await app.api.patch(`/stages/email/${stage}/`, { flow_set: [] });
    expect(body.flow_set).toHaveLength(1);
  });

  it.each<[unknown, unknown]>([
    [null, ['This field may not be null.']],
    ['x', { non_field_errors: ['Expected a list of items but got type "str".'] }],
    [{}, { non_field_errors: ['Expected a list of items but got type "dict".'] }],
    [5, { non_field_errors: ['Expected a list of items but got type "int".'] }],
    [1.5, { non_field_errors: ['Expected a list of items but got type "float".'] }],
    [true, { non_field_errors: ['Expected a list of items but got type "bool".'] }],
    ['', { non_field_errors: ['Expected a list of items but got type "str".'] }],
    [[{}], [{ name: required, slug: required, title: required, designation: required }]],
    [[null], [['This field may not be null.']]],
    [
      [1, 1.5, 'x', true, []],
      ['int', 'float', 'str', 'bool', 'list'].map((type) => ({
        non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`],
      })),
    ],
  ])('that is %j answers 400', async (flow_set, errors) => {
    const { status, body } = await app.api.post('/stages/email/', { name: 'x', flow_set });
    expect([status, body]).toEqual([400, { flow_set: errors }]);
  });

  it('reports the errors of each item and those of the stage', async () => {
    const { slug } = await createFlow(app.api);
    const bad = {
      ...flowFields(),
      name: '',
      slug: 'a b',
      title: {},
      designation: 'x',
      policy_engine_mode: '',
      layout: 'y',
    };
    const flow_set = [flowFields(), bad, flowFields({ slug }), { ...flowFields(), authentication: 'not a field here' }];
    const { status, body } = await app.api.post('/stages/email/', { flow_set, port: 'x' });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        name: required,
        flow_set: [
          {},
          {
            name: ['This field may not be blank.'],
            slug: ['Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'],
            title: ['Not a valid string.'],
            designation: ['"x" is not a valid choice.'],
            policy_engine_mode: ['"" is not a valid choice.'],
            layout: ['"y" is not a valid choice.'],
          },
          { slug: ['Flow with this slug already exists.'] },
          {},
        ],
        port: ['A valid integer is required.'],
      }),
    );
  });

  it('with the slug of an existing flow answers 400 for a change too', async () => {
    const { stage } = await createBinding(app.api);
    const { body: known } = await app.api.get(`/stages/email/${stage}/`);
    const { status, body } = await app.api.patch(`/stages/email/${stage}/`, { flow_set: known.flow_set });
    expect([status, body]).toEqual([400, { flow_set: [{ slug: ['Flow with this slug already exists.'] }] }]);
  });
});

describe('The used_by list of an email stage', () => {
  const usedBy = async (pk: string): Promise<unknown[]> => {
    const { status, body } = await app.api.get(`/stages/email/${pk}/used_by/?page=99&search=x&name=y&ordering=z`);
    expect(status).toBe(200);
    return body;
  };

  it('is empty for a stage without flows', async () => {
    expect(await usedBy((await createEmailStage(app.api)).pk)).toEqual([]);
  });

  it('contains its flows, once for each binding, and then its bindings, sorted by flow and order', async () => {
    const { pk } = await createEmailStage(app.api);
    const flows = [await createFlow(app.api, { name: 'One' }), await createFlow(app.api, { name: 'Two' })];
    const [one, two] = flows.sort((a, b) => (a.pk < b.pk ? -1 : 1));
    const late = await createBinding(app.api, { stage: pk, target: one!.pk, order: 20 });
    const other = await createBinding(app.api, { stage: pk, target: two!.pk, order: -5 });
    const early = await createBinding(app.api, { stage: pk, target: one!.pk, order: 10 });
    const app_ = 'authentik_flows';
    const flow = ({ pk: key, name, slug }: (typeof flows)[number]): object => {
      return { app: app_, model_name: 'flow', pk: key, name: `Flow ${name} (${slug})`, action: 'cascade_many' };
    };
    const binding = ({ pk: key, order, target }: typeof late): object => {
      const name = `Flow-stage binding #${order} to ${target}`;
      return { app: app_, model_name: 'flowstagebinding', pk: key, name, action: 'cascade' };
    };
    const expected = [flow(one!), flow(one!), flow(two!), binding(early), binding(late), binding(other)];
    expect(JSON.stringify(await usedBy(pk))).toBe(JSON.stringify(expected));
    expect((await app.api.get(`/stages/all/${pk}/used_by/`)).body).toEqual(expected);
  });

  it('answers 404 for unknown stages', async () => {
    for (const pk of ['b6f3d1a0-0000-4000-8000-000000000001', 'x']) {
      const { status, body } = await app.api.get(`/stages/email/${pk}/used_by/`);
      expect([status, body]).toEqual([404, { detail: 'Not found.' }]);
    }
  });
});
