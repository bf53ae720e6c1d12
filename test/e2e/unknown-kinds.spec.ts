import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

import type { FlowImportResultDto } from '../../src/flows/transfer/dto/flow-import.dto.js';
import { createActor } from '../factories/actor.js';
import { importFile } from '../factories/blueprint.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { createPolicyBinding } from '../factories/policy-binding.js';
import { createUser } from '../factories/user.js';
import { signedIn } from '../support/signed-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

let count = 0;
const slug = (): string => `flow-${(count += 1)}`;
const denied = { component: 'ak-stage-access-denied' };
const dummy = { component: 'ak-stage-dummy' };
const reputation = 'authentik_policies_reputation.reputationpolicy';
const captcha = 'authentik_stages_captcha.captchastage';

/** Imports a file, by default with `on_unknown=skip`. Entries are YAML, because they contain tags. */
async function imported(entries: string, onUnknown?: string, api = app.api): Promise<FlowImportResultDto> {
  const text = `version: 1\nentries:\n${entries}`;
  return (await importFile(api, text, onUnknown === undefined ? {} : { on_unknown: onUnknown })).body;
}
const skipping = (entries: string): Promise<FlowImportResultDto> => imported(entries, 'skip');
const events = ({ logs }: FlowImportResultDto): string[] => logs.map(({ event }) => event);
const flowOf = async (name: string): Promise<any> => (await app.api.get(`/flows/instances/${name}/`)).body;
const bindingsOf = async (target: string): Promise<any[]> =>
  (await app.api.get(`/policies/bindings/?target=${target}&ordering=order`)).body.results;

const flowYaml = (name: string, attrs = ''): string => `
- model: authentik_flows.flow
  id: flow
  identifiers: {slug: ${name}}
  attrs: {name: Flow, title: Title, designation: enrollment${attrs}}
`;
const stageYaml = (name: string, order = 0): string => `
- model: authentik_stages_dummy.dummystage
  id: ${name}
  identifiers: {name: ${name}}
- model: authentik_flows.flowstagebinding
  id: bound-${name}
  identifiers: {target: !KeyOf flow, stage: !KeyOf ${name}, order: ${order}}
  attrs: {re_evaluate_policies: true}
`;
const policyYaml = `
- model: ${reputation}
  id: policy
  identifiers: {name: reputation}
`;
const boundTo = (target: string, attrs = ''): string => `
- model: authentik_policies.policybinding
  identifiers: {target: ${target}, policy: !KeyOf policy, order: 0}
  attrs: {${attrs}}
`;

describe('A blueprint with unsupported models', () => {
  const file = (name: string): string => `${flowYaml(name)}${policyYaml}
- model: ${captcha}
  id: captcha
  identifiers: {name: captcha}
- model: authentik_flows.flowstagebinding
  identifiers: {target: !KeyOf flow, stage: !KeyOf captcha, order: 1}
- model: authentik_brands.brand
  conditions: [false]
  identifiers: {domain: x}
- model: authentik_core.user
  identifiers: {username: alice}
`;

  it.each([undefined, 'refuse'])(
    'is refused with a list of all unsupported models: on_unknown %s',
    async (onUnknown) => {
      const name = slug();
      const { success, logs } = await imported(file(name), onUnknown);
      expect([success, logs.map(({ event }) => event)]).toEqual([
        false,
        [
          'created',
          'app or model does not exist: authentik_core.user, authentik_policies_reputation.reputationpolicy, ' +
            'authentik_stages_captcha.captchastage',
        ],
      ]);
      expect(logs[1]!.attributes).toMatchObject({
        entry: 2,
        missing: [
          { model: 'authentik_core.user', entries: [6] },
          { model: reputation, entries: [2] },
          { model: captcha, entries: [3, 4] },
        ],
      });
      expect((await app.api.get(`/flows/instances/${name}/`)).status).toBe(404);
      expect((await app.api.get('/policies/expression/?search=left out')).body.results).toEqual([]);
    },
  );

  it('is imported without them with on_unknown=skip, and lists them', async () => {
    const name = slug();
    const { success, logs } = await skipping(file(name));
    expect([success, logs.map(({ event, log_level }) => [event, log_level])]).toEqual([
      true,
      [
        ['created', 'info'],
        ['left out', 'warning'],
        ['left out', 'warning'],
        ['created; denies in place of what was left out', 'warning'],
        ['skipped', 'info'],
        ['left out', 'warning'],
        [`imported without: authentik_core.user, ${reputation}, ${captcha}`, 'warning'],
      ],
    ]);
    expect(logs.at(-1)!.attributes).toMatchObject({
      missing: [{ entries: [6] }, { entries: [2] }, { entries: [3, 4] }],
    });
    const second = await skipping(file(name));
    expect(events(second)).toContain('updated; denies in place of what was left out');
  });

  it('is refused for an invalid on_unknown', async () => {
    expect(await imported(flowYaml(slug()), 'ignore')).toMatchObject({
      success: false,
      logs: [{ event: 'entry invalid: on_unknown must be one of refuse, skip.' }],
    });
  });

  it('cannot set on_unknown itself', async () => {
    const text = stringify({
      version: 1,
      context: { on_unknown: 'skip' },
      entries: [{ model: captcha, identifiers: { name: 'x' } }],
    });
    expect((await importFile(app.api, text)).body.success).toBe(false);
  });
});

describe('A flow or stage whose policy was left out', () => {
  it.each(['', 'negate: true', 'failure_result: true'])('denies access to the flow: %s', async (attrs) => {
    const name = slug();
    const { success } = await skipping(`${flowYaml(name)}${policyYaml}${boundTo('!KeyOf flow', attrs)}`);
    expect(success).toBe(true);
    expect(await new Visitor(app.url).see(name)).toMatchObject(denied);
    const [bound] = await bindingsOf((await flowOf(name)).pk);
    expect(bound.policy_obj).toMatchObject({
      name: `left out: ${reputation} reputation`,
      verbose_name: 'Expression Policy',
    });
  });

  it('denies access at the stage, which is neither shown nor skipped', async () => {
    const name = slug();
    const stages = `${stageYaml(`${name}-a`)}${stageYaml(`${name}-b`, 1)}`;
    const { success } = await skipping(`${flowYaml(name)}${stages}${policyYaml}${boundTo(`!KeyOf bound-${name}-b`)}`);
    expect(success).toBe(true);
    const visitor = new Visitor(app.url);
    expect(await visitor.see(name)).toMatchObject(dummy);
    expect(await visitor.answer(name, {})).toMatchObject(denied);
  });

  it('grants access to visitors who pass another binding', async () => {
    const [name, user] = [slug(), await createUser(app.api)];
    await createGroup(app.api, { name: `${name}-group`, users: [user.pk] });
    const { success } = await skipping(`${flowYaml(name, ', policy_engine_mode: any')}${stageYaml(name)}${policyYaml}
${boundTo('!KeyOf flow')}
- model: authentik_policies.policybinding
  identifiers: {target: !KeyOf flow, group: !Find [authentik_core.group, [name, ${name}-group]], order: 1}
`);
    expect(success).toBe(true);
    expect(await (await signedIn(app, user)).see(name)).toMatchObject(dummy);
    expect(await new Visitor(app.url).see(name)).toMatchObject(denied);
  });

  it('denies access if the blueprint refers to the policy by its key', async () => {
    const name = slug();
    const key = '0b0b9f6c-8a60-4e4e-9c5d-1f8f4e0c7a11';
    const { success } = await skipping(`${flowYaml(name)}
- {model: ${reputation}, identifiers: {pk: ${key}, name: by key}}
- {model: authentik_policies.policybinding, identifiers: {target: !KeyOf flow, policy: ${key}, order: 0}}
`);
    expect([success, await new Visitor(app.url).see(name)]).toMatchObject([true, denied]);
  });

  it('denies access if the blueprint looks up the policy with !Find', async () => {
    const name = slug();
    const { success } = await skipping(`${flowYaml(name)}
- model: authentik_policies.policybinding
  identifiers: {target: !KeyOf flow, policy: !Find [${reputation}, [name, elsewhere]], order: 0}
`);
    expect([success, await new Visitor(app.url).see(name)]).toMatchObject([true, denied]);
  });

  it('denies access if the user of the binding was left out', async () => {
    const name = slug();
    const { success } = await skipping(`${flowYaml(name)}
- {model: authentik_core.user, id: alice, identifiers: {username: alice}}
- {model: authentik_policies.policybinding, identifiers: {target: !KeyOf flow, order: 0}, attrs: {user: !KeyOf alice}}
`);
    expect([success, await new Visitor(app.url).see(name)]).toMatchObject([true, denied]);
  });

  it('keeps its other bindings', async () => {
    const { pk: target, slug: name } = await createFlow(app.api);
    const { pk: group } = await createGroup(app.api);
    await createPolicyBinding(app.api, { target, group, order: 0 });
    const found = `{target: ${target}, policy: !Find [${reputation}, [name, elsewhere]], order: 0}`;
    const gone = `- {model: authentik_policies.policybinding, state: absent, identifiers: ${found}}\n`;
    expect(events(await imported(gone))).toEqual(['skipped']);
    expect((await skipping(`- {model: authentik_policies.policybinding, identifiers: ${found}}\n`)).success).toBe(true);
    const names = (await bindingsOf(target)).map((bound) => bound.group ?? bound.policy_obj.name);
    expect(new Set(names)).toEqual(new Set([group, `left out: ${reputation} elsewhere`]));
    expect(await new Visitor(app.url).see(name)).toMatchObject(denied);
  });
});

describe('A stage that was left out', () => {
  const bound = (stage: string): string => `
- model: authentik_flows.flowstagebinding
  identifiers: {target: !KeyOf flow, stage: ${stage}, order: 1}
`;
  const captchaYaml = `- {model: ${captcha}, id: captcha, identifiers: {name: captcha}}`;

  it.each([
    ['by its entry', captchaYaml, '!KeyOf captcha', 'captcha'],
    ['by !Find', '', `!Find [${captcha}, [name, elsewhere]]`, 'elsewhere'],
  ])('denies access at its position: %s', async (_, entry, reference, label) => {
    const name = slug();
    const { success } = await skipping(`${flowYaml(name)}${stageYaml(name)}${entry}${bound(reference)}`);
    expect(success).toBe(true);
    const visitor = new Visitor(app.url);
    expect(await visitor.see(name)).toMatchObject(dummy);
    expect(await visitor.answer(name, {})).toMatchObject(denied);
    const [, second] = (await app.api.get(`/flows/bindings/?target=${(await flowOf(name)).pk}&ordering=order`)).body
      .results;
    expect(second.stage_obj).toMatchObject({ name: `left out: ${captcha} ${label}`, verbose_name: 'Deny Stage' });
  });

  it('because of left-out policies denies access, too', async () => {
    const name = slug();
    const result = await skipping(`${flowYaml(name)}${policyYaml}
- {model: authentik_stages_prompt.prompt, id: prompt, identifiers: {name: ${name}}, attrs: {field_key: a, label: A, type: text}}
- model: authentik_stages_prompt.promptstage
  id: form
  identifiers: {name: ${name}}
  attrs: {fields: [!KeyOf prompt], validation_policies: [!KeyOf policy]}
${bound('!KeyOf form')}`);
    expect(events(result).slice(3)).toMatchObject(['left out', {}, `imported without: ${reputation}`]);
    expect(await new Visitor(app.url).see(name)).toMatchObject(denied);
    expect((await app.api.get(`/stages/prompt/stages/?name=${name}`)).body.results).toEqual([]);
  });

  it('makes an identification stage that requires it deny access', async () => {
    const name = slug();
    const result = await skipping(`${flowYaml(name)}${captchaYaml}
- model: authentik_stages_identification.identificationstage
  id: identification
  identifiers: {name: ${name}}
  attrs: {user_fields: [email], captcha_stage: !KeyOf captcha}
${bound('!KeyOf identification')}`);
    expect(result.success).toBe(true);
    expect(await new Visitor(app.url).see(name)).toMatchObject(denied);
  });

  it('requires the permission to create the deny stage in its place', async () => {
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
    const entries = (name: string): string => `${flowYaml(name)}${captchaYaml}${bound('!KeyOf captcha')}`;
    const lacking = await createActor(app, importer);
    await app.api.delete(
      `/stages/all/${(await app.api.get('/stages/deny/?search=left out: ' + captcha + ' captcha')).body.results[0]?.pk}/`,
    );
    expect(await imported(entries(slug()), 'skip', lacking.api)).toMatchObject({
      success: false,
      logs: [{}, {}, { event: 'entry invalid: You do not have permission to perform this action.' }],
    });
    const { api } = await createActor(app, [...importer, 'authentik_stages_deny.add_denystage']);
    expect((await imported(entries(slug()), 'skip', api)).success).toBe(true);
  });
});

describe('A reference to an unsupported model', () => {
  it('is null if it is optional', async () => {
    const name = slug();
    const result = await imported(`${flowYaml(name)}
- model: authentik_core.group
  identifiers: {name: ${name}}
  attrs: {attributes: {source: !Find [authentik_sources_oauth.oauthsource, [slug, x]]}}
- model: authentik_stages_identification.identificationstage
  identifiers: {name: ${name}}
  attrs: {user_fields: [email], sources: [!Find [authentik_core.source, [slug, built-in]]]}
- {model: authentik_flows.flow, conditions: [!Find [${reputation}, [name, x]]], identifiers: {slug: ${name}-b}}
`);
    expect([result.success, events(result)]).toEqual([
      true,
      ['created', 'created; some references are empty', 'created; some references are empty', 'skipped'],
    ]);
    expect((await app.api.get(`/core/groups/?name=${name}`)).body.results[0].attributes).toEqual({ source: null });
  });

  it('makes a binding that requires it invalid', async () => {
    const result = await imported(`${flowYaml(slug())}
- model: authentik_policies.policybinding
  identifiers: {target: !KeyOf flow, order: 0}
  attrs: {policy: !Find [${reputation}, [name, x]]}
`);
    expect([result.success, events(result)]).toEqual([false, ['created', 'app or model does not exist']]);
    expect(result.logs[1]!.attributes).toMatchObject({ missing: [{ model: reputation, entries: [2] }] });
  });

  it('to a left-out entry leaves out the binding', async () => {
    const name = slug();
    const result = await skipping(`
- {model: authentik_core.application, id: app, identifiers: {slug: x}}
- {model: authentik_core.group, id: group, identifiers: {name: ${name}}}
- {model: authentik_policies.policybinding, identifiers: {target: !KeyOf app, group: !KeyOf group, order: 0}}
`);
    expect([result.success, events(result)]).toEqual([
      true,
      ['left out', 'created', 'left out', 'imported without: authentik_core.application'],
    ]);
  });
});
