import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { allow, createActor } from '../factories/actor.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createPrompt, createPromptStage } from '../factories/prompt.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const prompts = '/stages/prompt/prompts/';
const stages = '/stages/prompt/stages/';
const required = ['This field is required.'];

describe('A prompt', () => {
  it('has authentik’s defaults and field order', async () => {
    const needed = { name: 'defaults', field_key: 'email', label: 'Email', type: 'email' };
    const { status, body } = await app.api.post(prompts, needed);
    expect(status).toBe(201);
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        pk: body.pk,
        ...needed,
        required: true,
        placeholder: '',
        initial_value: '',
        order: 0,
        promptstage_set: [],
        sub_text: '',
        placeholder_expression: false,
        initial_value_expression: false,
      }),
    );
  });

  it('reports all invalid fields at once, in the order of the fields', async () => {
    const { name } = await createPrompt(app.api);
    const { status, body } = await app.api.post(prompts, {
      initial_value_expression: 'x',
      placeholder_expression: null,
      sub_text: [],
      promptstage_set: [{ name: '' }],
      order: 'x',
      initial_value: {},
      placeholder: 'a\0',
      required: 2,
      type: 'no-such',
      label: '',
      field_key: ' ',
      name,
    });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        name: ['Prompt with this name already exists.'],
        field_key: ['This field may not be blank.'],
        label: ['This field may not be blank.'],
        type: ['"no-such" is not a valid choice.'],
        required: ['Must be a valid boolean.'],
        placeholder: ['Null characters are not allowed.'],
        initial_value: ['Not a valid string.'],
        order: ['A valid integer is required.'],
        promptstage_set: [{ name: ['This field may not be blank.'] }],
        sub_text: ['Not a valid string.'],
        placeholder_expression: ['This field may not be null.'],
        initial_value_expression: ['Must be a valid boolean.'],
      }),
    );
    expect((await app.api.post(prompts, {})).body).toEqual({
      name: required,
      field_key: required,
      label: required,
      type: required,
    });
  });

  it('may share its key with other prompts', async () => {
    const [one, other] = [await createPrompt(app.api), await createPrompt(app.api)];
    expect(one.field_key).toBe(other.field_key);
  });

  it('ignores promptstage_set in an update', async () => {
    const { pk } = await createPrompt(app.api);
    const { status, body } = await app.api.patch(`${prompts}${pk}/`, { promptstage_set: [{ name: randomUUID() }] });
    expect([status, body.promptstage_set]).toEqual([200, []]);
  });

  it('is removed from its stages when it is deleted', async () => {
    const stage = await createPromptStage(app.api, [{}, {}]);
    const [first, second] = stage.fields;
    expect((await app.api.delete(`${prompts}${first}/`)).status).toBe(204);
    expect((await app.api.get(`${stages}${stage.pk}/`)).body.fields).toEqual([second]);
  });

  it('can be previewed with the permission to add prompts, without being stored', async () => {
    const preview = { field_key: 'colour', label: 'Colour', type: 'radio-button-group', placeholder: 'red\n\n blue ' };
    const { status, body } = await app.api.post(`${prompts}preview/`, preview);
    expect(status).toBe(200);
    expect(body.fields).toMatchObject([{ placeholder: '', initial_value: 'red', choices: ['red', 'blue'] }]);
    const again = { ...preview, name: (await createPrompt(app.api)).name, initial_value: 'blue' };
    expect((await app.api.post(`${prompts}preview/`, again)).body.fields[0].initial_value).toBe('blue');
    expect((await app.api.post(`${prompts}preview/`, { type: 'x' })).body).toEqual({
      field_key: required,
      label: required,
      type: ['"x" is not a valid choice.'],
    });
    const actor = await createActor(app, ['authentik_stages_prompt.view_prompt']);
    expect((await actor.api.post(`${prompts}preview/`, preview)).status).toBe(403);
    await allow(app, actor.user.pk, { permissions: ['authentik_stages_prompt.add_prompt'] });
    expect((await actor.api.post(`${prompts}preview/`, preview)).status).toBe(200);
  });

  it('can be sorted by every column, and is sorted by field key by default', async () => {
    await createPrompt(app.api, { field_key: 'zz' });
    await createPrompt(app.api, { field_key: 'aa' });
    const { body } = await app.api.get(prompts);
    const keys = body.results.map(({ field_key }: { field_key: string }) => field_key);
    expect(keys).toEqual([...keys].sort());
    const names = Object.keys(body.results[0]).filter((name) => name !== 'promptstage_set');
    for (const name of names) expect((await app.api.get(`${prompts}?ordering=-${name}`)).status, name).toBe(200);
  });
});

describe('A prompt stage', () => {
  it('requires at least one existing field, and drops duplicates', async () => {
    const name = randomUUID();
    const { pk } = await createPrompt(app.api);
    expect((await app.api.post(stages, { name })).body).toEqual({ fields: required });
    expect((await app.api.post(stages, { name, fields: [] })).body).toEqual({
      fields: ['This list may not be empty.'],
    });
    const nothing = randomUUID();
    expect((await app.api.post(stages, { name, fields: [pk, nothing], validation_policies: [pk] })).body).toEqual({
      fields: [`Invalid pk "${nothing}" - object does not exist.`],
      validation_policies: [`Invalid pk "${pk}" - object does not exist.`],
    });
    const { status, body } = await app.api.post(stages, { name, fields: [pk, pk], validation_policies: [] });
    expect([status, body.fields, body.validation_policies]).toEqual([201, [pk], []]);
  });

  it('lists its fields in display order', async () => {
    const last = await createPrompt(app.api, { order: 9 });
    const second = await createPrompt(app.api, { order: 1, name: 'order b' });
    const first = await createPrompt(app.api, { order: 1, name: 'order a' });
    const fields = [last.pk, second.pk, first.pk];
    const { body } = await app.api.post(stages, { name: randomUUID(), fields });
    expect(body.fields).toEqual([first.pk, second.pk, last.pk]);
  });

  it('keeps its fields unless an update replaces them', async () => {
    const stage = await createPromptStage(app.api, [{}, {}]);
    const { pk } = await createPrompt(app.api);
    const renamed = await app.api.patch(`${stages}${stage.pk}/`, { name: randomUUID() });
    expect(renamed.body.fields).toEqual(stage.fields);
    expect((await app.api.patch(`${stages}${stage.pk}/`, { fields: [pk] })).body.fields).toEqual([pk]);
    expect((await app.api.patch(`${stages}${stage.pk}/`, { fields: [] })).status).toBe(400);
  });

  it('has a unique name among all stages', async () => {
    const { pk } = await createPrompt(app.api);
    const one = await createPromptStage(app.api, [{}]);
    const mail = await createEmailStage(app.api);
    expect((await app.api.post(stages, { name: one.name, fields: [pk] })).body).toEqual({
      name: ['This field must be unique.'],
    });
    expect((await app.api.post(stages, { name: mail.name, fields: [pk] })).body).toEqual({
      name: ['stage with this name already exists.'],
    });
    expect((await app.api.patch(`${stages}${one.pk}/`, { name: one.name })).status).toBe(200);
  });

  it('can be filtered by its fields', async () => {
    const stage = await createPromptStage(app.api, [{}, {}]);
    const [first, second] = stage.fields;
    const other = (await createPrompt(app.api)).pk;
    const find = (query: string): Promise<{ body: any }> => app.api.get(`${stages}?${query}`);
    expect((await find(`fields=${first}&fields=${second}`)).body.results).toEqual([stage]);
    expect((await find(`fields=${other}`)).body.results).toEqual([]);
    const nothing = randomUUID();
    expect((await find(`fields=${nothing}&validation_policies=${nothing}`)).body).toEqual({
      fields: [`Select a valid choice. ${nothing} is not one of the available choices.`],
      validation_policies: [`Select a valid choice. ${nothing} is not one of the available choices.`],
    });
  });

  it('does not delete its prompts when it is deleted', async () => {
    const stage = await createPromptStage(app.api, [{}]);
    expect((await app.api.delete(`/stages/all/${stage.pk}/`)).status).toBe(204);
    expect((await app.api.get(`${prompts}${stage.fields[0]}/`)).body.promptstage_set).toEqual([]);
  });
});
