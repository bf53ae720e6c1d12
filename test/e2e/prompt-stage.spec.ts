import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

type Fields = Parameters<typeof createPromptStage>[1];

const component = 'ak-stage-prompt';
const end = { component: 'xak-flow-redirect', to: '/' };
const signUp = [
  { field_key: 'username', type: 'username' as const, label: 'Username' },
  { field_key: 'password', type: 'password' as const, label: 'Password' },
  { field_key: 'password_repeat', type: 'password' as const, label: 'Password (repeat)' },
];

/** Creates a flow with a form for each list of fields. @returns its slug */
async function forms(...all: Fields[]): Promise<string> {
  const stages: string[] = [];
  for (const fields of all) stages.push((await createPromptStage(app.api, fields)).pk);
  return (await createFlowWith(app.api, stages, { designation: 'enrollment' })).flow.slug;
}

function details(string: string, code = 'invalid'): unknown {
  return [{ string, code }];
}

describe('A prompt stage', () => {
  it('shows its fields in order, and accepts a complete response', async () => {
    const slug = await forms([
      { field_key: 'second', order: 2, label: 'Two' },
      { field_key: 'first', order: 1, label: 'One', placeholder: 'hint', sub_text: 'below' },
    ]);
    const visitor = new Visitor(app.url);
    const challenge = await visitor.see(slug);
    expect(challenge).toMatchObject({ component, flow_info: { title: 'Title' } });
    expect(challenge.fields.map(({ field_key }: { field_key: string }) => field_key)).toEqual(['first', 'second']);
    expect(challenge.fields[0]).toMatchObject({ label: 'One', placeholder: 'hint', sub_text: 'below', choices: null });
    expect(await visitor.answer(slug, { component, first: 'a', second: 'b' })).toEqual(end);
  });

  it.each([{}, null, [], 'text', { component: 'ak-stage-dummy' }, { other: 'x' }])(
    'rejects %j and shows the form again',
    async (body) => {
      const slug = await forms([{ field_key: 'name' }]);
      const visitor = new Visitor(app.url);
      const again = await visitor.answer(slug, body);
      expect(again).toMatchObject({ component, fields: [{ field_key: 'name' }] });
      expect(Object.keys(again.response_errors)).toHaveLength(1);
      expect(await visitor.answer(slug, { name: 'x' })).toEqual(end);
    },
  );

  it('reports errors with authentik’s codes', async () => {
    const slug = await forms([
      { field_key: 'email', type: 'email' },
      { field_key: 'colour', type: 'dropdown', placeholder: 'red\nblue' },
      { field_key: 'name' },
    ]);
    const again = await new Visitor(app.url).answer(slug, { email: 'x', colour: 'green', name: '' });
    expect(again.response_errors).toEqual({
      email: details('Enter a valid email address.'),
      colour: details('"green" is not a valid choice.', 'invalid_choice'),
      name: details('This field may not be blank.', 'blank'),
    });
  });

  it('requires both passwords to match, and never returns them', async () => {
    const slug = await forms(signUp);
    const visitor = new Visitor(app.url);
    const typed = { username: 'new-one', password: 'typed-secret-1', password_repeat: 'typed-secret-2' };
    const again = await visitor.answer(slug, typed);
    expect(again.response_errors).toEqual({ non_field_errors: details("Passwords don't match.") });
    expect(JSON.stringify(again)).not.toContain('typed-secret');
    expect(await visitor.answer(slug, { ...typed, password_repeat: typed.password })).toEqual(end);
  });

  it('refuses a taken user name in any letter case, and accepts an available one', async () => {
    const { username } = await createUser(app.api, { username: 'Taken-Name' });
    const slug = await forms(signUp);
    const visitor = new Visitor(app.url);
    const passwords = { password: 'a new secret', password_repeat: 'a new secret' };
    for (const taken of [username, 'taken-name', ' TAKEN-NAME ']) {
      const again = await visitor.answer(slug, { username: taken, ...passwords });
      expect(again.response_errors).toEqual({ username: details('Username is already taken.') });
    }
    expect(await visitor.answer(slug, { username: 'free-name', ...passwords })).toEqual(end);
  });

  it('accepts the pending user’s own name', async () => {
    const user = await createUser(app.api, { username: 'keeper' });
    const identification = await createStage(app.api, 'identification');
    const form = await createPromptStage(app.api, [signUp[0]!]);
    const { flow } = await createFlowWith(app.api, [identification.pk, form.pk]);
    const visitor = new Visitor(app.url);
    await visitor.answer(flow.slug, { uid_field: user.username });
    expect(await visitor.answer(flow.slug, { username: 'Keeper' })).toEqual(end);
  });

  it('ignores submitted values of hidden and static fields', async () => {
    const fixed = [
      { field_key: 'plan', type: 'hidden' as const, initial_value: 'basic' },
      { field_key: 'note', type: 'static' as const, placeholder: 'as it is' },
    ];
    const shown = fixed.map(({ field_key }) => ({ field_key, type: 'text_read_only' as const }));
    const slug = await forms(fixed, shown);
    const visitor = new Visitor(app.url);
    const second = await visitor.answer(slug, { plan: 'gold', note: 'forged' });
    expect(second.fields).toMatchObject([{ initial_value: 'basic' }, { initial_value: 'as it is' }]);
    expect(await visitor.answer(slug, { plan: 'gold' })).toEqual(end);
  });

  it('fills in the earlier answer with the same key', async () => {
    const slug = await forms([{ field_key: 'name' }], [{ field_key: 'name' }, { field_key: 'other' }]);
    const second = await new Visitor(app.url).answer(slug, { name: 'Alice', other: 'not asked yet' });
    expect(second.fields).toMatchObject([{ initial_value: 'Alice' }, { initial_value: '' }]);
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'treats a field with the key %s like any other field',
    async (key) => {
      const slug = await forms([{ field_key: key }], [{ field_key: key, required: false }]);
      const visitor = new Visitor(app.url);
      expect((await visitor.see(slug)).fields).toMatchObject([{ field_key: key, initial_value: '' }]);
      expect((await visitor.answer(slug, {})).response_errors).toEqual(
        Object.fromEntries([[key, details('This field is required.', 'required')]]),
      );
      const answer = JSON.parse(`{"${key}":"value"}`) as object;
      expect((await visitor.answer(slug, answer)).fields).toMatchObject([{ initial_value: 'value' }]);
      expect(({} as Record<string, unknown>)['value']).toBeUndefined();
    },
  );

  it('accepts an empty response after its last field was deleted during the run', async () => {
    const form = await createPromptStage(app.api, [{}]);
    const { flow } = await createFlowWith(app.api, [form.pk]);
    const visitor = new Visitor(app.url);
    await visitor.see(flow.slug);
    await app.api.delete(`/stages/prompt/prompts/${form.fields[0]}/`);
    expect(await visitor.see(flow.slug)).toMatchObject({ component, fields: [] });
    expect(await visitor.answer(flow.slug, {})).toEqual(end);
  });
});
