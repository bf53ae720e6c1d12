import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { permissions } from '../../src/core/permissions/permission-models.js';
import { allow, createActor } from '../factories/actor.js';
import { createFlow } from '../factories/flow.js';
import { createRole } from '../factories/role.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const forbidden = { status: 403, body: { detail: 'You do not have permission to perform this action.' } };
const notFound = { status: 404, body: { detail: 'Not found.' } };
const view = 'authentik_flows.view_flow';

it('Every permission has a unique number', () => {
  expect(new Set(permissions.map(({ id }) => id)).size).toBe(permissions.length);
});

describe.each([
  { kind: 'roles', noun: 'authentik_rbac.role', filter: 'uuid' },
  { kind: 'users', noun: 'authentik_core.user', filter: 'user_id' },
])('A grant of $kind', ({ kind, noun, filter }) => {
  const codename = (action: string): string => noun.replace('.', `.${action}_`);

  async function createGrant(more: object = {}): Promise<{ holder: string; path: string; flow: string }> {
    const { pk } = kind === 'roles' ? await createRole(app.api) : await createUser(app.api);
    const { pk: flow } = await createFlow(app.api);
    const request = { permissions: [view], model: 'authentik_flows.flow', object_pk: flow, ...more };
    const { body } = await app.api.post(`/rbac/permissions/assigned_by_${kind}/${pk}/assign/`, request);
    expect(body[0].id).toMatch(/^[1-9]\d*$/);
    return { holder: String(pk), path: `/rbac/permissions/${kind}/${body[0].id}/`, flow };
  }

  it('answers 404 to callers without the permission to view the holder', async () => {
    const { path, holder } = await createGrant();
    const actor = await createActor(app, [view, 'authentik_flows.change_flow']);
    for (const method of ['GET', 'DELETE', 'PATCH']) {
      expect(await actor.api.request(method, path, method === 'PATCH' ? { json: {} } : {})).toMatchObject(notFound);
    }
    const list = await actor.api.get(`/rbac/permissions/${kind}/?${filter}=${holder}`);
    expect([list.status, list.body.results]).toEqual([200, []]);
  });

  it('requires the unassign permission to revoke it, and the assign permission too to move it', async () => {
    const { path, holder } = await createGrant();
    const { pk: object_pk } = await createFlow(app.api);
    const actor = await createActor(app, [view, codename('view')]);
    expect((await actor.api.get(path)).status).toBe(200);
    expect(await actor.api.delete(path)).toMatchObject(forbidden);
    expect(await actor.api.put(path, { object_pk })).toMatchObject(forbidden);
    const [, model] = noun.split('.');
    const assigning = { model: noun, object_pk: holder };
    await allow(app, actor.user.pk, { permissions: [`unassign_${model ?? ''}_permissions`], ...assigning });
    expect(await actor.api.put(path, { object_pk })).toMatchObject(forbidden);
    await allow(app, actor.user.pk, { permissions: [`assign_${model ?? ''}_permissions`], ...assigning });
    expect(await actor.api.put(path, { object_pk })).toMatchObject({ status: 200, body: { object_pk } });
    expect((await actor.api.delete(path)).status).toBe(204);
    expect(await app.api.get(path)).toMatchObject(notFound);
  });

  it('cannot be moved to an object on which the caller lacks the permission', async () => {
    const { path, flow } = await createGrant();
    const { pk: object_pk } = await createFlow(app.api);
    const verbs = ['assign', 'unassign'].map((verb) => noun.replace(/\.(\w+)/, `.${verb}_$1_permissions`));
    const actor = await createActor(app, [codename('view'), ...verbs]);
    await allow(app, actor.user.pk, { permissions: [view], model: 'authentik_flows.flow', object_pk: flow });
    expect(await actor.api.put(path, { object_pk })).toMatchObject(forbidden);
    expect((await app.api.get(path)).body.object_pk).toBe(flow);
  });

  it('can be moved only to an existing object without the same grant', async () => {
    const { path, holder, flow } = await createGrant();
    const { pk: other } = await createFlow(app.api);
    const request = { permissions: [view], model: 'authentik_flows.flow', object_pk: other };
    await app.api.post(`/rbac/permissions/assigned_by_${kind}/${holder}/assign/`, request);
    expect(await app.api.put(path, { object_pk: 'x' })).toMatchObject({ status: 400 });
    expect(await app.api.put(path, {})).toMatchObject({ status: 400 });
    expect(await app.api.put(path, { object_pk: other })).toMatchObject({
      status: 400,
      body: { object_pk: ['This permission on this object exists already.'] },
    });
    expect((await app.api.get(path)).body.object_pk).toBe(flow);
  });

  it('on all objects can be revoked by its number, and is not shown as an object grant', async () => {
    const { path, holder } = await createGrant({ model: undefined, object_pk: undefined });
    const everywhere = `/rbac/permissions/?${kind === 'roles' ? 'role' : 'user'}=${holder}`;
    expect((await app.api.get(everywhere)).body.results).toMatchObject([{ codename: 'view_flow' }]);
    expect(await app.api.get(path)).toMatchObject(notFound);
    expect(await app.api.patch(path, { object_pk: 'x' })).toMatchObject(notFound);
    expect((await app.api.delete(path)).status).toBe(204);
    expect((await app.api.get(everywhere)).body.results).toEqual([]);
    const actor = await createActor(app);
    expect((await actor.api.get(everywhere)).body.results).toEqual([]);
  });

  it('is listed by holder, with a required filter', async () => {
    const { holder } = await createGrant();
    const { body } = await app.api.get(`/rbac/permissions/${kind}/?${filter}=${holder}`);
    expect(body.results).toMatchObject([{ codename: 'view_flow', object_description: null }]);
    expect(await app.api.get(`/rbac/permissions/${kind}/`)).toMatchObject({
      status: 400,
      body: { [filter]: ['This field is required.'] },
    });
  });
});

describe.each([
  { kind: 'users', key: 'pk', viewing: 'authentik_core.view_user' },
  { kind: 'roles', key: 'role_pk', viewing: 'authentik_rbac.view_role' },
])('The $kind with permissions on an object', ({ kind, key, viewing }) => {
  const path = `/rbac/permissions/assigned_by_${kind}/`;
  const create = (): Promise<{ pk: string | number }> => (kind === 'roles' ? createRole(app.api) : createUser(app.api));
  const give = (pk: string | number, request: object): Promise<unknown> =>
    app.api.post(`${path}${pk}/assign/`, { model: 'authentik_flows.flow', ...request });

  it('are listed with those on the object and on every object, and no others', async () => {
    const [direct, general, elsewhere] = [await create(), await create(), await create()];
    const [flow, other] = [await createFlow(app.api), await createFlow(app.api)];
    await give(direct.pk, { permissions: ['change_flow', 'view_flow'], object_pk: flow.pk });
    await give(direct.pk, { permissions: ['view_flow'], object_pk: other.pk });
    await give(general.pk, { permissions: ['delete_flow'] });
    await give(general.pk, { permissions: ['view_stage'], model: 'authentik_flows.stage' });
    await give(elsewhere.pk, { permissions: ['view_flow'], object_pk: other.pk });
    const listed = async (query: string): Promise<Map<unknown, string[]>> => {
      const { body } = await app.api.get(`${path}?model=authentik_flows.flow&page_size=1000${query}`);
      return new Map(
        body.results.map((row: any) => [
          row[key],
          row.permissions.map(({ codename, object_pk: on }: any) => `${codename} ${on}`),
        ]),
      );
    };
    const onFlow = await listed(`&object_pk=${flow.pk}`);
    expect(onFlow.get(direct.pk)).toEqual([`change_flow ${flow.pk}`, `view_flow ${flow.pk}`]);
    expect(onFlow.get(general.pk)).toEqual(['delete_flow ']);
    expect(onFlow.has(elsewhere.pk)).toBe(false);
    expect((await listed('')).get(elsewhere.pk)).toEqual([`view_flow ${other.pk}`]);
    const one = await createActor(app, []);
    await allow(app, one.user.pk, {
      permissions: [viewing],
      model: viewing.replace('view_', ''),
      object_pk: String(general.pk),
    });
    const { body } = await one.api.get(`${path}?model=authentik_flows.flow&object_pk=${flow.pk}`);
    expect(body.results.map((row: any) => row[key])).toEqual([general.pk]);
  });

  it('are not listed without a model, or without the permission to view them', async () => {
    expect(await app.api.get(path)).toMatchObject({ status: 400, body: { model: ['This field is required.'] } });
    expect((await app.api.get(`${path}?model=authentik_flows.nothing`)).status).toBe(400);
    const actor = await createActor(app, [view]);
    expect((await actor.api.get(`${path}?model=authentik_flows.flow`)).status).toBe(403);
  });
});

it('At most 1,000 permissions of a user are listed for a model', async () => {
  const { pk, username } = await createUser(app.api);
  await app.dataSource.query(
    `insert into "permission_grant" (grant_uuid, user_id, codename, object_pk)
     select gen_random_uuid(), $1, $2, gen_random_uuid()::text from generate_series(1, 1001)`,
    [pk, view],
  );
  const path = `/rbac/permissions/assigned_by_users/?model=authentik_flows.flow&search=${username}`;
  const [user] = (await app.api.get(path)).body.results;
  expect(user.permissions).toHaveLength(1000);
});

it('The users with permissions on an object include the superusers', async () => {
  const { pk } = await createFlow(app.api);
  const { body } = await app.api.get(
    `/rbac/permissions/assigned_by_users/?model=authentik_flows.flow&object_pk=${pk}&search=akadmin`,
  );
  expect(body.results).toMatchObject([{ username: 'akadmin', is_superuser: true, permissions: [] }]);
});
