import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { FlowImportResultDto } from '../../src/flows/transfer/dto/flow-import.dto.js';
import { createActor } from '../factories/actor.js';
import { importFile } from '../factories/blueprint.js';
import { applyBlueprints } from '../factories/default-flows.js';
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

/** The file without its time, with the same word in place of each key. */
function keyless(text: string): string {
  return text.replace(/authentik Export - .*/, '').replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'KEY');
}

async function imported({ api }: TestApp, file: string, isDry = false): Promise<FlowImportResultDto> {
  return (await importFile(api, file, { dry_run: String(isDry) })).body;
}
const events = ({ logs }: FlowImportResultDto): string[] => logs.map(({ event }) => event);
const changes = ({ logs }: FlowImportResultDto): unknown[] => logs.map(({ attributes }) => attributes['changes']);
const unchanged = ({ logs }: FlowImportResultDto): unknown[] => logs.map(() => ({}));
const flowOf = async ({ api }: TestApp, slug: string): Promise<any> =>
  (await api.get(`/flows/instances/${slug}/`)).body;

describe('A shipped flow, exported and imported into another service', () => {
  it.each([
    ['default-recovery-flow', 'ak-stage-identification'],
    ['default-enrollment-flow', 'ak-stage-prompt'],
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
    const models = [
      'flows.flow',
      'flows.flowstagebinding',
      'flows.stage',
      'policies.policybinding',
      'stages_prompt.prompt',
    ];
    const may = (action: string): string[] => models.map((model) => `authentik_${model.replace('.', `.${action}_`)}`);
    const { api } = await createActor(there, [...may('add'), ...may('change')]);
    const { body } = await importFile(api, entry('present', 'Forbidden'));
    expect([body.success, ...events(body)]).toEqual([
      false,
      'entry invalid: You do not have permission to perform this action.',
    ]);
  });
});
