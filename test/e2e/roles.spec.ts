import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { permissionModels } from '../../src/core/permissions/permission-models.js';
import { allow, createActor } from '../factories/actor.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
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
const model = 'authentik_stages_email.emailstage';
const view = 'authentik_stages_email.view_emailstage';

describe('/rbac/roles/', () => {
  it('creates, retrieves, changes and deletes roles', async () => {
    const { status, body } = await app.api.post('/rbac/roles/', { name: '  editors ', pk: randomUUID() });
    expect([status, Object.keys(body), body.name]).toEqual([201, ['pk', 'name'], 'editors']);
    const path = `/rbac/roles/${body.pk}/`;
    expect((await app.api.get(path)).body).toEqual(body);
    expect((await app.api.put(path, { name: 'writers' })).body).toEqual({ ...body, name: 'writers' });
    expect((await app.api.patch(path, {})).body).toEqual({ ...body, name: 'writers' });
    expect((await app.api.patch(path, { name: 'readers' })).body).toEqual({ ...body, name: 'readers' });
    expect(await app.api.delete(path)).toMatchObject({ status: 204, body: undefined });
    expect(await app.api.delete(path)).toMatchObject(notFound);
    expect(await app.api.get(path)).toMatchObject(notFound);
  });

  it.each([
    [{}, 'This field is required.'],
    [{ name: null }, 'This field may not be null.'],
    [{ name: ' ' }, 'This field may not be blank.'],
    [{ name: 'x'.repeat(151) }, 'Ensure this field has no more than 150 characters.'],
    [{ name: 'taken role' }, 'Role with this name already exists.'],
  ])('refuses %j', async (request, message) => {
    await app.api.post('/rbac/roles/', { name: 'taken role' });
    expect(await app.api.post('/rbac/roles/', request)).toMatchObject({ status: 400, body: { name: [message] } });
  });

  it('lists roles by name, with search, ordering and a filter by group', async () => {
    for (const name of ['list b', 'list a', 'list c']) await app.api.post('/rbac/roles/', { name });
    const names = async (query: string): Promise<string[]> =>
      (await app.api.get(`/rbac/roles/?search=list&${query}`)).body.results.map(({ name }: any) => name);
    expect(await names('')).toEqual(['list a', 'list b', 'list c']);
    expect(await names('ordering=-name&page_size=2')).toEqual(['list c', 'list b']);
    const { pk } = (await app.api.get('/rbac/roles/?search=list%20b')).body.results[0];
    await createGroup(app.api, { name: 'with a role', roles: [pk] });
    expect(await names('group__name=with%20a%20role')).toEqual(['list b']);
    expect(await names('group__name=nobody')).toEqual([]);
  });

  it('lists the groups of a role in used_by', async () => {
    const role = await createRole(app.api);
    const group = await createGroup(app.api, { name: 'handing on', roles: [role.pk] });
    const used = { app: 'authentik_core', model_name: 'group', pk: group.pk, name: 'Group handing on' };
    expect((await app.api.get(`/rbac/roles/${role.pk}/used_by/`)).body).toEqual([{ ...used, action: 'cascade_many' }]);
    const { api } = await createActor(app, ['authentik_rbac.view_role']);
    expect((await api.get(`/rbac/roles/${role.pk}/used_by/`)).body).toEqual([]);
  });

  it('requires the permissions of the model', async () => {
    const { api } = await createActor(app, ['authentik_rbac.view_role']);
    const { pk } = await createRole(app.api);
    expect((await api.get('/rbac/roles/')).status).toBe(200);
    expect(await api.post('/rbac/roles/', { name: 'x' })).toMatchObject(forbidden);
    expect(await api.patch(`/rbac/roles/${pk}/`, { name: 'x' })).toMatchObject(forbidden);
    expect(await api.delete(`/rbac/roles/${pk}/`)).toMatchObject(forbidden);
  });
});

describe('A role', () => {
  it('grants its permissions to the members of its groups', async () => {
    const role = await createRole(app.api, [view]);
    const { user, api } = await createActor(app);
    const group = await createGroup(app.api, { roles: [role.pk], users: [user.pk] });
    expect((await api.get('/stages/email/')).status).toBe(200);
    await app.api.patch(`/core/groups/${group.pk}/`, { roles: [] });
    expect(await api.get('/stages/email/')).toMatchObject(forbidden);
  });

  it('grants its permissions to the members of child groups', async () => {
    const role = await createRole(app.api, [view]);
    const { user, api } = await createActor(app);
    const { pk: parent } = await createGroup(app.api, { roles: [role.pk] });
    await createGroup(app.api, { parent, users: [user.pk] });
    expect((await api.get('/stages/email/')).status).toBe(200);
  });

  it('may have permissions on single objects', async () => {
    const [one, other] = [await createEmailStage(app.api), await createEmailStage(app.api)];
    const role = await createRole(app.api);
    await app.api.post(`/rbac/permissions/assigned_by_roles/${role.pk}/assign/`, {
      permissions: [view],
      model,
      object_pk: one.pk,
    });
    const actor = await createActor(app);
    await createGroup(app.api, { roles: [role.pk], users: [actor.user.pk] });
    expect((await actor.api.get('/stages/email/')).body.results).toEqual([one]);
    expect(await actor.api.get(`/stages/email/${other.pk}/`)).toMatchObject(notFound);
  });

  it('grants nothing after it was deleted', async () => {
    const role = await createRole(app.api, [view]);
    const { user, api } = await createActor(app);
    await createGroup(app.api, { roles: [role.pk], users: [user.pk] });
    await app.api.delete(`/rbac/roles/${role.pk}/`);
    expect(await api.get('/stages/email/')).toMatchObject(forbidden);
  });
});

describe.each(['users', 'roles'] as const)('Assigning permissions to %s', (kind) => {
  const holder = async (): Promise<{ path: string; pk: string | number }> => {
    const { pk } = kind === 'users' ? await createUser(app.api) : await createRole(app.api);
    return { path: `/rbac/permissions/assigned_by_${kind}/${pk}`, pk };
  };
  /** The permissions of a holder: `codename` or `codename on key`. */
  const held = async (pk: string | number): Promise<string[]> => {
    const column = kind === 'users' ? 'user_id' : 'role_uuid';
    const rows = await app.dataSource.query<{ codename: string; object_pk: string }[]>(
      `select codename, object_pk from "permission_grant" where ${column} = $1 order by 1, 2`,
      [pk],
    );
    return rows.map(({ codename, object_pk: key }) => (key === '' ? codename : `${codename} on ${key}`));
  };

  it('grants them on all objects, and returns an id for each', async () => {
    const { path, pk } = await holder();
    const permissions = [view, 'authentik_flows.export_flow'];
    const { status, body } = await app.api.post(`${path}/assign/`, { permissions });
    expect([status, body]).toEqual([200, [{ id: expect.any(String) }, { id: expect.any(String) }]]);
    expect(body[0].id).not.toBe(body[1].id);
    expect(await held(pk)).toEqual(['authentik_flows.export_flow', view]);
    expect((await app.api.post(`${path}/assign/`, { permissions })).body).toEqual(body);
    expect(await held(pk)).toHaveLength(2);
    expect((await app.api.post(`${path}/assign/`, { permissions: [] })).body).toEqual([]);
  });

  it('grants and revokes them separately on one object and on all objects', async () => {
    const { path, pk } = await holder();
    const stage = await createEmailStage(app.api);
    const onStage = { permissions: [view], model, object_pk: stage.pk };
    await app.api.post(`${path}/assign/`, { ...onStage, object_pk: stage.pk.toUpperCase() });
    await app.api.post(`${path}/assign/`, { permissions: [view] });
    expect(await held(pk)).toEqual([view, `${view} on ${stage.pk}`]);
    expect(await app.api.patch(`${path}/unassign/`, { permissions: [view] })).toMatchObject({
      status: 204,
      body: undefined,
    });
    expect(await held(pk)).toEqual([`${view} on ${stage.pk}`]);
    expect((await app.api.patch(`${path}/unassign/`, onStage)).status).toBe(204);
    expect(await held(pk)).toEqual([]);
    expect((await app.api.patch(`${path}/unassign/`, onStage)).status).toBe(204);
  });

  it('accepts a codename without application label if the request contains the model', async () => {
    const { path, pk } = await holder();
    const { status } = await app.api.post(`${path}/assign/`, { permissions: ['view_emailstage'], model });
    expect([status, await held(pk)]).toEqual([200, [view]]);
  });

  it('checks the existence of objects of every model', async () => {
    const { path } = await holder();
    const flow = await createFlow(app.api);
    const user = await createUser(app.api);
    for (const known of permissionModels) {
      const permissions = [known.replace('.', '.view_')];
      const answer = await app.api.post(`${path}/assign/`, { permissions, model: known, object_pk: randomUUID() });
      expect([known, answer.status, Object.keys(answer.body)]).toEqual([known, 400, ['object_pk']]);
    }
    for (const [known, key] of [
      ['authentik_flows.flow', flow.pk],
      ['authentik_core.user', String(user.pk)],
    ] as const) {
      const permissions = [known.replace('.', '.view_')];
      const answer = await app.api.post(`${path}/assign/`, { permissions, model: known, object_pk: key });
      expect(answer.status).toBe(200);
    }
  });

  it.each([
    [{}, { permissions: ['This field is required.'] }],
    [{ permissions: 'x' }, { permissions: ['Expected a list of items but got type "str".'] }],
    [{ permissions: [''] }, { permissions: ['This field may not be blank.'] }],
    [
      { permissions: ['x', view, 'authentik_core.eat_user'] },
      { permissions: ['"x" is not a valid choice.', '"authentik_core.eat_user" is not a valid choice.'] },
    ],
    [{ permissions: ['view_emailstage'] }, { permissions: ['"view_emailstage" is not a valid choice.'] }],
    [
      { permissions: ['authentik_core.view_user'], model },
      { permissions: ['"authentik_core.view_user" is not a valid choice.'] },
    ],
    [
      { permissions: [view], model: 'authentik_stages.cake' },
      { model: ['"authentik_stages.cake" is not a valid choice.'] },
    ],
    [{ permissions: [view], object_pk: 'x' }, { model: ['This field is required.'] }],
    [{ permissions: [view], model, object_pk: 'x' }, { object_pk: ['Invalid pk "x" - object does not exist.'] }],
    [{ permissions: [view], model, object_pk: '' }, { object_pk: ['This field may not be blank.'] }],
    [
      { permissions: ['authentik_core.view_user'], model: 'authentik_core.user', object_pk: '9999999999' },
      { object_pk: ['Invalid pk "9999999999" - object does not exist.'] },
    ],
  ])('refuses %j, on assign and on unassign', async (request, errors) => {
    const { path, pk } = await holder();
    await app.api.post(`${path}/assign/`, { permissions: [view] });
    expect(await app.api.post(`${path}/assign/`, request)).toMatchObject({ status: 400, body: errors });
    expect(await app.api.patch(`${path}/unassign/`, request)).toMatchObject({ status: 400, body: errors });
    expect(await held(pk)).toEqual([view]);
  });

  it('requires the assign or unassign permission, on all objects or on the holder', async () => {
    const [{ path, pk }, other] = [await holder(), await holder()];
    const [app_, noun] = kind === 'users' ? ['authentik_core', 'user'] : ['authentik_rbac', 'role'];
    const request = { permissions: [view] };
    const actor = await createActor(app, [view, `${app_}.view_${noun}`, `${app_}.change_${noun}`]);
    expect(await actor.api.post(`${path}/assign/`, request)).toMatchObject(forbidden);
    expect(await actor.api.patch(`${path}/unassign/`, request)).toMatchObject(forbidden);
    await allow(app, actor.user.pk, {
      permissions: [`assign_${noun}_permissions`],
      model: `${app_}.${noun}`,
      object_pk: String(pk),
    });
    expect((await actor.api.post(`${path}/assign/`, request)).status).toBe(200);
    expect(await actor.api.post(`${other.path}/assign/`, request)).toMatchObject(forbidden);
    expect(await actor.api.patch(`${path}/unassign/`, request)).toMatchObject(forbidden);
    await allow(app, actor.user.pk, { permissions: [`${app_}.unassign_${noun}_permissions`] });
    expect((await actor.api.patch(`${path}/unassign/`, request)).status).toBe(204);
  });

  it('answers 404 for an unknown holder', async () => {
    const pk = kind === 'users' ? '999999999' : randomUUID();
    const path = `/rbac/permissions/assigned_by_${kind}/${pk}`;
    expect(await app.api.post(`${path}/assign/`, {})).toMatchObject(notFound);
    expect(await app.api.patch(`${path}/unassign/`, {})).toMatchObject(notFound);
  });

  it('creates grants that are deleted with the holder', async () => {
    const { path, pk } = await holder();
    await app.api.post(`${path}/assign/`, { permissions: [view] });
    await app.api.delete(kind === 'users' ? `/core/users/${pk}/` : `/rbac/roles/${pk}/`);
    expect(await held(pk)).toEqual([]);
  });
});
