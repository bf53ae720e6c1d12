import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

import { createActor } from '../factories/actor.js';
import { flowEntry, importEntries, importFile } from '../factories/blueprint.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

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
  const models = [
    'flows.flow',
    'flows.flowstagebinding',
    'flows.stage',
    'policies.policybinding',
    'stages_prompt.prompt',
  ];
  const names = (action: string): string[] => models.map((model) => `authentik_${model.replace('.', `.${action}_`)}`);
  const importer = [...names('add'), ...names('change')];
  const forbidden = 'entry invalid: You do not have permission to perform this action.';

  it('requires all permissions of the import', async () => {
    const text = stringify({ entries: [] });
    expect((await importFile((await createActor(app, importer)).api, text)).status).toBe(200);
    for (const missing of importer) {
      const { api } = await createActor(
        app,
        importer.filter((name) => name !== missing),
      );
      expect([missing, (await importFile(api, text)).status]).toEqual([missing, 403]);
    }
    expect((await importFile(app.client(undefined), text)).status).toBe(403);
  });

  it('requires permission to add each created object', async () => {
    const { api } = await createActor(app, importer);
    expect(await importEntries(api, [flowEntry(slug())])).toEqual([true, 'created']);
    expect(await importEntries(api, [stageEntry(slug())])).toEqual([false, forbidden]);
    expect(await importEntries(api, [{ model: 'authentik_core.group', identifiers: { name: slug() } }])).toEqual([
      false,
      forbidden,
    ]);
    const more = await createActor(app, [...importer, 'authentik_stages_email.add_emailstage']);
    expect(await importEntries(more.api, [stageEntry(slug())])).toEqual([true, 'created']);
  });

  it('requires permission to view and change updated objects, and to view and delete deleted objects', async () => {
    const { slug: name } = await createFlow(app.api);
    const view = 'authentik_flows.view_flow';
    const seeing = await createActor(app, [...importer, view]);
    const blind = await createActor(app, importer);
    const deleting = await createActor(app, [...importer, view, 'authentik_flows.delete_flow']);
    expect(await importEntries(blind.api, [flowEntry(name, { title: 'x' })])).toEqual([false, forbidden]);
    expect(await importEntries(blind.api, [flowEntry(name, {}, { state: 'created' })])).toEqual([false, forbidden]);
    expect(await importEntries(seeing.api, [flowEntry(name, { title: 'y' })])).toEqual([true, 'updated']);
    expect(await importEntries(seeing.api, [flowEntry(name, {}, { state: 'absent' })])).toEqual([false, forbidden]);
    expect((await flow(name)).title).toBe('y');
    expect(await importEntries(deleting.api, [flowEntry(name, {}, { state: 'absent' })])).toEqual([true, 'deleted']);
  });

  it.each(['authentik_core.token', 'authentik_core.user', 'authentik_rbac.role', 'authentik_flows.flowtoken'])(
    'cannot write users, tokens or roles: %s',
    async (model) => {
      const entry = {
        model,
        identifiers: { identifier: 'x', username: 'akadmin', name: 'x' },
        attrs: { key: 'y', password: 'z' },
      };
      expect(await run(entry)).toEqual([false, `entry invalid: Model ${model} not allowed`]);
    },
  );

  it.each([{ is_superuser: true }, { parent: null }, { users: [1] }, { roles: [] }])(
    'cannot set the members, parent or permissions of a group: %j',
    async (attrs) => {
      const [field] = Object.keys(attrs);
      expect(await run({ model: 'authentik_core.group', identifiers: { name: slug() }, attrs })).toEqual([
        false,
        `entry invalid: Serializer errors {"${field}":["This cannot be set by a file."]}`,
      ]);
    },
  );

  it('requires permission to add members to the group of new users', async () => {
    const entryFor = async (fields = {}): Promise<object> => ({
      model: 'authentik_stages_user_write.userwritestage',
      identifiers: { name: slug() },
      attrs: { create_users_group: (await createGroup(app.api, fields)).pk },
    });
    const entry = await entryFor();
    const writer = [...importer, 'authentik_stages_user_write.add_userwritestage'];
    expect(await importEntries((await createActor(app, writer)).api, [entry])).toEqual([false, forbidden]);
    const adder = await createActor(app, [...writer, 'authentik_core.add_user_to_group']);
    expect(await importEntries(adder.api, [entry])).toEqual([true, 'created']);
    expect(await importEntries(adder.api, [await entryFor({ is_superuser: true })])).toEqual([false, forbidden]);
  });
});

describe('Concurrent imports', () => {
  it('of the same file all succeed, and create its objects once', async () => {
    const name = slug();
    const [pk, stage] = [randomUUID(), randomUUID()];
    const entries = [
      flowEntry(name, {}, { identifiers: { slug: name, pk } }),
      stageEntry(name, {}, { identifiers: { name, pk: stage } }),
      { model: 'authentik_flows.flowstagebinding', identifiers: { target: pk, stage, order: 1 } },
    ];
    const results = await Promise.all(Array.from({ length: 6 }, () => run(...entries)));
    const events = results.map(([success, ...each]) => [success, each[0]]);
    expect(events.filter(([success]) => success)).toHaveLength(6);
    expect(events.filter(([, event]) => event === 'created')).toHaveLength(1);
    expect((await flow(name)).stages).toEqual([stage]);
  });

  it('and API writes are atomic', async () => {
    for (let round = 0; round < 5; round += 1) {
      const name = slug();
      const api = { name: 'By the API', slug: name, title: 'T', designation: 'recovery' };
      const [post, [success]] = await Promise.all([
        app.api.post('/flows/instances/', api),
        run(flowEntry(name, { name: 'By the file' }), stageEntry(name)),
      ]);
      const stages = (await app.api.get(`/stages/email/?name=${name}`)).body.results;
      expect(stages.length).toBe(success ? 1 : 0);
      expect([201, 400]).toContain(post.status);
      expect(success || post.status === 201).toBe(true);
    }
  });
});
