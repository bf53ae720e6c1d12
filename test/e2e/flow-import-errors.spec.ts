import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { FlowImportResultDto } from '../../src/flows/transfer/dto/flow-import.dto.js';
import { importFile } from '../factories/blueprint.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createStage } from '../factories/stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

async function imported(entries: string, fields: Record<string, string> = {}): Promise<FlowImportResultDto> {
  return (await importFile(app.api, `version: 1\nentries:\n${entries}`, fields)).body;
}
const events = ({ logs }: FlowImportResultDto): string[] => logs.map(({ event }) => event);
const entriesOf = ({ logs }: FlowImportResultDto): unknown[] => logs.map(({ attributes }) => attributes['entry']);
const flowYaml = (id: string, slug: string): string =>
  `- {model: authentik_flows.flow, id: ${id}, identifiers: {slug: ${slug}}, attrs: {name: F, title: T, designation: recovery}}\n`;
const badSlug = 'entry invalid: Serializer errors {"slug":[';

describe('A file with several invalid entries', () => {
  const file = (slug: string, taken: string): string => `${flowYaml('one', slug)}${flowYaml('two', '"not a slug"')}
- {model: authentik_stages_dummy.dummystage, id: stage, identifiers: {name: ${slug}}}
- {model: authentik_flows.flowstagebinding, id: bound, identifiers: {target: !KeyOf two, stage: !KeyOf stage, order: 0}}
- {model: authentik_policies.policybinding, identifiers: {target: !KeyOf bound, order: 0}, attrs: {user: 1}}
- {model: authentik_stages_deny.denystage, identifiers: {pk: ${randomUUID()}}, attrs: {name: ${taken}}}
- {model: authentik_core.group, identifiers: {name: ${slug}}, attrs: {is_superuser: true}}
- {model: authentik_core.group, identifiers: {name: !Format ["%s-%s", ${slug}, !KeyOf nothing]}}
`;

  it.each([{}, { on_unknown: 'skip' }])('is refused with the errors of all of them: %j', async (fields) => {
    const slug = randomUUID();
    const { name: taken } = await createDummyStage(app.api);
    const result = await imported(file(slug, taken), fields);
    expect([result.success, entriesOf(result), events(result)]).toEqual([
      false,
      [1, 2, 6, 7, 8],
      [
        'created',
        expect.stringContaining(badSlug),
        expect.stringContaining('{"name":["'),
        'entry invalid: Serializer errors {"is_superuser":["This cannot be set by a file."]}',
        'entry invalid: !KeyOf: no earlier entry has the id nothing.',
      ],
    ]);
    expect((await app.api.get(`/flows/instances/${slug}/`)).status).toBe(404);
    expect((await app.api.get(`/stages/dummy/?name=${slug}`)).body.results).toEqual([]);
    expect((await app.api.get('/stages/all/?search=left out')).body.results).toEqual([]);
  });

  it('is also refused with the list of the kinds that are not here', async () => {
    const result = await imported(`
- {model: authentik_flows.flow, identifiers: {slug: a b}}
- {model: authentik_policies_reputation.reputationpolicy, identifiers: {name: x}}
- {model: authentik_stages_captcha.captchastage, identifiers: {name: x}, conditions: [!KeyOf nothing]}
- {model: authentik_brands.brand, identifiers: {domain: x}, conditions: [!Context nothing]}
`);
    expect([result.success, events(result)]).toEqual([
      false,
      [
        expect.stringMatching(/^entry invalid: Serializer errors /),
        'entry invalid: !KeyOf: no earlier entry has the id nothing.',
        'app or model does not exist: ' +
          'authentik_policies_reputation.reputationpolicy, authentik_stages_captcha.captchastage',
      ],
    ]);
  });

  it('is not blamed for what only an invalid entry would have written', async () => {
    const stage = `- {model: authentik_stages_dummy.dummystage, identifiers: {name: ${randomUUID()}}, id: stage}\n`;
    const found = '!Find [authentik_flows.flow, [slug, "not a slug"]]';
    const result = await imported(`${flowYaml('flow', '"not a slug"')}${stage}
- {model: authentik_flows.flowstagebinding, identifiers: {target: ${found}, stage: !KeyOf stage, order: 0}}
`);
    expect(events(result)).toEqual([expect.stringContaining(badSlug)]);
  });

  it('is read no further when it exceeds a limit', async () => {
    const group = (name: string): string =>
      `- {model: authentik_core.group, identifiers: {name: ${name}}, attrs: {attributes: {x: !Enumerate [!Context word, SEQ, !Context word]}}}\n`;
    const text = `version: 1\ncontext: {word: ${'x'.repeat(5000)}}\nentries:\n${group('a')}${group('b')}`;
    expect(events((await importFile(app.api, text)).body)).toEqual([
      'entry invalid: The file is too large after expansion of tags and aliases.',
    ]);
  });
});

describe('The id of an entry', () => {
  it('may be a tag', async () => {
    const slug = randomUUID();
    const text = `version: 1\ncontext: {word: flow}\nentries:\n${flowYaml('!Context word', slug)}
- {model: authentik_stages_dummy.dummystage, id: !Format ["%s-stage", !Context word], identifiers: {name: ${slug}}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf flow, stage: !KeyOf flow-stage, order: 0}}
`;
    expect(events((await importFile(app.api, text)).body)).toEqual(['created', 'created', 'created']);
    expect((await app.api.get(`/flows/instances/${slug}/`)).body.stages).toHaveLength(1);
  });

  it.each(['7', '[a]', '{a: b}'])('may not be %s', async (id) => {
    const result = await imported(`- {model: authentik_core.group, id: ${id}, identifiers: {name: x}}\n`);
    expect(events(result)).toEqual(['Entry 1: id must be a word.']);
  });
});

describe('!Find', () => {
  it('finds stages and policies of any kind by the name of their base model', async () => {
    const slug = randomUUID();
    const { name: stage } = await createStage(app.api, 'deny');
    const { pk: policy } = (await app.api.post('/policies/expression/', { name: slug, expression: 'return True' }))
      .body;
    const result = await imported(`${flowYaml('flow', slug)}
- model: authentik_flows.flowstagebinding
  identifiers: {target: !KeyOf flow, stage: !Find [authentik_flows.stage, [name, ${stage}]], order: 0}
- model: authentik_policies.policybinding
  identifiers: {target: !KeyOf flow, policy: !Find [authentik_policies.policy, [name, ${slug}]], order: 0}
`);
    expect(events(result)).toEqual(['created', 'created', 'created']);
    expect((await app.api.get(`/policies/bindings/?policy=${policy}`)).body.results).toHaveLength(1);
  });
});
