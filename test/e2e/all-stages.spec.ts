import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createBinding } from '../factories/binding.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createPlainUser } from '../support/plain-user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
  await createDummyStage(app.api, { name: 'beta' });
  await createEmailStage(app.api, { name: 'alpha' });
  await createEmailStage(app.api, { name: 'gamma' });
});
afterAll(() => app.stop());

async function names(query: string): Promise<string[]> {
  const { status, body } = await app.api.get(`/stages/all/?${query}`);
  expect(status).toBe(200);
  return body.results.map(({ name }: { name: string }) => name);
}

const email = {
  component: 'ak-stage-email-form',
  verbose_name: 'Email Stage',
  verbose_name_plural: 'Email Stages',
  meta_model_name: 'authentik_stages_email.emailstage',
};
const dummy = {
  component: 'ak-stage-dummy-form',
  verbose_name: 'Dummy Stage',
  verbose_name_plural: 'Dummy Stages',
  meta_model_name: 'authentik_stages_dummy.dummystage',
};

describe('The list of all stages', () => {
  it('returns stages of every kind sorted by name, with the common fields and the labels of each kind', async () => {
    const { body } = await app.api.get('/stages/all/');
    const row = (name: string, kind: object): object => ({ pk: expect.any(String), name, ...kind, flow_set: [] });
    expect(body.results).toEqual([row('alpha', email), row('beta', dummy), row('gamma', email)]);
    for (const stage of body.results) {
      expect(Object.keys(stage)).toEqual(['pk', 'name', ...Object.keys(email), 'flow_set']);
      expect((await app.api.get(`/stages/all/${stage.pk}/`)).body).toEqual(stage);
    }
  });

  it('contains the flows of each stage', async () => {
    const { pk } = await createDummyStage(app.api, { name: 'bound' });
    await createBinding(app.api, { stage: pk });
    await createBinding(app.api, { stage: pk });
    const { body } = await app.api.get('/stages/all/?name=bound');
    expect(body.results[0].flow_set).toHaveLength(2);
    await app.api.delete(`/stages/all/${pk}/`);
  });

  it('is filtered by name only', async () => {
    expect(await names('name=beta')).toEqual(['beta']);
    expect(await names('name=%20beta%20')).toEqual(['beta']);
    expect(await names('name=BETA')).toEqual([]);
    expect(await names('port=x&component=x&kind=dummy&verbose_name=x')).toEqual(['alpha', 'beta', 'gamma']);
    const { status, body } = await app.api.get('/stages/all/?name=%00');
    expect([status, body]).toEqual([400, { name: ['Null characters are not allowed.'] }]);
  });

  it('is searched by name', async () => {
    expect(await names('search=ALP')).toEqual(['alpha']);
    expect(await names('search=stage')).toEqual([]);
  });

  it('is sorted by name and key only', async () => {
    expect(await names('ordering=-name')).toEqual(['gamma', 'beta', 'alpha']);
    const up = await names('ordering=pk');
    expect(await names('ordering=-pk')).toEqual([...up].reverse());
    for (const name of ['-kind', '-component', '-flow_set', '-port', '-stage_uuid']) {
      expect(await names(`ordering=${name}`)).toEqual(['alpha', 'beta', 'gamma']);
    }
  });

  it('is paged', async () => {
    expect(await names('page_size=2&page=2')).toEqual(['gamma']);
    expect((await app.api.get('/stages/all/?page=2')).status).toBe(404);
  });
});

describe('A stage of any kind', () => {
  it('can only be read and deleted; other methods answer 405', async () => {
    const { pk } = await createEmailStage(app.api);
    for (const [path, methods, allow] of [
      ['/stages/all/', ['POST', 'PUT', 'PATCH', 'DELETE'], 'GET, HEAD, OPTIONS'],
      [`/stages/all/${pk}/`, ['POST', 'PUT', 'PATCH'], 'GET, DELETE, HEAD, OPTIONS'],
      ['/stages/all/types/', ['POST', 'PUT', 'PATCH'], 'GET, HEAD, OPTIONS'],
      ['/stages/all/user_settings/', ['POST', 'PUT'], 'GET, HEAD, OPTIONS'],
      [`/stages/all/${pk}/used_by/`, ['POST', 'DELETE'], 'GET, HEAD, OPTIONS'],
    ] as const) {
      expect((await app.api.get(path)).headers.get('allow')).toBe(allow);
      for (const method of methods) {
        const { status, body, headers } = await app.api.request(method, path, { json: {} });
        expect([status, body]).toEqual([405, { detail: `Method "${method}" not allowed.` }]);
        expect(headers.get('allow')).toBe(allow);
      }
    }
  });

  it('is deleted from the list of its kind too, with its bindings', async () => {
    const { pk } = await createEmailStage(app.api);
    const binding = await createBinding(app.api, { stage: pk });
    const { status, body } = await app.api.delete(`/stages/all/${pk}/`);
    expect([status, body]).toEqual([204, undefined]);
    for (const path of [`/stages/email/${pk}/`, `/stages/all/${pk}/`, `/flows/bindings/${binding.pk}/`]) {
      expect((await app.api.get(path)).status).toBe(404);
    }
    const again = await app.api.delete(`/stages/all/${pk}/`);
    expect([again.status, again.body]).toEqual([404, { detail: 'Not found.' }]);
    expect(await app.dataSource.query('select from "stage" where stage_uuid = $1', [pk])).toEqual([]);
  });
});

describe('The kinds of stages', () => {
  it('are listed by name, each with all six keys', async () => {
    const { status, body } = await app.api.get('/stages/all/types/?page=99&search=x');
    expect(status).toBe(200);
    const names = body.map(({ name }: { name: string }) => name);
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(expect.arrayContaining(['Dummy Stage', 'Email Stage']));
    const email = body.find(({ name }: { name: string }) => name === 'Email Stage');
    const { description } = email;
    expect(description).toMatch(/\w/);
    expect(JSON.stringify(email)).toBe(
      JSON.stringify({
        name: 'Email Stage',
        description,
        component: 'ak-stage-email-form',
        model_name: 'emailstage',
        icon_url: null,
        requires_enterprise: false,
      }),
    );
  });

  it('have an empty list of user settings if no stage has a configuration flow', async () => {
    const { status, body } = await app.api.get('/stages/all/user_settings/');
    expect([status, body]).toEqual([200, []]);
  });

  it('are visible to every user', async () => {
    const plain = app.client(await createPlainUser(app.dataSource));
    expect((await plain.get('/stages/all/types/')).status).toBe(200);
    expect((await plain.get('/stages/all/user_settings/')).status).toBe(200);
    expect((await plain.get('/stages/all/')).status).toBe(403);
  });
});

describe('The permission to view email stages', () => {
  it('does not include the list of all stages, and vice versa', async () => {
    const { pk } = await createEmailStage(app.api);
    const ofEmail = app.client(await createPlainUser(app.dataSource, ['authentik_stages_email.view_emailstage']));
    const ofAll = app.client(await createPlainUser(app.dataSource, ['authentik_flows.view_stage']));
    const statuses = async (client: typeof ofAll): Promise<number[]> => {
      const paths = ['/stages/email/', `/stages/email/${pk}/`, '/stages/all/', `/stages/all/${pk}/`];
      return Promise.all(paths.map(async (path) => (await client.get(path)).status));
    };
    expect(await statuses(ofEmail)).toEqual([200, 200, 403, 403]);
    expect(await statuses(ofAll)).toEqual([403, 403, 200, 200]);
    expect((await ofAll.delete(`/stages/all/${pk}/`)).status).toBe(403);
    const remover = await createPlainUser(app.dataSource, [
      'authentik_flows.view_stage',
      'authentik_flows.delete_stage',
    ]);
    expect((await app.client(remover).delete(`/stages/all/${pk}/`)).status).toBe(204);
  });
});
