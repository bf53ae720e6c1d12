import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { FlowImportResultDto } from '../../src/flows/transfer/dto/flow-import.dto.js';
import { createActor } from '../factories/actor.js';
import { createBinding } from '../factories/binding.js';
import { importFile } from '../factories/blueprint.js';
import { created } from '../factories/created.js';
import { applyBlueprints } from '../factories/default-flows.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createStages } from '../factories/every-stage.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { createStage } from '../factories/stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

/** Two services. Each has the shipped flows, under keys of its own. */
let here: TestApp;
let there: TestApp;

beforeAll(async () => {
  here = await startTestApp();
  there = await startTestApp();
  for (const app of [here, there]) await applyBlueprints(app);
});
afterAll(async () => {
  await here.stop();
  await there.stop();
});

async function exported({ api }: TestApp, slug: string): Promise<string> {
  const { status, body } = await api.get<string>(`/flows/instances/${slug}/export/`);
  expect(status).toBe(200);
  return body;
}

const keys = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const keysIn = (text: string): string[] => [...text.matchAll(keys)].map(([key]) => key);

/** The file without its time, with the same word in place of each key. */
function keyless(text: string): string {
  return text.replace(/authentik Export - .*/, '').replace(keys, 'KEY');
}

async function imported({ api }: TestApp, file: string, isDry = false): Promise<FlowImportResultDto> {
  return (await importFile(api, file, { dry_run: String(isDry) })).body;
}
const events = ({ logs }: FlowImportResultDto): string[] => logs.map(({ event }) => event);
const changes = ({ logs }: FlowImportResultDto): unknown[] => logs.map(({ attributes }) => attributes['changes']);
const unchanged = ({ logs }: FlowImportResultDto): unknown[] => logs.map(() => ({}));
const flowOf = async ({ api }: TestApp, slug: string): Promise<any> =>
  (await api.get(`/flows/instances/${slug}/`)).body;

/** The permissions that every import needs. */
const importer = [
  'flows.flow',
  'flows.flowstagebinding',
  'flows.stage',
  'policies.policybinding',
  'stages_prompt.prompt',
].flatMap((model) => ['add', 'change'].map((action) => `authentik_${model.replace('.', `.${action}_`)}`));

describe('A shipped flow, exported and imported into another service', () => {
  it.each([
    ['default-recovery-flow', 'ak-stage-identification'],
    ['default-enrollment-flow', 'ak-stage-prompt'],
    ['default-authentication-flow', 'ak-stage-identification'],
    ['default-email-change-flow', 'ak-stage-access-denied'],
  ])('is the same flow there, and runs: %s', async (slug, component) => {
    await here.api.patch(`/flows/instances/${slug}/`, { title: 'As it is here' });
    const file = await exported(here, slug);
    const { pk } = await flowOf(there, slug);
    const plan = await imported(there, file, true);
    expect([plan.success, plan.logs.filter(({ log_level }) => log_level !== 'info')]).toEqual([true, []]);
    expect(changes(plan)).toEqual([{ title: [expect.any(String), 'As it is here'] }, ...unchanged(plan).slice(1)]);
    const result = await imported(there, file);
    expect(events(result)).toEqual(result.logs.map(() => 'updated'));
    expect(await flowOf(there, slug)).toMatchObject({ pk, title: 'As it is here' });
    expect(keyless(await exported(there, slug))).toBe(keyless(file));
    expect(await new Visitor(there.url).see(slug)).toMatchObject({ component });
    const again = await imported(there, file, true);
    expect([again.success, changes(again)]).toEqual([true, unchanged(again)]);
  });
});

describe('An entry whose key no object has', () => {
  const key = 'c6b2d0a4-5b1e-4c39-9a54-0d6f7d2f8f11';
  const entry = (state: string, label: string): string => `version: 1
entries:
- model: authentik_stages_prompt.prompt
  state: ${state}
  identifiers: {pk: ${key}}
  attrs: {name: default-recovery-field-password, label: ${label}, type: password, field_key: password, order: 0}
`;
  const named = async (): Promise<any> =>
    (await there.api.get('/stages/prompt/prompts/?name=default-recovery-field-password')).body.results[0];

  it('is the object with the unique name among its attributes, as in exports of authentik', async () => {
    const { pk, label } = await named();
    const form = `- model: authentik_stages_prompt.promptstage
  identifiers: {name: renamed}
  attrs: {fields: [${key}]}
`;
    expect(changes(await imported(there, entry('present', 'Renamed'), true))).toEqual([{ label: [label, 'Renamed'] }]);
    expect(events(await imported(there, entry('present', 'Renamed') + form))).toEqual(['updated', 'created']);
    expect(await named()).toMatchObject({ pk, label: 'Renamed' });
    expect((await there.api.get('/stages/prompt/stages/?name=renamed')).body.results).toMatchObject([{ fields: [pk] }]);
  });

  it.each([
    ['created', true, 'skipped'],
    ['must_created', false, 'entry invalid: State is set to must_created and object exists already'],
    ['absent', true, 'skipped'],
  ])('leaves the object with its name as it is with the state %s', async (state, success, event) => {
    const before = await named();
    const result = await imported(there, entry(state, 'Another'));
    expect([result.success, ...events(result)]).toEqual([success, event]);
    expect(await named()).toEqual(before);
  });

  it('requires permission to view and change the object with its name', async () => {
    const { api } = await createActor(there, importer);
    const { body } = await importFile(api, entry('present', 'Forbidden'));
    expect([body.success, ...events(body)]).toEqual([
      false,
      'entry invalid: You do not have permission to perform this action.',
    ]);
  });
});

describe('A flow with a stage of every kind, exported and imported into another service', () => {
  it('updates the stages with the same names there, and a second import changes nothing', async () => {
    for (const { api } of [here, there]) {
      const { pk: target } = await createFlow(api, { slug: 'everything' });
      for (const [index, { pk: stage }] of [...(await createStages(api, target)).values()].entries()) {
        await createBinding(api, { target, stage, order: index });
      }
    }
    await here.api.patch('/flows/instances/everything/', { title: 'As it is here' });
    const file = await exported(here, 'everything');
    const result = await imported(there, file);
    expect([result.success, events(result)]).toEqual([true, result.logs.map(() => 'updated')]);
    const again = await exported(there, 'everything');
    expect(keyless(again)).toBe(keyless(file));
    expect(keysIn(again).filter((key) => keysIn(file).includes(key))).toEqual([]);
    expect(changes(await imported(there, file, true))).toEqual(unchanged(result));
    expect(await new Visitor(there.url).see('everything')).toMatchObject({ component: 'ak-stage-prompt' });
  });
});

describe('A reference to an object outside of the flow', () => {
  let file: string;
  /** What stages of the flow refer to. */
  interface Outside {
    flow: string;
    transport: string;
    group: string;
  }

  async function createOutside({ api }: TestApp): Promise<Outside> {
    const { pk: flow } = await createFlow(api, { slug: 'join-us' });
    const { pk: transport } = await created<{ pk: string }>(
      api.post('/mail/transports/', { name: 'Relay', url: 'smtp://127.0.0.1:1025' }),
    );
    const { pk: group } = await createGroup(api, { name: 'readers' });
    return { flow, transport, group };
  }

  async function createReferring({ api }: TestApp, slug: string, { flow, transport, group }: Outside): Promise<void> {
    const { pk: target } = await createFlow(api, { slug });
    const stages = [
      await createStage(api, 'identification', { name: `${slug} 1`, enrollment_flow: flow }),
      await createEmailStage(api, { name: `${slug} 2`, transport }),
      await createStage(api, 'user_write', { name: `${slug} 3`, create_users_group: group }),
    ];
    for (const [order, { pk: stage }] of stages.entries()) await createBinding(api, { target, stage, order });
  }

  const referring = async ({ api }: TestApp, slug: string): Promise<unknown> => [
    (await api.get(`/stages/identification/?name=${slug} 1`)).body.results[0].enrollment_flow,
    (await api.get(`/stages/email/?name=${slug} 2`)).body.results[0].transport,
    (await api.get(`/stages/user_write/?name=${slug} 3`)).body.results[0].create_users_group,
  ];

  let outside: Outside;
  beforeAll(async () => {
    outside = await createOutside(here);
    await createReferring(here, 'referring', outside);
    file = await exported(here, 'referring');
  });

  it('that is not there is empty, and the log says what was looked for', async () => {
    const plan = await imported(there, file, true);
    expect([plan.success, events(plan), plan.logs.map(({ log_level }) => log_level)]).toEqual([
      true,
      [
        'created',
        'created; enrollment_flow is empty: no flow here has the slug “join-us”',
        'created; transport is empty: no namedtransport here has the name “Relay”',
        'created; create_users_group is empty: no group here has the name “readers”',
        'created',
        'created',
        'created',
      ],
      ['info', 'warning', 'warning', 'warning', 'info', 'info', 'info'],
    ]);
  });

  it('is the object with the same name there', async () => {
    const { flow, transport, group } = await createOutside(there);
    expect((await imported(there, file)).logs.filter(({ log_level }) => log_level !== 'info')).toEqual([]);
    expect(await referring(there, 'referring')).toEqual([flow, transport, group]);
    expect(keyless(await exported(there, 'referring'))).toBe(keyless(file));
  });

  it('is the same object in the same service, also after a renaming, and for users who may not view it', async () => {
    await here.api.patch('/flows/instances/join-us/', { slug: 'join-them' });
    await here.api.patch(`/mail/transports/${outside.transport}/`, { name: 'Renamed' });
    await here.api.patch(`/core/groups/${outside.group}/`, { name: 'renamed' });
    await createFlow(here.api, { slug: 'join-us' });
    const plan = await imported(here, file, true);
    expect([plan.success, changes(plan)]).toEqual([true, unchanged(plan)]);
    const kinds = ['identification.identificationstage', 'email.emailstage', 'user_write.userwritestage'];
    const { api } = await createActor(here, [
      ...importer,
      ...['flows.flow', 'flows.flowstagebinding', ...kinds.map((kind) => `stages_${kind}`)].flatMap((model) =>
        [`view`, `change`].map((action) => `authentik_${model.replace('.', `.${action}_`)}`),
      ),
      'authentik_core.add_user_to_group',
    ]);
    const { body } = await importFile(api, file);
    expect([body.success, events(body)]).toEqual([true, body.logs.map(() => 'updated')]);
    expect(await referring(here, 'referring')).toEqual([outside.flow, outside.transport, outside.group]);
  });

  it('that is required and not there refuses the file in words', async () => {
    const { pk: target } = await createFlow(here.api, { slug: 'moving-on' });
    const { pk: onlyHere } = await createFlow(here.api, { slug: 'only-here' });
    const { pk: stage } = await createStage(here.api, 'redirect', { mode: 'flow', target_flow: onlyHere });
    await createBinding(here.api, { target, stage, order: 0 });
    const { pk: group } = await createGroup(here.api, { name: 'only here' });
    await created(here.api.post('/policies/bindings/', { target, group, order: 0 }));
    const result = await imported(there, await exported(here, 'moving-on'));
    expect([result.success, ...events(result)]).toEqual([
      false,
      'created',
      'entry invalid: Serializer errors {"non_field_errors":["Target Flow should be present when mode is Flow."]}; ' +
        'no flow here has the slug “only-here”',
      "entry invalid: Serializer errors {\"non_field_errors\":[\"One of 'policy', 'group' or 'user' must be set.\"]}; " +
        'no group here has the name “only here”',
    ]);
  });

  it('by a key alone that no object has refuses the file in words', async () => {
    const byKey = file.replace(/enrollment_flow: .*/, 'enrollment_flow: c6b2d0a4-5b1e-4c39-9a54-0d6f7d2f8f11');
    expect(events(await imported(there, byKey))).toContain(
      'entry invalid: Serializer errors {"enrollment_flow":["Invalid pk \\"c6b2d0a4-5b1e-4c39-9a54-0d6f7d2f8f11\\" - ' +
        'object does not exist."]}; enrollment_flow refers to an object that is neither here nor in the file',
    );
  });
});
