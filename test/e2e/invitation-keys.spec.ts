import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { allow, createActor } from '../factories/actor.js';
import { createFlow } from '../factories/flow.js';
import { createInvitation } from '../factories/invitation.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const path = '/stages/invitation/invitations/';
const model = 'authentik_stages_invitation.invitation';
const view = 'authentik_stages_invitation.view_invitation';
const add = 'authentik_stages_invitation.add_invitation';
const change = 'authentik_stages_invitation.change_invitation';
const remove = 'authentik_stages_invitation.delete_invitation';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

describe('The key of an invitation', () => {
  it.each([
    ['to view', [view]],
    ['to view and create', [view, add]],
  ])('is hidden from callers with only the permission %s', async (_, permissions) => {
    const flow = await createFlow(app.api);
    const { pk } = await createInvitation(app.api, { flow: flow.pk });
    const { api } = await createActor(app, [...permissions, 'authentik_flows.view_flow']);
    expect((await api.get(path)).body.results).toEqual([]);
    expect((await api.get(`${path}${pk}/`)).status).toBe(404);
    expect((await api.get(`${path}${pk}/used_by/`)).status).toBe(404);
    expect((await api.patch(`${path}${pk}/`, {})).status).toBe(404);
    expect((await api.get(`/flows/instances/${flow.slug}/used_by/`)).body).toEqual([]);
  });

  it('is hidden from callers with the object permission to view', async () => {
    const { pk } = await createInvitation(app.api);
    const { user, api } = await createActor(app);
    await allow(app, user.pk, { permissions: [view], model, object_pk: pk });
    expect((await api.get(path)).body.results).toEqual([]);
    expect((await api.get(`${path}${pk}/`)).status).toBe(404);
  });

  it('is visible to its creator', async () => {
    await createInvitation(app.api);
    const { api } = await createActor(app, [view, add]);
    const invitation = await createInvitation(api);
    expect((await api.get(path)).body.results).toEqual([invitation]);
    expect((await api.get(`${path}${invitation.pk}/`)).body).toEqual(invitation);
  });

  it.each([change, remove])('is visible to callers with %s, globally or on the object', async (permission) => {
    const { pk } = await createInvitation(app.api);
    const everywhere = await createActor(app, [view, permission]);
    expect((await everywhere.api.get(`${path}${pk}/`)).body.pk).toBe(pk);
    const onOne = await createActor(app, [view]);
    await allow(app, onOne.user.pk, { permissions: [permission], model, object_pk: pk });
    const keys = (await onOne.api.get(path)).body.results.map((invitation: { pk: string }) => invitation.pk);
    expect(keys).toEqual([pk]);
  });
});
