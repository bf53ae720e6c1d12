import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createBinding } from '../factories/binding.js';
import { createFlow } from '../factories/flow.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let keys: Record<string, string>;

const a = {
  name: 'Zed',
  slug: 'a-flow',
  title: 'Apple',
  designation: 'authentication',
  policy_engine_mode: 'all',
  compatibility_mode: false,
  layout: 'content_left',
  denied_action: 'continue',
  authentication: 'none',
} as const;
const b = {
  name: 'yak',
  slug: 'b-flow',
  title: 'Berry',
  designation: 'enrollment',
  policy_engine_mode: 'any',
  compatibility_mode: true,
  layout: 'stacked',
  denied_action: 'message',
  authentication: 'require_superuser',
} as const;

beforeAll(async () => {
  app = await startTestApp();
  const [second, first] = [await createFlow(app.api, b), await createFlow(app.api, a)];
  keys = { a: first.pk, b: second.pk };
  for (const order of [1, 2]) await createBinding(app.api, { target: first.pk, order });
});
afterAll(() => app.stop());

async function slugs(query: string): Promise<string[]> {
  const { status, body } = await app.api.get(`/flows/instances/?${query}`);
  expect(status).toBe(200);
  expect(body.pagination.count).toBe(body.results.length);
  return body.results.map(({ slug }: { slug: string }) => slug);
}

const both = ['a-flow', 'b-flow'];

describe('The list of flows', () => {
  it('is sorted by slug, with the fields of a single flow', async () => {
    expect(await slugs('')).toEqual(both);
    const { body } = await app.api.get('/flows/instances/');
    for (const flow of body.results) {
      const { body: alone } = await app.api.get(`/flows/instances/${flow.slug}/`);
      expect(JSON.stringify(flow)).toBe(JSON.stringify(alone));
    }
    expect(body.results[0].stages).toHaveLength(2);
  });

  it.each(['name', 'slug', 'designation', 'denied_action'] as const)('can be filtered by %s', async (field) => {
    expect(await slugs(`${field}=${a[field]}`)).toEqual(['a-flow']);
    expect(await slugs(`${field}=${b[field]}`)).toEqual(['b-flow']);
    expect(await slugs(`${field}=`)).toEqual(both);
  });

  it('can be filtered by flow_uuid in any spelling', async () => {
    const key = keys['a']!;
    for (const spelling of [key, key.toUpperCase(), key.replaceAll('-', ''), `%7B${key}%7D`, `urn:uuid:${key}`]) {
      expect(await slugs(`flow_uuid=${spelling}`)).toEqual(['a-flow']);
    }
    expect(await slugs('flow_uuid=b6f3d1a0-0000-4000-8000-000000000001')).toEqual([]);
    expect(await slugs('flow_uuid=')).toEqual(both);
  });

  it.each(['title', 'layout', 'authentication', 'compatibility_mode', 'policy_engine_mode', 'pk', 'stages'])(
    'ignores the filter %s',
    async (field) => {
      expect(await slugs(`${field}=nope`)).toEqual(both);
    },
  );

  it('reports all invalid filters together', async () => {
    const query = 'flow_uuid=x&designation=nope&denied_action=&slug=%00&name=x';
    const { status, body } = await app.api.get(`/flows/instances/?${query}`);
    expect([status, body]).toEqual([
      400,
      {
        flow_uuid: ['Enter a valid UUID.'],
        slug: ['Null characters are not allowed.'],
        designation: ['Select a valid choice. nope is not one of the available choices.'],
      },
    ]);
    const denied = await app.api.get('/flows/instances/?denied_action=x');
    expect(denied.body).toEqual({
      denied_action: ['Select a valid choice. x is not one of the available choices.'],
    });
  });

  it.each([
    ['ZED', ['a-flow']],
    ['b-FLOW', ['b-flow']],
    ['apple', ['a-flow']],
    ['enroll', ['b-flow']],
    ['message', ['b-flow']],
    ['flow', both],
    ['flow,berry', ['b-flow']],
    ['stacked', []],
    ['require', []],
  ])('is searched by name, slug, title, designation and denied action: %s', async (search, expected) => {
    expect(await slugs(`search=${search}`)).toEqual(expected);
  });

  it.each([
    'slug',
    'title',
    'designation',
    'policy_engine_mode',
    'compatibility_mode',
    'layout',
    'denied_action',
    'authentication',
  ])('can be sorted by %s', async (field) => {
    expect(await slugs(`ordering=${field}`)).toEqual(both);
    expect(await slugs(`ordering=-${field}`)).toEqual([...both].reverse());
  });

  it.each(['pk', 'policybindingmodel_ptr_id', 'name'])('can be sorted by %s', async (field) => {
    const up = await slugs(`ordering=${field}`);
    expect([...up].sort()).toEqual(both);
    expect(await slugs(`ordering=-${field}`)).toEqual([...up].reverse());
  });

  it.each(['-stages', '-policies', '-background', '-cache_count', '-export_url', '-flow_uuid'])(
    'ignores the ordering %s',
    async (field) => {
      expect(await slugs(`ordering=${field}`)).toEqual(both);
    },
  );
});
