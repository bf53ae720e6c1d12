import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';

import { schemaText } from '../../scripts/schema-text.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Request {
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, { readonly example?: unknown; readonly 'x-default'?: unknown }>>;
}

const document = parse(await schemaText()) as {
  paths: Record<
    string,
    { post?: { requestBody?: { content: { 'application/json'?: { schema: { $ref: string } } } } } }
  >;
  components: { schemas: Record<string, Request> };
};

/** Each list whose request names defaults, with the request. */
const lists = Object.entries(document.paths).flatMap(([path, { post }]) => {
  const name = post?.requestBody?.content['application/json']?.schema.$ref.split('/').at(-1) ?? '';
  const request = document.components.schemas[name];
  const hasDefaults = Object.values(request?.properties ?? {}).some((property) => 'x-default' in property);
  return request !== undefined && hasDefaults ? [[path, request] as const] : [];
});

/** What cannot be created from the examples of the required fields alone. */
const more: Readonly<Record<string, object>> = {
  '/flows/bindings/': { target: '', stage: '' },
  '/managed/blueprints/': { content: 'version: 1\nentries: []\n' },
  '/policies/bindings/': { target: '', group: '' },
  '/stages/identification/': { user_fields: ['email'] },
  '/stages/redirect/': { target_static: '/' },
};

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ ALLOWED_REDIRECTS: 'https://app.example.com' });
  const { body: flow } = await app.api.post('/flows/instances/', {
    name: 'f',
    slug: 'f',
    title: 'f',
    designation: 'enrollment',
  });
  const { body: stage } = await app.api.post('/stages/dummy/', { name: 'd' });
  const { body: group } = await app.api.post('/core/groups/', { name: 'g' });
  const { body: prompt } = await app.api.post('/stages/prompt/prompts/', {
    name: 'p',
    field_key: 'p',
    label: 'p',
    type: 'text',
  });
  Object.assign(more, {
    '/flows/bindings/': { target: flow.pk, stage: stage.pk },
    '/policies/bindings/': { target: flow.policybindingmodel_ptr_id, group: group.pk },
    '/stages/prompt/stages/': { fields: [prompt.pk] },
  });
});
afterAll(() => app.stop());

it('names defaults for stages of every kind that has optional fields, flows, bindings and policies', () => {
  expect(lists.length).toBeGreaterThan(12);
});

it.each(lists)('what %s answers for fields that are left out is the default of the document', async (path, request) => {
  const examples = (request.required ?? []).map((name) => [name, request.properties[name]?.example] as const);
  const { status, body } = await app.api.post(path, { ...Object.fromEntries(examples), ...more[path] });
  expect(status, JSON.stringify(body)).toBe(201);
  for (const [name, property] of Object.entries(request.properties)) {
    if ('x-default' in property && !(name in (more[path] ?? {})))
      expect(body[name], name).toEqual(property['x-default']);
  }
});
