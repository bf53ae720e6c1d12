import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { FlowImportResultDto } from '../../src/flows/transfer/dto/flow-import.dto.js';
import { Importer } from '../../src/flows/transfer/importer.service.js';
import { createActor } from '../factories/actor.js';
import { importFile } from '../factories/blueprint.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createGroup } from '../factories/group.js';
import { createInvitation } from '../factories/invitation.js';
import { createPromptStage } from '../factories/prompt.js';
import type { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

let count = 0;
const unique = (): string => `published-${(count += 1)}`;

async function imported(entries: string, api: ApiClient = app.api): Promise<FlowImportResultDto> {
  return (await importFile(api, `version: 1\nentries:\n${entries}`)).body;
}
const result = ({ success, logs }: FlowImportResultDto): unknown[] => [success, ...logs.map(({ event }) => event)];
const flowYaml = (slug: string): string =>
  `- {model: authentik_flows.flow, id: flow, identifiers: {slug: ${slug}}, attrs: {name: F, title: T, designation: enrollment}}\n`;

describe('A group in a blueprint', () => {
  const entry = (name: string, value: unknown): string =>
    `- {model: authentik_core.group, identifiers: {name: ${name}}, attrs: {is_superuser: ${String(value)}}}\n`;

  it('may set is_superuser to false', async () => {
    const name = unique();
    expect(result(await imported(entry(name, false)))).toEqual([true, 'created']);
    expect(result(await imported(entry(name, false)))).toEqual([true, 'updated']);
  });

  it.each([
    [true, {}],
    ['"false"', {}],
    [false, { is_superuser: true }],
  ])('cannot change is_superuser: %j for a group with %j', async (value, fields) => {
    const { name } = await createGroup(app.api, { name: unique(), ...fields });
    expect(result(await imported(entry(name, value)))).toEqual([
      false,
      'entry invalid: Serializer errors {"is_superuser":["This cannot be set by a file."]}',
    ]);
  });
});

describe('An invitation in a blueprint', () => {
  const invitations = async (name: string): Promise<any[]> =>
    (await app.api.get(`/stages/invitation/invitations/?name=${name}`)).body.results;
  const entry = (name: string, identifiers = ''): string => `${flowYaml(name)}
- model: authentik_stages_invitation.invitation
  id: invitation
  identifiers: {name: ${name}${identifiers}}
  attrs: {flow: !KeyOf flow, single_use: true, expires: 2039-01-01T00:00:00Z, fixed_data: {email: a@example.org}}
`;

  it('belongs to the importing user, and is updated by its name', async () => {
    const name = unique();
    expect(result(await imported(entry(name)))).toEqual([true, 'created', 'created']);
    expect(result(await imported(entry(name)))).toEqual([true, 'updated', 'updated']);
    expect(await invitations(name)).toMatchObject([
      {
        single_use: true,
        expires: '2039-01-01T00:00:00.000Z',
        fixed_data: { email: 'a@example.org' },
        created_by: { username: 'akadmin' },
        flow_obj: { slug: name },
      },
    ]);
  });

  it('belongs to the first superuser if the operator’s files contain it', async () => {
    const name = unique();
    const importer = app.nest.get(Importer, { strict: false });
    const file = Buffer.from(`version: 1\nentries:\n${entry(name)}`);
    expect((await importer.import(file)).success).toBe(true);
    expect(await invitations(name)).toMatchObject([{ created_by: { username: 'akadmin' } }]);
  });

  it('gets a new key, which the import log does not contain', async () => {
    const [name, pk] = [unique(), randomUUID()];
    const { success, logs } = await imported(entry(name, `, pk: ${pk}`));
    expect(success).toBe(true);
    const [invitation] = await invitations(name);
    expect(invitation.pk).not.toBe(pk);
    expect(JSON.stringify(logs)).not.toContain(invitation.pk);
  });

  it('cannot be looked up with !Find, which would reveal its key', async () => {
    const { name } = await createInvitation(app.api);
    const found = `!Find [authentik_stages_invitation.invitation, [name, ${name}]]`;
    expect(
      result(
        await imported(
          `- {model: authentik_core.group, identifiers: {name: x}, attrs: {attributes: {key: ${found}}}}\n`,
        ),
      ),
    ).toEqual([false, 'entry invalid: !Find: authentik_stages_invitation.invitation cannot be looked up.']);
  });

  it('requires the permissions of the API, and cannot contain a password', async () => {
    const models = [
      'flows.flow',
      'flows.flowstagebinding',
      'flows.stage',
      'policies.policybinding',
      'stages_prompt.prompt',
    ];
    const importer = models.flatMap((model) =>
      ['add', 'change'].map((action) => `authentik_${model.replace('.', `.${action}_`)}`),
    );
    const { api } = await createActor(app, importer);
    expect(result(await imported(entry(unique()), api))).toEqual([
      false,
      'created',
      'entry invalid: You do not have permission to perform this action.',
    ]);
    const { api: adding, user } = await createActor(app, [...importer, 'authentik_stages_invitation.add_invitation']);
    const name = unique();
    expect(result(await imported(entry(name), adding))).toEqual([true, 'created', 'created']);
    expect((await invitations(name))[0].created_by.username).toBe(user.username);
    const withPassword = entry(unique()).replace('email: a@example.org', 'password: secret');
    expect(result(await imported(withPassword))[2]).toContain('An invitation cannot hold a password.');
  });
});

describe('The identifiers of an entry', () => {
  it('may be any readable field of its model', async () => {
    const name = unique();
    const consent = `{name: ${name}, mode: always_require}`;
    const identification = `{name: ${name}-b, user_fields: [email], show_matched_user: true}`;
    const entries = `
- {model: authentik_stages_consent.consentstage, identifiers: ${consent}}
- {model: authentik_stages_identification.identificationstage, identifiers: ${identification}}
- {model: authentik_flows.flow, identifiers: {slug: ${name}, layout: stacked}, attrs: {name: F, title: T, designation: recovery}}
`;
    expect(result(await imported(entries))).toEqual([true, 'created', 'created', 'created']);
    expect(result(await imported(entries))).toEqual([true, 'updated', 'updated', 'updated']);
    expect((await app.api.get(`/stages/consent/?name=${name}`)).body.results[0].mode).toBe('always_require');
  });

  it.each(['nothing', 'password', 'flow_set', 'constructor'])('may not be %s', async (field) => {
    const entry = `- {model: authentik_stages_email.emailstage, identifiers: {name: x, ${field}: x}}\n`;
    expect(result(await imported(entry))).toEqual([false, `entry invalid: Invalid identifier field: ${field}`]);
  });

  it('delete nothing if their !Find has no result', async () => {
    const name = unique();
    const missing = '!Find [authentik_policies_expression.expressionpolicy, [name, nowhere]]';
    const { pk: group } = await createGroup(app.api);
    expect(
      result(
        await imported(`${flowYaml(name)}
- {model: authentik_policies.policybinding, identifiers: {target: !KeyOf flow, group: ${group}, order: 0}}
- {model: authentik_policies.policybinding, state: absent, identifiers: {target: !KeyOf flow, policy: ${missing}, order: 0}}
`),
      ),
    ).toEqual([true, 'created', 'created', 'skipped']);
    expect((await app.api.get(`/policies/bindings/?group=${group}`)).body.results).toHaveLength(1);
  });
});

describe('An entry that requires another blueprint', () => {
  const entry = (name: string, required: string): string =>
    `- {model: authentik_blueprints.metaapplyblueprint, attrs: {identifiers: {name: ${name}}${required}}}\n`;

  it('succeeds once that blueprint has been applied', async () => {
    const name = unique();
    const refused = async (): Promise<unknown> => (await imported(entry(name, ''))).logs[0]!.event;
    expect(await refused()).toBe(`entry invalid: Required blueprint “${name}” does not exist`);
    const content = 'version: 1\nentries: []';
    const { pk } = (await app.api.post('/managed/blueprints/', { name, content })).body;
    expect(await refused()).toBe(`entry invalid: Required blueprint “${name}” has not been applied`);
    await app.api.post(`/managed/blueprints/${pk}/apply/`);
    expect(result(await imported(entry(name, '')))).toEqual([true, 'skipped']);
  });

  it('is skipped with required: false', async () => {
    expect(result(await imported(entry('Default - Password change flow', ', required: false')))).toEqual([
      true,
      'skipped',
    ]);
  });
});

describe('An import from other authentik versions', () => {
  it('accepts durations for minutes, which the API refuses', async () => {
    const name = unique();
    const entry = (expiry: string): string =>
      `- {model: authentik_stages_email.emailstage, identifiers: {name: ${name}}, attrs: {use_global_settings: true, token_expiry: ${expiry}}}\n`;
    const minutes = async (): Promise<number> =>
      (await app.api.get(`/stages/email/?name=${name}`)).body.results[0].token_expiry;
    expect([result(await imported(entry('minutes=45'))), await minutes()]).toEqual([[true, 'created'], 45]);
    expect([result(await imported(entry('hours=1;seconds=30'))), await minutes()]).toEqual([[true, 'updated'], 61]);
    expect([result(await imported(entry('"20"'))), await minutes()]).toEqual([[true, 'updated'], 20]);
    expect(result(await imported(entry('years=1')))).toEqual([
      false,
      'entry invalid: Serializer errors {"token_expiry":["A valid integer is required."]}',
    ]);
    // The API accepts only minutes, like authentik 2024.12.
    const { status } = await app.api.post('/stages/email/', { name: unique(), token_expiry: 'minutes=30' });
    expect(status).toBe(400);
  });

  it('sets evaluate_on_plan of stage bindings if re_evaluate_policies is false', async () => {
    const name = unique();
    const entries = `${flowYaml(name)}
- {model: authentik_stages_dummy.dummystage, id: stage, identifiers: {name: ${name}}}
- model: authentik_flows.flowstagebinding
  identifiers: {target: !KeyOf flow, stage: !KeyOf stage, order: 0}
  attrs: {re_evaluate_policies: false}
`;
    expect(result(await imported(entries))).toEqual([true, 'created', 'created', 'created']);
    const { pk } = (await app.api.get(`/flows/instances/${name}/`)).body;
    expect((await app.api.get(`/flows/bindings/?target=${pk}`)).body.results).toMatchObject([
      { evaluate_on_plan: true, re_evaluate_policies: false },
    ]);
  });

  it('accepts entries in groups', async () => {
    const [one, two] = [unique(), unique()];
    const flow = (slug: string): string => flowYaml(slug).replace('- ', '  - ');
    const text = `version: 1\nentries:\n  first:\n  ${flow(one)}  second:\n  ${flow(two)}`;
    expect(result((await importFile(app.api, text)).body)).toEqual([true, 'created', 'created']);
  });

  it('uses the default of !Env for a forbidden variable', async () => {
    const name = unique();
    const attrs = '{name: !Env [SECRET_KEY, Default], title: T, designation: recovery}';
    const entry = `- {model: authentik_flows.flow, identifiers: {slug: ${name}}, attrs: ${attrs}}\n`;
    expect(result(await imported(entry))).toEqual([true, 'created']);
    expect((await app.api.get(`/flows/instances/${name}/`)).body.name).toBe('Default');
  });
});

describe('A prompt with expressions', () => {
  const source = "return 'a secret of the source'";
  const prompt = (type: string, more: object = {}): object => ({
    field_key: type,
    type,
    required: false,
    placeholder: source,
    placeholder_expression: true,
    initial_value: source,
    initial_value_expression: true,
    ...more,
  });

  it('is imported with a warning, stored, and exported', async () => {
    const name = unique();
    const attrs = { ...prompt('text'), label: 'Label', type: 'text' };
    const first = await imported(
      `- {model: authentik_stages_prompt.prompt, identifiers: {name: ${name}}, attrs: ${JSON.stringify(attrs)}}\n`,
    );
    const event = 'created; expressions are not evaluated: the field is shown empty';
    expect([first.success, first.logs]).toMatchObject([true, [{ log_level: 'warning', event }]]);
    const [stored] = (await app.api.get(`/stages/prompt/prompts/?name=${name}`)).body.results;
    expect(stored).toMatchObject({ placeholder: source, initial_value: source, placeholder_expression: true });
    const { pk: stage } = (await app.api.post('/stages/prompt/stages/', { name, fields: [stored.pk] })).body;
    const { flow } = await createFlowWith(app.api, [stage]);
    const { body: text } = await app.api.get<string>(`/flows/instances/${flow.slug}/export/`);
    expect(text).toContain('initial_value_expression: true');
    expect(text).toContain('a secret of the source');
  });

  it('does not show its source to visitors, and sets no value', async () => {
    const types = [
      'text',
      'text_area',
      'text_read_only',
      'hidden',
      'static',
      'dropdown',
      'radio-button-group',
      'checkbox',
    ];
    const stage = await createPromptStage(
      app.api,
      types.map((type) => prompt(type)),
    );
    const { slug } = (await createFlowWith(app.api, [stage.pk])).flow;
    const visitor = new Visitor(app.url);
    const challenge = await visitor.see(slug);
    expect(JSON.stringify(challenge)).not.toContain('secret');
    for (const field of challenge.fields)
      expect(field).toMatchObject({ placeholder: '', initial_value: '', choices: null });
    const page = await (await fetch(`${app.url}/if/flow/${slug}/`)).text();
    expect(page).not.toContain('a secret of the source');
    expect(await visitor.answer(slug, {})).toMatchObject({ component: 'xak-flow-redirect' });
  });

  it('has a preview without its source', async () => {
    const { body } = await app.api.post('/stages/prompt/prompts/preview/', {
      ...prompt('text'),
      name: 'x',
      label: 'Label',
    });
    expect(body.fields[0]).toMatchObject({ placeholder: '', initial_value: '' });
  });
});
