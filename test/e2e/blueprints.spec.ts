import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

import { createActor } from '../factories/actor.js';
import { flowEntry } from '../factories/blueprint.js';
import { created } from '../factories/created.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'email-stage-'));
  await writeFile(join(folder, 'mine.yaml'), text('from-a-file'));
  await writeFile(join(folder, 'broken.yaml'), 'a: b: c');
  app = await startTestApp({ BLUEPRINT_DIR: folder });
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true });
});

let count = 0;
const name = (): string => `blueprint ${(count += 1)}`;
function text(slug: string, more: object = {}): string {
  return stringify({
    version: 1,
    metadata: { name: 'A file', labels: { a: 'b' } },
    entries: [flowEntry(slug)],
    ...more,
  });
}
const create = (fields: object): Promise<any> =>
  created(app.api.post('/managed/blueprints/', { name: name(), ...fields }));
const refused = async (fields: object): Promise<unknown> => {
  const { status, body } = await app.api.post('/managed/blueprints/', { name: name(), ...fields });
  return [status, body];
};
const apply = async (pk: string, { api } = app): Promise<any> =>
  (await api.post(`/managed/blueprints/${pk}/apply/`)).body;
const flow = async (slug: string): Promise<any> => {
  const { status, body } = await app.api.get(`/flows/instances/${slug}/`);
  return status === 404 ? undefined : body;
};

describe('A blueprint', () => {
  it('is a text or a file, and is not applied on creation', async () => {
    const content = text('by-content');
    const blueprint = await create({ content });
    expect(blueprint).toEqual({
      pk: expect.any(String),
      name: expect.any(String),
      path: '',
      context: {},
      last_applied: expect.stringMatching(/Z$/),
      last_applied_hash: '',
      status: 'unknown',
      enabled: true,
      managed_models: [],
      metadata: {},
      content,
    });
    expect(await flow('by-content')).toBeUndefined();
    expect(await create({ path: 'mine.yaml' })).toMatchObject({ path: 'mine.yaml', content: '' });
  });

  it('is applied on request, and returns the result', async () => {
    const { pk } = await create({ path: 'mine.yaml' });
    expect(await apply(pk)).toMatchObject({
      status: 'successful',
      last_applied_hash: expect.stringMatching(/^[0-9a-f]{128}$/),
      metadata: { name: 'A file', labels: { a: 'b' } },
      managed_models: ['authentik_flows.flow'],
    });
    expect(await flow('from-a-file')).toMatchObject({ title: 'Title' });
  });

  it('has a context, which overrides the context in its text', async () => {
    const entries =
      '[{model: authentik_flows.flow, identifiers: {slug: with-context}, attrs: {name: !Context a, title: !Context b, designation: recovery}}]';
    const content = `context: {a: of the text, b: of the text}\nentries: ${entries}\n`;
    const { pk } = await create({ content, context: { b: 'its own' } });
    expect(await apply(pk)).toMatchObject({ status: 'successful' });
    expect(await flow('with-context')).toMatchObject({ name: 'of the text', title: 'its own' });
  });

  it('is in error and changes nothing if it is invalid or its file is missing when applied', async () => {
    const { pk } = await create({ path: 'broken.yaml' });
    expect(await apply(pk)).toMatchObject({ status: 'error', last_applied_hash: '' });
    await writeFile(join(folder, 'short-lived.yaml'), text('short-lived'));
    const other = await create({ path: 'short-lived.yaml' });
    await rm(join(folder, 'short-lived.yaml'));
    expect(await apply(other.pk)).toMatchObject({ status: 'error' });
    expect(await flow('short-lived')).toBeUndefined();
  });

  it('is not applied if it is disabled', async () => {
    const blueprint = await create({ content: text('not-enabled'), enabled: false });
    expect(await apply(blueprint.pk)).toEqual(blueprint);
    expect(await flow('not-enabled')).toBeUndefined();
  });

  it('requires a valid text or an existing file', async () => {
    const nothing = [400, { non_field_errors: ['Either path or content must be set.'] }];
    expect(await refused({})).toEqual(nothing);
    expect(await refused({ path: '', content: '' })).toEqual(nothing);
    for (const path of [
      'nothing.yaml',
      '../secret.yaml',
      '/etc/passwd',
      `${folder}/mine.yaml`,
      './mine.yaml',
      'oci://x/y:z',
    ]) {
      expect([path, await refused({ path })]).toEqual([path, [400, { path: ['Blueprint file does not exist'] }]]);
    }
    const invalid = (message: string): unknown => [400, { content: ['Failed to validate blueprint', message] }];
    expect(await refused({ content: 'a: b: c' })).toEqual(
      invalid('Nested mappings are not allowed in compact mappings'),
    );
    const entries = [{ model: 'authentik_core.token', identifiers: { identifier: 'x' } }];
    expect(await refused({ content: stringify({ entries }) })).toEqual(
      invalid('entry invalid: Model authentik_core.token not allowed'),
    );
    expect(await refused({ content: text('x'), context: [] })).toEqual([
      400,
      { context: ['Value must be a dictionary, and not have any duplicate keys.'] },
    ]);
  });

  it('has a unique combination of name and path', async () => {
    const twice = name();
    const { pk } = await create({ name: twice, content: text('x') });
    const taken = [400, { non_field_errors: ['The fields name, path must make a unique set.'] }];
    expect(await refused({ name: twice, content: text('y') })).toEqual(taken);
    await create({ name: twice, path: 'mine.yaml' });
    const { status } = await app.api.put(`/managed/blueprints/${pk}/`, { name: twice });
    expect(status).toBe(200);
  });

  it('is changed field by field, with the validation of a new blueprint', async () => {
    const { pk, ...before } = await create({ content: text('changing') });
    const path = `/managed/blueprints/${pk}/`;
    expect((await app.api.patch(path, { enabled: false })).body).toEqual({ pk, ...before, enabled: false });
    expect((await app.api.patch(path, { content: '' })).body).toEqual({
      non_field_errors: ['Either path or content must be set.'],
    });
    expect((await app.api.patch(path, { content: 'x' })).status).toBe(400);
    const replaced = await app.api.put(path, { name: before.name, path: 'mine.yaml', content: '' });
    expect(replaced.body).toMatchObject({ path: 'mine.yaml', content: '', enabled: false });
    expect((await app.api.delete(path)).status).toBe(204);
    expect((await app.api.get(path)).status).toBe(404);
  });

  it('is listed, filtered and sorted', async () => {
    const wanted = await create({ name: 'zzz wanted', content: text('x') });
    const pks = async (query: string): Promise<string[]> =>
      (await app.api.get(`/managed/blueprints/?${query}`)).body.results.map(({ pk }: any) => pk);
    expect(await pks('name=zzz%20wanted')).toEqual([wanted.pk]);
    expect(await pks('search=ZZZ')).toEqual([wanted.pk]);
    expect((await pks('ordering=-name'))[0]).toBe(wanted.pk);
    expect(await pks('path=mine.yaml')).not.toContain(wanted.pk);
    expect((await app.api.get(`/managed/blueprints/${wanted.pk}/used_by/`)).body).toEqual([]);
  });
});

describe('The available files', () => {
  it('are listed with their metadata', async () => {
    const files = (await app.api.get('/managed/blueprints/available/')).body;
    expect(files.map(({ path }: any) => path)).toEqual([
      'broken.yaml',
      'default-email-change-flow.yaml',
      'default-enrollment-flow.yaml',
      'default-recovery-flow.yaml',
      'default-sign-in-flow.yaml',
      'mine.yaml',
      'password-policy.yaml',
    ]);
    expect(files.at(-2)).toEqual({
      path: 'mine.yaml',
      last_m: expect.stringMatching(/Z$/),
      hash: expect.stringMatching(/^[0-9a-f]{128}$/),
      meta: { name: 'A file', labels: { a: 'b' } },
    });
    expect(files[0].meta).toEqual({ name: 'broken.yaml', labels: {} });
  });
});

describe('A caller with permissions on blueprints', () => {
  const all = ['view', 'add', 'change', 'delete'].map((action) => `authentik_blueprints.${action}_blueprintinstance`);

  it('cannot write more with a blueprint than through the API', async () => {
    const content = text('not-theirs');
    const { pk } = await create({ content });
    const actor = await createActor(app, all);
    expect(await apply(pk, actor as never)).toMatchObject({ status: 'error' });
    expect(await flow('not-theirs')).toBeUndefined();
    expect((await actor.api.post('/managed/blueprints/', { name: name(), content })).body).toEqual({
      content: ['Failed to validate blueprint', 'entry invalid: You do not have permission to perform this action.'],
    });
    const more = await createActor(app, [...all, 'authentik_flows.add_flow']);
    expect(await apply(pk, more as never)).toMatchObject({ status: 'successful' });
  });

  it('answers 403 for the context of a file, which only superusers can set', async () => {
    const { api } = await createActor(app, all);
    const [file] = (await app.api.get('/managed/blueprints/available/')).body;
    const forFile = { name: name(), path: file.path };
    const context = { any: 'thing' };
    expect((await api.post('/managed/blueprints/', { ...forFile, context })).status).toBe(403);
    const { pk } = (await api.post('/managed/blueprints/', forFile)).body;
    expect((await api.patch(`/managed/blueprints/${pk}/`, { context })).status).toBe(403);
    expect((await app.api.patch(`/managed/blueprints/${pk}/`, { context })).status).toBe(200);
    expect((await api.patch(`/managed/blueprints/${pk}/`, { name: name() })).status).toBe(200);
  });

  it('requires permission to view, add and change to apply one, and to view to list the files', async () => {
    const { pk } = await create({ content: text('x') });
    const [view, add, change] = all as [string, string, string];
    for (const [permissions, applied, seen] of [
      [[], 403, 403],
      [[view], 403, 200],
      [[view, add], 403, 200],
      [[view, change], 403, 200],
      [[view, add, change], 200, 200],
    ] as const) {
      const { api } = await createActor(app, permissions);
      const { status } = await api.post(`/managed/blueprints/${pk}/apply/`);
      expect([permissions, status, (await api.get('/managed/blueprints/available/')).status]).toEqual([
        permissions,
        applied,
        seen,
      ]);
    }
  });
});

describe('A blueprint with unknown models', () => {
  const captcha = 'authentik_stages_captcha.captchastage';
  const content = text('with-unknown-kinds', {
    entries: [flowEntry('with-unknown-kinds'), { model: captcha, identifiers: { name: 'x' } }],
  });

  it('is refused', async () => {
    expect(await refused({ content })).toEqual([
      400,
      { content: ['Failed to validate blueprint', 'app or model does not exist'] },
    ]);
  });

  it('is applied without them if its context has `on_unknown: skip`, and an event lists them', async () => {
    const blueprint = await create({ content, context: { on_unknown: 'skip' } });
    expect(await apply(blueprint.pk)).toMatchObject({
      status: 'successful',
      managed_models: ['authentik_flows.flow'],
    });
    const { results } = (await app.api.get('/events/events/?action=configuration_error&ordering=-created')).body;
    expect(results[0].context.message).toBe(`Blueprint ${blueprint.name} was imported without: ${captcha}`);
  });
});
