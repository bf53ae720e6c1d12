import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { FlowImportResultDto } from '../../src/flows/transfer/dto/flow-import.dto.js';
import { createActor } from '../factories/actor.js';
import { importEntries, importFile } from '../factories/blueprint.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { createUser } from '../factories/user.js';
import type { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ BLUEPRINT_ENV: 'TITLE_OF_THE_TEST, UNSET_IN_THE_TEST' });
  process.env['TITLE_OF_THE_TEST'] = 'From the environment';
});
afterAll(async () => {
  delete process.env['TITLE_OF_THE_TEST'];
  await app.stop();
});

const imported = async (text: string, api: ApiClient = app.api): Promise<FlowImportResultDto> =>
  (await importFile(api, text)).body;
const events = ({ logs }: FlowImportResultDto): string[] => logs.map(({ event }) => event);
const flow = async (slug: string): Promise<any> => (await app.api.get(`/flows/instances/${slug}/`)).body;

describe('The specification’s enrollment flow with email verification', () => {
  it('is created from its file, and updated by a second import', async () => {
    const file = await readFile(
      new URL('../blueprints/enrollment-with-email-verification.yaml', import.meta.url),
      'utf8',
    );
    const first = await imported(file);
    expect([first.success, events(first)]).toEqual([true, Array(16).fill('created')]);
    const second = await imported(file);
    expect([second.success, events(second)]).toEqual([true, Array(16).fill('updated')]);

    const { pk, ...made } = await flow('default-enrollment-flow');
    expect(made).toMatchObject({
      title: 'Welcome to authentik!',
      designation: 'enrollment',
      authentication: 'require_unauthenticated',
    });
    const { results } = (await app.api.get(`/flows/bindings/?target=${pk}`)).body;
    expect(results.map(({ order, stage_obj }: any) => [order, stage_obj.name, stage_obj.meta_model_name])).toEqual([
      [10, 'default-enrollment-prompt-first', 'authentik_stages_prompt.promptstage'],
      [11, 'default-enrollment-prompt-second', 'authentik_stages_prompt.promptstage'],
      [20, 'default-enrollment-user-write', 'authentik_stages_user_write.userwritestage'],
      [30, 'default-enrollment-email-verification', 'authentik_stages_email.emailstage'],
      [40, 'default-enrollment-user-login', 'authentik_stages_user_login.userloginstage'],
    ]);
    const prompts = (await app.api.get('/stages/prompt/prompts/?ordering=name')).body.results;
    expect(prompts.map(({ field_key, type, required, order }: any) => [field_key, type, required, order])).toEqual([
      ['email', 'email', true, 1],
      ['name', 'text', true, 0],
      ['password', 'password', true, 0],
      ['password_repeat', 'password', true, 1],
      ['username', 'username', true, 0],
    ]);
    const email = (await app.api.get('/stages/email/?name=default-enrollment-email-verification')).body.results[0];
    expect(email).toMatchObject({
      use_global_settings: true,
      token_expiry: 30,
      template: 'email/account_confirmation.html',
      activate_user_on_success: true,
    });
    const [write] = (await app.api.get('/stages/user_write/')).body.results;
    expect(write).toMatchObject({ user_creation_mode: 'always_create', create_users_as_inactive: true });
  });
});

describe('Tags in a file', () => {
  it('are resolved at every position before the objects are stored', async () => {
    await createFlow(app.api, { slug: 'to-find', name: 'Find me' });
    const { pk: stage } = await createDummyStage(app.api, { name: 'dummy-to-find' });
    const text = `
version: 1
context:
  slug: tagged
  model: authentik_flows.flow
  names: [one, two]
  is_on: true
entries:
  - model: !Context model
    state: !If [!Context is_on, present, absent]
    id: tagged
    conditions:
      - !Condition [AND, !Context is_on, !Condition [NOR, !Context [missing, false], ""]]
    identifiers:
      slug: !Format ["%s-%d", !Context slug, 1]
    attrs:
      name: !Format ["Flow of %s", !AtIndex [!Context names, 1]]
      title: !Env TITLE_OF_THE_TEST
      designation: !Env [UNSET_IN_THE_TEST, enrollment]
  - model: authentik_core.group
    identifiers: {name: tagged}
    attrs:
      attributes:
        names: !Enumerate [!Context names, MAP, [!Value 0, !Index 0]]
        flow: !KeyOf tagged
        found: !Find [authentik_flows.flow, [slug, to-find], [name, Find me]]
        nobody: !Find [authentik_flows.flow, [slug, to-find], [name, Another one]]
        user: !Find [authentik_core.user, [username, akadmin]]
  - model: authentik_flows.flowstagebinding
    identifiers:
      target: !KeyOf tagged
      stage: !Find [authentik_stages_dummy.dummystage, [name, dummy-to-find]]
      order: 0
`;
    const result = await imported(text);
    expect([events(result), result.success]).toEqual([['created', 'created', 'created'], true]);
    const tagged = await flow('tagged-1');
    expect(tagged).toMatchObject({
      name: 'Flow of two',
      title: 'From the environment',
      designation: 'enrollment',
      stages: [stage],
    });
    const [group] = (await app.api.get('/core/groups/?name=tagged')).body.results;
    const found = (await flow('to-find')).pk;
    expect(group.attributes).toEqual({ names: { one: 0, two: 1 }, flow: tagged.pk, found, nobody: null, user: 1 });
  });

  it('cannot read environment variables outside BLUEPRINT_ENV', async () => {
    for (const name of ['SECRET_KEY', 'PATH', 'title_of_the_test', 'TITLE_OF_THE_TEST ', '']) {
      const text = `entries: [{model: authentik_core.group, identifiers: {slug: a}, conditions: [!Env ["${name}"]]}]`;
      expect(events(await imported(text))).toEqual([`entry invalid: !Env: ${name} is not listed in BLUEPRINT_ENV.`]);
    }
  });

  it('find objects visible to the caller, in importable models, by identifier fields', async () => {
    const { username } = await createUser(app.api, { email: 'someone@example.org' });
    const find = (what: string): string => `
entries:
  - {model: authentik_flows.flow, conditions: [!Find ${what}], identifiers: {slug: found}, attrs: {name: x, title: x, designation: recovery}}`;
    const forUser = find(`[authentik_core.user, [username, ${username}]]`);
    expect(events(await imported(forUser))).toEqual(['created']);
    const writer = [
      'flows.flow',
      'flows.flowstagebinding',
      'flows.stage',
      'policies.policybinding',
      'stages_prompt.prompt',
    ];
    const permissions = ['add', 'change'].flatMap((action) =>
      writer.map((model) => `authentik_${model.replace('.', `.${action}_`)}`),
    );
    const blind = await createActor(app, permissions);
    const seeing = await createActor(app, [...permissions, 'authentik_core.view_user', 'authentik_flows.view_flow']);
    expect(events(await imported(forUser, blind.api))).toEqual(['skipped']);
    expect(events(await imported(forUser, seeing.api))).toEqual(['updated']);
    for (const [what, message] of [
      ['[authentik_core.token, [identifier, x]]', '!Find: authentik_core.token cannot be looked up.'],
      ['[authentik_core.user, [password_hash, x]]', 'Invalid identifier field: password_hash'],
      ['[authentik_stages_email.emailstage, [password, x]]', 'Invalid identifier field: password'],
      ['[authentik_core.user, [username__contains, a]]', 'Invalid identifier field: username__contains'],
      ['[authentik_core.user, [constructor, a]]', 'Invalid identifier field: constructor'],
      [`[authentik_core.user, ["username = '' or 1=1 --", a]]`, "Invalid identifier field: username = '' or 1=1 --"],
    ] as const) {
      expect(events(await imported(find(what)))).toEqual([`entry invalid: ${message}`]);
    }
    expect(events(await imported(find(`["pg_user; drop table token", [a, b]]`)))).toEqual(['skipped']);
  });

  it('find nothing for invalid values of a field', async () => {
    for (const pair of [
      '[pk, x]',
      '[slug, [a]]',
      '[slug, {a: b}]',
      '[slug, "a\' or 1=1 --"]',
      '[slug, null]',
      '[pk, 5]',
    ]) {
      const text = `entries: [{model: authentik_flows.flow, conditions: [!Find [authentik_flows.flow, ${pair}]], identifiers: {slug: a}}]`;
      expect([pair, events(await imported(text))]).toEqual([pair, ['skipped']]);
    }
  });

  it('are reported with the line number if they are invalid', async () => {
    const { logs } = await imported(
      'entries:\n  - model: authentik_flows.flow\n    identifiers:\n      slug: !KeyOf nothing\n',
    );
    expect(logs).toMatchObject([
      {
        event: 'entry invalid: !KeyOf: no earlier entry has the id nothing.',
        attributes: { entry: 1, line: 4 },
      },
    ]);
  });
});

describe('Mappings as values', () => {
  it('identify the object that contains them, and are merged with its stored values', async () => {
    const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()];
    await createGroup(app.api, { name: one, attributes: { key: [one], other_key: ['a_value', 'other_value'] } });
    await createGroup(app.api, { name: two, attributes: { key: [one], other_key: ['diff_value'] } });
    const entry = {
      model: 'authentik_core.group',
      identifiers: { attributes: { key: [one], other_key: ['other_value'] } },
      attrs: { name: three, attributes: { key: ['updated_value'] } },
    };
    expect(await importEntries(app.api, [entry])).toEqual([true, 'updated']);
    const group = async (name: string): Promise<any> =>
      (await app.api.get(`/core/groups/?name=${name}`)).body.results[0];
    expect((await group(three)).attributes).toEqual({ key: ['updated_value', one], other_key: ['other_value'] });
    expect((await group(two)).attributes).toEqual({ key: [one], other_key: ['diff_value'] });
    expect(await group(one)).toBeUndefined();
  });
});
