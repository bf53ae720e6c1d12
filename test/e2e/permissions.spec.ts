import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { type Actor, allow, createActor } from '../factories/actor.js';
import { createBinding } from '../factories/binding.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow, flowFields } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
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
const change = 'authentik_stages_email.change_emailstage';
const remove = 'authentik_stages_email.delete_emailstage';

/** An actor with permissions for one stage. */
async function actorOn(object_pk: string, permissions: readonly string[]): Promise<Actor> {
  const actor = await createActor(app);
  await allow(app, actor.user.pk, { permissions, model, object_pk });
  return actor;
}

describe('A caller without a view permission', () => {
  it('gets 403 for the list, and for existing and unknown objects', async () => {
    const { pk } = await createEmailStage(app.api);
    const { api } = await createActor(app);
    expect(await api.get('/stages/email/')).toMatchObject(forbidden);
    expect(await api.get('/stages/email/?search=nothing-has-this-name')).toMatchObject(forbidden);
    for (const key of [pk, randomUUID()]) {
      expect(await api.get(`/stages/email/${key}/`)).toMatchObject(forbidden);
      expect(await api.patch(`/stages/email/${key}/`, {})).toMatchObject(forbidden);
      expect(await api.put(`/stages/email/${key}/`, {})).toMatchObject(forbidden);
      expect(await api.delete(`/stages/email/${key}/`)).toMatchObject(forbidden);
      expect(await api.get(`/stages/email/${key}/used_by/`)).toMatchObject(forbidden);
    }
  });

  it('gets 403 even with the permission to change or delete', async () => {
    const { pk } = await createEmailStage(app.api);
    const { api } = await createActor(app, [change, remove]);
    expect(await api.patch(`/stages/email/${pk}/`, {})).toMatchObject(forbidden);
    expect(await api.delete(`/stages/email/${pk}/`)).toMatchObject(forbidden);
  });

  it('gets 403 even with a view permission for another model', async () => {
    const { pk } = await createEmailStage(app.api);
    const { api } = await createActor(app, [view]);
    expect(await api.get('/stages/all/')).toMatchObject(forbidden);
    expect(await api.get(`/stages/all/${pk}/`)).toMatchObject(forbidden);
  });

  it('can use actions that require no permission', async () => {
    const { api } = await createActor(app);
    expect((await api.get('/stages/email/templates/')).status).toBe(200);
    expect((await api.get('/stages/all/types/')).status).toBe(200);
    expect((await api.get('/core/users/me/')).status).toBe(200);
  });

  it('gets an empty list and 404 as an internal service account', async () => {
    const { pk } = await createEmailStage(app.api);
    const { user, api } = await createActor(app);
    await app.dataSource.manager.update(User, { pk: user.pk }, { type: 'internal_service_account' });
    const { status, body } = await api.get('/stages/email/');
    expect([status, body.pagination.count, body.results]).toEqual([200, 0, []]);
    expect(await api.get(`/stages/email/${pk}/`)).toMatchObject(notFound);
    expect(await api.delete(`/stages/email/${pk}/`)).toMatchObject(notFound);
  });
});

describe('A caller with view permission for some objects', () => {
  it('gets only those, with matching pagination', async () => {
    const [one] = [await createEmailStage(app.api), await createEmailStage(app.api)];
    const { api } = await actorOn(one.pk, [view]);
    const { status, body } = await api.get('/stages/email/');
    expect(status).toBe(200);
    const page = { next: 0, previous: 0, count: 1, current: 1, total_pages: 1, start_index: 1, end_index: 1 };
    expect(body).toEqual({ pagination: page, results: [one] });
  });

  it('gets 404 for other objects and unknown keys', async () => {
    const [one, other] = [await createEmailStage(app.api), await createEmailStage(app.api)];
    const { api } = await actorOn(one.pk, [view]);
    expect(await api.get(`/stages/email/${one.pk}/`)).toMatchObject({ status: 200, body: one });
    for (const key of [other.pk, randomUUID(), 'no-uuid']) {
      expect(await api.get(`/stages/email/${key}/`)).toMatchObject(notFound);
      expect(await api.patch(`/stages/email/${key}/`, {})).toMatchObject(notFound);
      expect(await api.delete(`/stages/email/${key}/`)).toMatchObject(notFound);
      expect(await api.get(`/stages/email/${key}/used_by/`)).toMatchObject(notFound);
    }
  });

  it('gets 403 for writes to them', async () => {
    const { pk, name } = await createEmailStage(app.api);
    const { api } = await actorOn(pk, [view]);
    expect(await api.patch(`/stages/email/${pk}/`, { port: 1 })).toMatchObject(forbidden);
    expect(await api.put(`/stages/email/${pk}/`, { name })).toMatchObject(forbidden);
    expect(await api.delete(`/stages/email/${pk}/`)).toMatchObject(forbidden);
    expect(await api.post('/stages/email/', { name: randomUUID() })).toMatchObject(forbidden);
  });

  it('gets an empty list for a search without matches', async () => {
    const { pk } = await createEmailStage(app.api);
    const { api } = await actorOn(pk, [view]);
    const { status, body } = await api.get('/stages/email/?search=nothing-has-this-name');
    expect([status, body.results]).toEqual([200, []]);
  });

  it('gets 403 after the last of them was deleted', async () => {
    const { pk } = await createEmailStage(app.api);
    const { api } = await actorOn(pk, [view, remove]);
    expect((await api.delete(`/stages/email/${pk}/`)).status).toBe(204);
    expect(await api.get('/stages/email/')).toMatchObject(forbidden);
  });

  it('gets 403 after the last of them was deleted with its parent', async () => {
    const flow = await createFlow(app.api);
    const binding = await createBinding(app.api, { target: flow.pk });
    const { user, api } = await createActor(app);
    await allow(app, user.pk, {
      permissions: ['authentik_flows.view_flowstagebinding'],
      model: 'authentik_flows.flowstagebinding',
      object_pk: binding.pk,
    });
    expect((await api.get('/flows/bindings/')).body.results).toHaveLength(1);
    await app.api.delete(`/flows/instances/${flow.slug}/`);
    expect(await api.get('/flows/bindings/')).toMatchObject(forbidden);
  });

  it('gets 403 for them through another model', async () => {
    const { pk } = await createEmailStage(app.api);
    const { api } = await actorOn(pk, [view]);
    expect(await api.get('/stages/all/')).toMatchObject(forbidden);
  });

  it('gets only visible objects in used_by', async () => {
    const binding = await createBinding(app.api);
    const actor = await actorOn(binding.stage, [view]);
    const usedBy = async (): Promise<any> => (await actor.api.get(`/stages/email/${binding.stage}/used_by/`)).body;
    expect(await usedBy()).toEqual([]);
    await allow(app, actor.user.pk, {
      permissions: ['authentik_flows.view_flow'],
      model: 'authentik_flows.flow',
      object_pk: binding.target,
    });
    expect(await usedBy()).toMatchObject([{ model_name: 'flow', pk: binding.target }]);
  });
});

describe('A caller with view permission for all objects', () => {
  it('gets all of them, or an empty list', async () => {
    const other = await startTestApp();
    const { api } = await createActor(other, [view]);
    expect((await api.get('/stages/email/')).body.pagination).toMatchObject({ count: 0, total_pages: 1 });
    const { pk } = await createEmailStage(other.api);
    expect((await api.get('/stages/email/')).body.results).toMatchObject([{ pk }]);
    expect(await api.get(`/stages/email/${randomUUID()}/`)).toMatchObject(notFound);
    await other.stop();
  });

  it('gets 403 for writes', async () => {
    const { pk } = await createEmailStage(app.api);
    const { api } = await createActor(app, [view]);
    expect((await api.get(`/stages/email/${pk}/`)).status).toBe(200);
    expect(await api.patch(`/stages/email/${pk}/`, {})).toMatchObject(forbidden);
    expect(await api.delete(`/stages/email/${pk}/`)).toMatchObject(forbidden);
    expect(await api.post('/stages/email/', { name: randomUUID() })).toMatchObject(forbidden);
  });

  it('gets all of them, even with an additional grant for a single object', async () => {
    const [one, other] = [await createEmailStage(app.api), await createEmailStage(app.api)];
    const actor = await actorOn(one.pk, [view]);
    await allow(app, actor.user.pk, { permissions: [view] });
    const { results } = (await actor.api.get('/stages/email/?page_size=1000')).body;
    expect(results).toEqual(expect.arrayContaining([one, other]));
  });
});

describe('The permission to add', () => {
  it('allows creation without any view permission', async () => {
    const { api } = await createActor(app, ['authentik_stages_email.add_emailstage']);
    expect((await api.post('/stages/email/', { name: randomUUID() })).status).toBe(201);
    expect(await api.get('/stages/email/')).toMatchObject(forbidden);
  });

  it('applies to one model only', async () => {
    const { api } = await createActor(app, ['authentik_stages_email.add_emailstage']);
    expect(await api.post('/flows/instances/', flowFields())).toMatchObject(forbidden);
  });

  it('is checked before the body is read', async () => {
    const { api } = await createActor(app, [view]);
    expect(await api.post('/stages/email/', {})).toMatchObject(forbidden);
    const broken = { raw: '{', headers: { 'content-type': 'application/json' } };
    expect(await api.request('POST', '/stages/email/', broken)).toMatchObject(forbidden);
  });
});

describe('The permission to change', () => {
  it('for all objects allows changes to objects that the caller may view', async () => {
    const [one, other] = [await createEmailStage(app.api), await createEmailStage(app.api)];
    const actor = await actorOn(one.pk, [view]);
    await allow(app, actor.user.pk, { permissions: [change] });
    expect((await actor.api.patch(`/stages/email/${one.pk}/`, { timeout: 1 })).status).toBe(200);
    expect((await actor.api.put(`/stages/email/${one.pk}/`, { name: one.name })).status).toBe(200);
    expect(await actor.api.patch(`/stages/email/${other.pk}/`, { port: 1 })).toMatchObject(notFound);
  });

  it('for one object allows changes to that object only', async () => {
    const [one, other] = [await createEmailStage(app.api), await createEmailStage(app.api)];
    const actor = await actorOn(one.pk, [change]);
    await allow(app, actor.user.pk, { permissions: [view] });
    expect((await actor.api.patch(`/stages/email/${one.pk}/`, { timeout: 1 })).status).toBe(200);
    expect(await actor.api.patch(`/stages/email/${other.pk}/`, { port: 1 })).toMatchObject(forbidden);
    expect(await actor.api.delete(`/stages/email/${one.pk}/`)).toMatchObject(forbidden);
  });

  it('is checked after the lookup of the object and before the body is read', async () => {
    const { pk } = await createEmailStage(app.api);
    const broken = { raw: '{', headers: { 'content-type': 'application/json' } };
    const viewer = await actorOn(pk, [view]);
    expect(await viewer.api.request('PATCH', `/stages/email/${pk}/`, broken)).toMatchObject(forbidden);
    expect(await viewer.api.request('PATCH', `/stages/email/${randomUUID()}/`, broken)).toMatchObject(notFound);
  });
});

describe('The permission to delete', () => {
  it('for one object allows its deletion but no changes', async () => {
    const [one, other] = [await createEmailStage(app.api), await createEmailStage(app.api)];
    const actor = await actorOn(one.pk, [remove]);
    await allow(app, actor.user.pk, { permissions: [view] });
    expect(await actor.api.patch(`/stages/email/${one.pk}/`, { port: 1 })).toMatchObject(forbidden);
    expect(await actor.api.delete(`/stages/email/${other.pk}/`)).toMatchObject(forbidden);
    expect((await actor.api.delete(`/stages/email/${one.pk}/`)).status).toBe(204);
  });
});

describe('Superuser status', () => {
  it('is granted by membership in a superuser group', async () => {
    const { user, api } = await createActor(app);
    expect(await api.get('/stages/email/')).toMatchObject(forbidden);
    await createGroup(app.api, { is_superuser: true, users: [user.pk] });
    expect((await api.get('/stages/email/')).status).toBe(200);
    expect((await api.get('/core/users/me/')).body.user.is_superuser).toBe(true);
  });

  it('is inherited from ancestor groups at any depth', async () => {
    const { user, api } = await createActor(app);
    const top = await createGroup(app.api, { is_superuser: true });
    const middle = await createGroup(app.api, { parent: top.pk });
    const bottom = await createGroup(app.api, { parent: middle.pk, users: [user.pk] });
    expect((await api.post('/stages/email/', { name: randomUUID() })).status).toBe(201);
    await app.api.patch(`/core/groups/${bottom.pk}/`, { parent: null });
    expect(await api.get('/stages/email/')).toMatchObject(forbidden);
  });

  it('is not inherited from descendant groups', async () => {
    const { user, api } = await createActor(app);
    const top = await createGroup(app.api, { users: [user.pk] });
    await createGroup(app.api, { parent: top.pk, is_superuser: true });
    expect(await api.get('/stages/email/')).toMatchObject(forbidden);
  });

  it('changes the response to an unsupported method from 403 to 405', async () => {
    const { api } = await createActor(app, [view]);
    expect(await api.delete('/stages/email/')).toMatchObject(forbidden);
    expect(await app.api.delete('/stages/email/')).toMatchObject({
      status: 405,
      body: { detail: 'Method "DELETE" not allowed.' },
    });
  });
});

describe('An action with its own permission', () => {
  const action = 'authentik_core.reset_user_password';
  const password = { password: 'correct horse battery staple' };

  it('answers 403 without it', async () => {
    const { pk } = await createUser(app.api);
    const { api } = await createActor(app, ['authentik_core.view_user', 'authentik_core.change_user']);
    expect(await api.post(`/core/users/${pk}/set_password/`, password)).toMatchObject(forbidden);
  });

  it('is allowed with it on all objects or on the object', async () => {
    const [one, other] = [await createUser(app.api), await createUser(app.api)];
    const everywhere = await createActor(app, ['authentik_core.view_user', action]);
    expect((await everywhere.api.post(`/core/users/${one.pk}/set_password/`, password)).status).toBe(204);
    const onOne = await createActor(app, ['authentik_core.view_user']);
    await allow(app, onOne.user.pk, {
      permissions: [action],
      model: 'authentik_core.user',
      object_pk: String(one.pk),
    });
    expect((await onOne.api.post(`/core/users/${one.pk}/set_password/`, password)).status).toBe(204);
    expect(await onOne.api.post(`/core/users/${other.pk}/set_password/`, password)).toMatchObject(forbidden);
  });

  it('answers 404 for an object that the caller may not view', async () => {
    const [one, other] = [await createUser(app.api), await createUser(app.api)];
    const { user, api } = await createActor(app, [action]);
    await allow(app, user.pk, {
      permissions: ['authentik_core.view_user'],
      model: 'authentik_core.user',
      object_pk: String(one.pk),
    });
    expect((await api.post(`/core/users/${one.pk}/set_password/`, password)).status).toBe(204);
    expect(await api.post(`/core/users/${other.pk}/set_password/`, password)).toMatchObject(notFound);
  });
});

describe('Every permission required by a route', () => {
  it('can be granted', async () => {
    const asked = [...app.routes].flatMap(({ access }) => [
      ...(access?.view === undefined ? [] : [access.view]),
      ...(access?.everywhere ?? []),
      ...(access?.onRow ?? []),
    ]);
    expect(asked.length).toBeGreaterThan(50);
    const { user } = await createActor(app);
    for (const permission of new Set(asked)) await allow(app, user.pk, { permissions: [permission] });
  });
});
