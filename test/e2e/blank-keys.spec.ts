import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { schemaText } from '../../scripts/schema-text.js';
import { importEntries } from '../factories/blueprint.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { createUser } from '../factories/user.js';
import { managedKinds } from '../support/managed-kinds.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Property {
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
}

interface Document {
  readonly paths: Record<string, { post: { requestBody: { content: Record<string, { schema: { $ref: string } }> } } }>;
  readonly components: { schemas: Record<string, { properties: Record<string, Property> }> };
}

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const { paths, components } = parse(await schemaText()) as Document;

/** The nullable relation fields of a request. */
function nullableRelations(path: string): string[] {
  const reference = paths[path]?.post.requestBody.content['application/json']?.schema.$ref ?? '';
  const properties = components.schemas[reference.split('/').at(-1) ?? '']?.properties ?? {};
  return Object.entries(properties)
    .filter(([, { type, format, nullable }]) => nullable && (format === 'uuid' || type === 'integer'))
    .map(([name]) => name);
}

const kinds = Object.entries(managedKinds(() => app.api))
  .map(([path, kind]) => ({ path, kind, relations: nullableRelations(path) }))
  .filter(({ relations }) => relations.length > 0);

describe('A blank key of a nullable relation', () => {
  it('is accepted by these kinds of objects', () => {
    expect(Object.fromEntries(kinds.map(({ path, relations }) => [path, relations]))).toEqual({
      '/core/groups/': ['parent'],
      '/events/rules/': ['group'],
      '/events/transports/': ['webhook_mapping'],
      '/mail/suppressions/': ['message'],
      '/policies/bindings/': ['policy', 'group', 'user'],
      '/stages/email/': ['transport'],
      '/stages/identification/': [
        'password_stage',
        'captcha_stage',
        'enrollment_flow',
        'recovery_flow',
        'passwordless_flow',
      ],
      '/stages/invitation/invitations/': ['flow'],
      '/stages/password/': ['configure_flow'],
      '/stages/redirect/': ['target_flow'],
      '/stages/user_write/': ['create_users_group'],
    });
  });

  it.each(kinds)('is null for POST, PUT and PATCH of $path', async ({ path, kind, relations }) => {
    const body = await kind.body();
    const left = relations.filter((name) => !(name in body));
    const blank = Object.fromEntries(left.map((name) => [name, '']));
    const none = Object.fromEntries(left.map((name) => [name, null]));
    const created = await app.api.post(path, { ...body, ...blank });
    expect(created).toMatchObject({ status: 201, body: none });
    const object = `${path}${created.body[kind.key]}/`;
    expect(await app.api.put(object, { ...body, ...blank })).toMatchObject({ status: 200, body: none });
    for (const name of left) {
      expect(await app.api.patch(object, { [name]: '' })).toMatchObject({ status: 200, body: none });
    }
  });

  it('removes the stored relation', async () => {
    const parent = await createGroup(app.api);
    const { pk } = await createGroup(app.api, { parent: parent.pk });
    expect(await app.api.patch(`/core/groups/${pk}/`, { parent: '' })).toMatchObject({
      status: 200,
      body: { parent: null },
    });
  });

  it('is null in a policy binding for a user instead of a group', async () => {
    const { pk: target } = await createFlow(app.api);
    const { pk: user } = await createUser(app.api);
    const answer = await app.api.post('/policies/bindings/', { target, policy: '', group: '', user, order: 0 });
    expect(answer).toMatchObject({ status: 201, body: { policy: null, group: null, user } });
  });

  it('is null in an imported file', async () => {
    const attrs = Object.fromEntries(nullableRelations('/stages/identification/').map((name) => [name, '']));
    const entry = {
      model: 'authentik_stages_identification.identificationstage',
      identifiers: { name: 'from a file' },
      attrs: { ...attrs, user_fields: ['email'] },
    };
    expect(await importEntries(app.api, [entry])).toEqual([true, 'created']);
    const { results } = (await app.api.get('/stages/identification/?name=from%20a%20file')).body;
    expect(results).toMatchObject([{ recovery_flow: null, password_stage: null }]);
  });
});

describe('A blank key of a required relation', () => {
  it('is refused like null', async () => {
    const { pk: target } = await createFlow(app.api);
    const refused = { status: 400, body: { stage: ['This field may not be null.'] } };
    expect(await app.api.post('/flows/bindings/', { target, stage: '', order: 0 })).toMatchObject(refused);
    expect(await app.api.post('/flows/bindings/', { target, stage: null, order: 0 })).toMatchObject(refused);
  });

  it('is refused in a list', async () => {
    expect(await app.api.post('/core/groups/', { name: 'list', roles: [''] })).toMatchObject({
      status: 400,
      body: { roles: ['“” is not a valid UUID.'] },
    });
    expect(await app.api.post('/core/groups/', { name: 'list', users: [''] })).toMatchObject({
      status: 400,
      body: { users: ['Incorrect type. Expected pk value, received str.'] },
    });
  });
});
