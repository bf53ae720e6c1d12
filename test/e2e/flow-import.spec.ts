import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

import { flowEntry, importEntries, importFile } from '../factories/blueprint.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { formWith } from '../factories/image.js';
import { rawRequest } from '../support/raw-request.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const run = (...entries: object[]): Promise<[boolean, ...string[]]> => importEntries(app.api, entries);
const flow = async (slug: string): Promise<any> => {
  const { status, body } = await app.api.get(`/flows/instances/${slug}/`);
  return status === 404 ? undefined : body;
};
let count = 0;
const slug = (): string => `flow-${(count += 1)}`;
const stageEntry = (name: string, attrs: object = {}, more: object = {}): object => ({
  model: 'authentik_stages_email.emailstage',
  identifiers: { name },
  attrs,
  ...more,
});

describe('An import', () => {
  it('reports the result of each entry and its position in the file', async () => {
    const name = slug();
    const text = `version: 1
entries:
  - model: authentik_flows.flow
    id: the-flow
    identifiers: {slug: ${name}}
    attrs: {name: Flow, title: Title, designation: recovery}
`;
    const { status, body } = await importFile(app.api, text);
    expect([status, body]).toEqual([
      200,
      {
        logs: [
          {
            timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
            log_level: 'info',
            logger: 'authentik.blueprints.v1.importer',
            event: 'created',
            attributes: {
              entry: 1,
              line: 3,
              id: 'the-flow',
              name,
              model: 'authentik_flows.flow',
              pk: (await flow(name)).pk,
            },
          },
        ],
        success: true,
      },
    ]);
  });

  it('answers 400 without a file, and 415 without a form', async () => {
    const nothing = { status: 400, body: { logs: [], success: false } };
    expect(await app.api.request('POST', '/flows/instances/import/', { raw: formWith(undefined) })).toMatchObject(
      nothing,
    );
    expect(await app.api.request('POST', '/flows/instances/import/')).toMatchObject(nothing);
    expect((await app.api.post('/flows/instances/import/', { file: 'x' })).status).toBe(415);
    const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'multipart/form-data; boundary=x' };
    const broken = { method: 'POST', headers, body: '--x\r\nContent-Disp' };
    const { status, body } = await rawRequest(app.url, '/api/v3/flows/instances/import/', broken);
    expect([status, body]).toEqual([400, expect.stringContaining('Multipart form parse error - ')]);
  });

  it('accepts JSON', async () => {
    const name = slug();
    expect((await importFile(app.api, JSON.stringify({ version: 1, entries: [flowEntry(name)] }))).body.success).toBe(
      true,
    );
    expect(await flow(name)).toMatchObject({ title: 'Title' });
  });

  it.each<[string, unknown, string]>([
    ['another version', { version: 3 }, 'entries must be a list.'],
    ['another version with entries', { version: 3, entries: [] }, 'Invalid blueprint version'],
    ['a list', [], 'The file is not a blueprint: it must be a mapping with entries.'],
    ['a word', 'blueprint', 'The file is not a blueprint: it must be a mapping with entries.'],
    ['no entries', { version: 1 }, 'entries must be a list.'],
    ['invalid entries', { version: 1, entries: ['x'] }, 'Entry 1 must be a mapping.'],
    ['an entry without a model', { version: 1, entries: [{ identifiers: { pk: 1 } }] }, 'Entry 1 must have a model.'],
    ['an invalid id', { version: 1, entries: [{ model: 'x', id: [] }] }, 'Entry 1: id must be a word.'],
    ['metadata without a name', { version: 1, entries: [], metadata: {} }, 'metadata must have a name.'],
    [
      'invalid labels',
      { version: 1, entries: [], metadata: { name: 'x', labels: 1 } },
      'metadata: labels must be a mapping.',
    ],
    ['an invalid context', { version: 1, entries: [], context: [] }, 'context must be a mapping.'],
  ])('reports an error in the format of a file: %s', async (_, file, message) => {
    const { status, body } = await importFile(app.api, stringify(file));
    expect([status, body.success, body.logs.map(({ event }) => event)]).toEqual([200, false, [message]]);
  });

  it.each<[string, object, string]>([
    ['an unknown model', { model: 'authentik_brands.brand', identifiers: { pk: 'x' } }, 'app or model does not exist'],
    [
      'an abstract model',
      { model: 'authentik_flows.stage', identifiers: { name: 'x' } },
      'entry invalid: Model authentik_flows.stage not allowed',
    ],
    ['no identifiers', { model: 'authentik_flows.flow', attrs: {} }, 'entry invalid: No or invalid identifiers'],
    [
      'no identifiers of a group',
      { model: 'authentik_core.Group', identifiers: {} },
      'entry invalid: No or invalid identifiers',
    ],
    [
      'no identifiers of a user',
      { model: 'authentik_core.User', identifiers: {} },
      'entry invalid: Model authentik_core.user not allowed',
    ],
    [
      'invalid identifiers',
      { model: 'authentik_flows.flow', identifiers: 'x' },
      'entry invalid: identifiers must be a mapping.',
    ],
    [
      'an unknown identifier field',
      flowEntry('x', {}, { identifiers: { colour: 'red' } }),
      'entry invalid: Invalid identifier field: colour',
    ],
    ['an invalid key', flowEntry('x', {}, { identifiers: { pk: 'x' } }), 'entry invalid: “x” is not a valid UUID.'],
    ['invalid attributes', { ...flowEntry('x'), attrs: [] }, 'entry invalid: attrs must be a mapping.'],
    ['invalid conditions', flowEntry('x', {}, { conditions: 'x' }), 'entry invalid: conditions must be a list.'],
    [
      'an unknown state',
      flowEntry('x', {}, { state: 'gone' }),
      'entry invalid: state must be one of present, created, must_created, absent.',
    ],
    [
      'permissions',
      flowEntry('x', {}, { permissions: [{ permission: 'view_flow', user: 1 }] }),
      'entry invalid: Permissions cannot be imported.',
    ],
    [
      'values that the API refuses',
      { model: 'authentik_flows.flow', identifiers: { slug: 'a b' }, attrs: { title: '', designation: 'party' } },
      'entry invalid: Serializer errors {"name":["This field is required."],"slug":["Enter a valid \\"slug\\" consisting of ' +
        'letters, numbers, underscores or hyphens."],"title":["This field may not be blank."],"designation":["\\"party\\" is ' +
        'not a valid choice."]}',
    ],
    [
      'invalid references',
      {
        model: 'authentik_flows.flowstagebinding',
        identifiers: { target: randomUUID(), order: 'x' },
        attrs: { stage: 'nothing' },
      },
      expect.stringMatching(
        /^entry invalid: Serializer errors {"target":\["Invalid pk .*"stage":\["“nothing” is not.*"order":/,
      ),
    ],
    [
      'a validation of several fields',
      { model: 'authentik_stages_identification.identificationstage', identifiers: { name: 'nobody' } },
      'entry invalid: Serializer errors {"non_field_errors":["When no user fields are selected, at least one source must be selected"]}',
    ],
  ])('reports an error in an entry, and keeps nothing of the file: %s', async (_, entry, message) => {
    const before = slug();
    expect(await run(flowEntry(before), entry, flowEntry(slug()))).toEqual([false, 'created', message]);
    expect(await flow(before)).toBeUndefined();
  });

  it('reports attributes without effect', async () => {
    const name = slug();
    const { body } = await importFile(
      app.api,
      stringify({ entries: [flowEntry(name, { title: 'T', titel: 'x', pk: 'y' })] }),
    );
    expect(body.logs).toMatchObject([
      {
        log_level: 'warning',
        event: 'created; some attributes have no effect',
        attributes: { attributes: ['titel', 'pk'] },
      },
    ]);
  });

  it('never repeats submitted values in its response', async () => {
    const secret = 'correct-horse-battery';
    const { body } = await importFile(
      app.api,
      stringify({
        entries: [
          stageEntry('with a secret', { password: secret }),
          stageEntry('wrong', { password: secret, port: 'x' }),
        ],
      }),
    );
    expect([body.success, JSON.stringify(body).includes(secret)]).toEqual([false, false]);
  });
});

describe('An entry', () => {
  it('is found by its key or other identifiers, and changes only its attributes', async () => {
    const { slug: name, pk } = await createFlow(app.api, { layout: 'sidebar_left', title: 'Before' });
    expect(
      await run({ model: 'authentik_flows.flow', identifiers: { slug: name }, attrs: { title: 'By slug' } }),
    ).toEqual([true, 'updated']);
    expect(await flow(name)).toMatchObject({ pk, title: 'By slug', layout: 'sidebar_left' });
    expect(
      await run({ model: 'AUTHENTIK_FLOWS.Flow', identifiers: { pk: pk.toUpperCase() }, attrs: { title: 'By key' } }),
    ).toEqual([true, 'updated']);
    expect(await flow(name)).toMatchObject({ pk, title: 'By key', layout: 'sidebar_left' });
    const other = randomUUID();
    expect(await run({ model: 'authentik_flows.flow', identifiers: { pk: other, slug: name }, attrs: {} })).toEqual([
      true,
      'updated',
    ]);
    expect((await flow(name)).pk).toBe(pk);
  });

  it('is created with the key from the file', async () => {
    const [name, pk] = [slug(), randomUUID()];
    expect(await run(flowEntry(name, {}, { identifiers: { slug: name, pk } }))).toEqual([true, 'created']);
    expect((await flow(name)).pk).toBe(pk);
  });

  it('with the key of an object of another model is refused', async () => {
    const { pk } = await createDummyStage(app.api);
    expect(await run(stageEntry('x', {}, { identifiers: { pk, name: slug() } }))).toEqual([
      false,
      'entry invalid: Serializer errors {"pk":["An object of another model has this key."]}',
    ]);
  });

  it('with the name of a stage of another kind is refused', async () => {
    const { name } = await createDummyStage(app.api);
    expect(await run(stageEntry(name))).toEqual([
      false,
      'entry invalid: Serializer errors {"name":["stage with this name already exists."]}',
    ]);
  });

  it('can be referred to by its key in the file, even if the stored key differs', async () => {
    const { name, pk } = await createEmailStage(app.api);
    const [there, target, elsewhere] = [slug(), randomUUID(), randomUUID()];
    const binding = { target, stage: elsewhere.toUpperCase(), order: 5 };
    expect(
      await run(
        flowEntry(there, {}, { identifiers: { pk: target, slug: there } }),
        stageEntry(name, {}, { identifiers: { pk: elsewhere, name } }),
        { model: 'authentik_flows.flowstagebinding', identifiers: binding },
      ),
    ).toEqual([true, 'created', 'updated', 'created']);
    expect((await flow(there)).stages).toEqual([pk]);
  });

  it('can contain references in the form of objects', async () => {
    const { pk: target, slug: name } = await createFlow(app.api);
    const { pk: stage } = await createDummyStage(app.api);
    const identifiers = { target: { pk: target }, stage: { pk: stage, name: 'x' }, order: 1 };
    expect(await run({ model: 'authentik_flows.flowstagebinding', identifiers })).toEqual([true, 'created']);
    expect((await flow(name)).stages).toEqual([stage]);
  });

  it('with another key than an earlier entry is another object, even if the other identifiers are equal', async () => {
    const { pk: target } = await createFlow(app.api);
    const { pk: group } = await createGroup(app.api);
    const binding = (attrs: object): object => ({
      model: 'authentik_policies.policybinding',
      identifiers: { pk: randomUUID(), policy: null, target, order: 0 },
      attrs,
    });
    const entries = [binding({ user: 1 }), binding({ group })];
    expect(await run(...entries)).toEqual([true, 'created', 'created']);
    expect(await run(...entries)).toEqual([true, 'updated', 'updated']);
    const { results } = (await app.api.get(`/policies/bindings/?target=${target}`)).body;
    expect(results.map(({ user, group }: any) => [user, group]).sort()).toEqual(
      [
        [1, null],
        [null, group],
      ].sort(),
    );
  });

  it('of a prompt is not duplicated by a second import', async () => {
    const prompt = {
      model: 'authentik_stages_prompt.prompt',
      identifiers: { pk: randomUUID() },
      attrs: { name: slug(), field_key: 'notice', label: 'Notice', type: 'static', initial_value: 'Hello', order: 0 },
    };
    const all = async (): Promise<number> => (await app.api.get('/stages/prompt/prompts/')).body.pagination.count;
    const before = await all();
    expect(await run(prompt)).toEqual([true, 'created']);
    expect(await run(prompt)).toEqual([true, 'updated']);
    expect(await all()).toBe(before + 1);
  });

  it('is skipped if a condition is not met', async () => {
    const names = [slug(), slug(), slug(), slug()];
    const conditions = [[true, 1, 'x', [0]], [true, ''], [0], [{}]];
    expect(await run(...names.map((name, index) => flowEntry(name, {}, { conditions: conditions[index] })))).toEqual([
      true,
      'created',
      'skipped',
      'skipped',
      'skipped',
    ]);
    expect((await Promise.all(names.map(flow))).map(Boolean)).toEqual([true, false, false, false]);
  });

  it('is created, updated, skipped or deleted according to its state', async () => {
    const name = slug();
    const entry = (state: string, title: string): object => flowEntry(name, { title }, { state });
    const title = async (): Promise<string> => (await flow(name))?.title;
    expect([await run(entry('absent', 'x')), await title()]).toEqual([[true, 'skipped'], undefined]);
    expect([await run(entry('created', 'one')), await title()]).toEqual([[true, 'created'], 'one']);
    expect([await run(entry('created', 'two')), await title()]).toEqual([[true, 'skipped'], 'one']);
    expect([await run(entry('present', 'three')), await title()]).toEqual([[true, 'updated'], 'three']);
    expect([await run(entry('must_created', 'four')), await title()]).toEqual([
      [false, 'entry invalid: State is set to must_created and object exists already'],
      'three',
    ]);
    expect([await run({ ...entry('absent', ''), attrs: {} }), await title()]).toEqual([[true, 'deleted'], undefined]);
    expect([await run(entry('must_created', 'five')), await title()]).toEqual([[true, 'created'], 'five']);
  });

  it('that deletes a stage deletes its bindings', async () => {
    const { name, pk } = await createEmailStage(app.api);
    const { slug: there, pk: target } = await createFlow(app.api);
    await app.api.post('/flows/bindings/', { target, stage: pk, order: 1 });
    expect(await run(stageEntry(name, {}, { state: 'absent' }))).toEqual([true, 'deleted']);
    expect((await flow(there)).stages).toEqual([]);
  });
});
