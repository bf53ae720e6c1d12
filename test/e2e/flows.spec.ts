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
const invalidSlug = ['Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'];
const notFound = [404, { detail: 'Not found.' }];

const choices: Record<string, string[]> = {
  designation: [
    ...['authentication', 'authorization', 'invalidation', 'enrollment', 'unenrollment', 'recovery'],
    'stage_configuration',
  ],
  policy_engine_mode: ['all', 'any'],
  layout: ['stacked', 'content_left', 'content_right', 'sidebar_left', 'sidebar_right'],
  denied_action: ['message_continue', 'message', 'continue'],
  authentication: [
    ...['none', 'require_authenticated', 'require_unauthenticated', 'require_superuser', 'require_redirect'],
    'require_outpost',
  ],
};

describe('A new flow', () => {
  it('requires a name, slug, title and designation, and has the defaults and field order of authentik', async () => {
    const request = {
      designation: 'recovery',
      title: 'Reset your password',
      slug: 'Default_recovery-1',
      name: 'Default',
    };
    const { status, body } = await app.api.post('/flows/instances/', request);
    expect(status).toBe(201);
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(body.pk).toMatch(uuid);
    expect(body.policybindingmodel_ptr_id).toMatch(uuid);
    expect(body.policybindingmodel_ptr_id).not.toBe(body.pk);
    const expected = {
      pk: body.pk,
      policybindingmodel_ptr_id: body.policybindingmodel_ptr_id,
      name: 'Default',
      slug: 'Default_recovery-1',
      title: 'Reset your password',
      designation: 'recovery',
      background: '/static/dist/assets/images/flow_background.jpg',
      stages: [],
      policies: [],
      cache_count: 0,
      policy_engine_mode: 'any',
      compatibility_mode: false,
      export_url: '/api/v3/flows/instances/Default_recovery-1/export/',
      layout: 'stacked',
      denied_action: 'message_continue',
      authentication: 'none',
    };
    expect(JSON.stringify(body)).toBe(JSON.stringify(expected));
    const { body: stored } = await app.api.get('/flows/instances/Default_recovery-1/');
    expect(JSON.stringify(stored)).toBe(JSON.stringify(expected));
  });

  it('accepts every field', async () => {
    const everything = {
      policy_engine_mode: 'all',
      compatibility_mode: true,
      layout: 'sidebar_right',
      denied_action: 'continue',
      authentication: 'require_outpost',
    } as const;
    expect(await createFlow(app.api, everything)).toMatchObject(everything);
  });

  it('ignores read-only fields', async () => {
    const readOnly = { pk: 'x', policybindingmodel_ptr_id: 'x', background: 'x', stages: ['x'], policies: 5 };
    const flow = await createFlow(app.api, { ...readOnly, cache_count: 9, export_url: 'x' } as never);
    expect(flow).toMatchObject({ stages: [], policies: [], cache_count: 0 });
    expect(flow.background).toBe('/static/dist/assets/images/flow_background.jpg');
    expect(flow.export_url).toBe(`/api/v3/flows/instances/${flow.slug}/export/`);
  });

  it('can share its name with another flow, but not its slug', async () => {
    const { slug } = await createFlow(app.api, { name: 'Same' });
    expect(await createFlow(app.api, { name: 'Same' })).toMatchObject({ name: 'Same' });
    const { status, body } = await app.api.post('/flows/instances/', flowFields({ slug: ` ${slug} `, title: '' }));
    const messages = { slug: ['Flow with this slug already exists.'], title: ['This field may not be blank.'] };
    expect([status, body]).toEqual([400, messages]);
    expect(await createFlow(app.api, { slug: slug.toUpperCase() })).toMatchObject({ slug: slug.toUpperCase() });
  });

  it('reports all missing fields', async () => {
    for (const json of [{}, undefined]) {
      const { status, body } = await app.api.post('/flows/instances/', json);
      const missing = { name: required, slug: required, title: required, designation: required };
      expect([status, JSON.stringify(body)]).toEqual([400, JSON.stringify(missing)]);
    }
  });

  it('reports all invalid fields at once, in field order', async () => {
    const { status, body } = await app.api.post('/flows/instances/', {
      authentication: 5,
      denied_action: '',
      layout: null,
      compatibility_mode: 'maybe',
      policy_engine_mode: 'some',
      designation: true,
      title: [],
      slug: 'ä b',
      name: ' ',
    });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        name: ['This field may not be blank.'],
        slug: invalidSlug,
        title: ['Not a valid string.'],
        designation: ['"True" is not a valid choice.'],
        policy_engine_mode: ['"some" is not a valid choice.'],
        compatibility_mode: ['Must be a valid boolean.'],
        layout: ['This field may not be null.'],
        denied_action: ['"" is not a valid choice.'],
        authentication: ['"5" is not a valid choice.'],
      }),
    );
  });

  it.each(Object.entries(choices))('accepts only a %s of the enum', async (field, words) => {
    for (const word of words) expect(await createFlow(app.api, { [field]: word })).toMatchObject({ [field]: word });
    for (const word of [words[0]!.toUpperCase(), ` ${words[0]}`]) {
      const { status, body } = await app.api.post('/flows/instances/', flowFields({ [field]: word }));
      expect([status, body]).toEqual([400, { [field]: [`"${word}" is not a valid choice.`] }]);
    }
  });

  it.each<[unknown, string[]]>([
    ['', ['This field may not be blank.']],
    ['a b', invalidSlug],
    ['a.b', invalidSlug],
    ['ä', invalidSlug],
    ['a'.repeat(51), ['Ensure this field has no more than 50 characters.']],
    [null, ['This field may not be null.']],
    ['a\0', ['Null characters are not allowed.', ...invalidSlug]],
  ])('answers 400 for the slug %j', async (slug, messages) => {
    const { status, body } = await app.api.post('/flows/instances/', flowFields({ slug } as never));
    expect([status, body]).toEqual([400, { slug: messages }]);
  });
});

describe('A flow', () => {
  it('is found only by its slug, case-sensitively', async () => {
    const { slug, pk } = await createFlow(app.api, { slug: 'Found' });
    expect((await app.api.get(`/flows/instances/${slug}/`)).status).toBe(200);
    for (const other of [pk, 'found', 'FOUND', 'nope', '%20Found']) {
      const { status, body } = await app.api.get(`/flows/instances/${other}/`);
      expect([status, body]).toEqual(notFound);
    }
  });

  it('by PUT requires the fields of a new flow, and keeps omitted fields', async () => {
    const flow = await createFlow(app.api, { layout: 'sidebar_left', authentication: 'require_superuser' });
    const path = `/flows/instances/${flow.slug}/`;
    const change = { name: 'New', slug: flow.slug, title: 'New', designation: 'enrollment' };
    const { status, body } = await app.api.put(path, change);
    expect([status, body]).toEqual([200, { ...flow, ...change }]);
    expect((await app.api.put(path, { title: 'x' })).body).toEqual({
      name: required,
      slug: required,
      designation: required,
    });
  });

  it('by PATCH requires no field, and keeps omitted fields', async () => {
    const flow = await createFlow(app.api, { layout: 'sidebar_left' });
    const path = `/flows/instances/${flow.slug}/`;
    for (const json of [{}, undefined, { stages: ['x'], background: 'y', pk: 'z' }, { slug: flow.slug }]) {
      const { status, body } = await app.api.patch(path, json);
      expect([status, body]).toEqual([200, flow]);
    }
    const { body } = await app.api.patch(path, { compatibility_mode: 'on' });
    expect(body).toEqual({ ...flow, compatibility_mode: true });
  });

  it('is found by its new slug, and its old slug is available at once', async () => {
    const flow = await createFlow(app.api);
    const { stage } = await createBinding(app.api, { target: flow.pk });
    const moved = await app.api.patch(`/flows/instances/${flow.slug}/`, { slug: 'moved' });
    const export_url = '/api/v3/flows/instances/moved/export/';
    expect([moved.status, moved.body]).toEqual([200, { ...flow, slug: 'moved', export_url, stages: [stage] }]);
    const { status, body } = await app.api.get(`/flows/instances/${flow.slug}/`);
    expect([status, body]).toEqual(notFound);
    expect((await app.api.get('/flows/instances/moved/')).body.pk).toBe(flow.pk);
    expect((await createFlow(app.api, { slug: flow.slug })).pk).not.toBe(flow.pk);
    const back = await app.api.patch('/flows/instances/moved/', { slug: flow.slug });
    expect([back.status, back.body]).toEqual([400, { slug: ['Flow with this slug already exists.'] }]);
  });

  it('lists its stages, one entry for each binding', async () => {
    const flow = await createFlow(app.api);
    const [one, two] = [await createEmailStage(app.api), await createEmailStage(app.api)];
    await createBinding(app.api, { target: flow.pk, stage: two.pk, order: 1 });
    await createBinding(app.api, { target: flow.pk, stage: one.pk, order: 2 });
    await createBinding(app.api, { target: flow.pk, stage: two.pk, order: 3 });
    const { body } = await app.api.get(`/flows/instances/${flow.slug}/`);
    expect(body.stages.sort()).toEqual([one.pk, two.pk, two.pk].sort());
  });

  it('is deleted with its bindings, but without its stages', async () => {
    const flow = await createFlow(app.api);
    const binding = await createBinding(app.api, { target: flow.pk });
    const { status, body } = await app.api.delete(`/flows/instances/${flow.slug}/`);
    expect([status, body]).toEqual([204, undefined]);
    expect((await app.api.get(`/flows/bindings/${binding.pk}/`)).status).toBe(404);
    expect((await app.api.get(`/stages/email/${binding.stage}/`)).body.flow_set).toEqual([]);
    expect((await app.api.delete(`/flows/instances/${flow.slug}/`)).status).toBe(404);
  });

  it.each<[string, string]>([
    ['', '/static/dist/assets/images/flow_background.jpg'],
    ['https://goauthentik.io/img/icon.png', 'https://goauthentik.io/img/icon.png'],
    ['http://example.com/a.png', 'http://example.com/a.png'],
    ['/static/dist/custom.jpg', '/static/dist/custom.jpg'],
    ['flow-backgrounds/a.jpg', '/media/public/flow-backgrounds/a.jpg'],
  ])('with the stored background %j shows %s', async (stored, shown) => {
    const { pk, slug } = await createFlow(app.api);
    await app.dataSource.query('update "flow" set background = $1 where flow_uuid = $2', [stored, pk]);
    const { stage } = await createBinding(app.api, { target: pk });
    expect((await app.api.get(`/flows/instances/${slug}/`)).body.background).toBe(shown);
    expect((await app.api.get(`/stages/email/${stage}/`)).body.flow_set[0].background).toBe(shown);
  });
});
