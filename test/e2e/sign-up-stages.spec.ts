import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import { allow, createActor } from '../factories/actor.js';
import { createBinding } from '../factories/binding.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { createInvitation, createInvitationStage } from '../factories/invitation.js';
import { createStage } from '../factories/stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const invitations = '/stages/invitation/invitations/';

describe('A user write stage', () => {
  it('reports all invalid fields at once, in the order of the fields', async () => {
    const nothing = randomUUID();
    const { status, body } = await app.api.post('/stages/user_write/', {
      user_path_template: [],
      user_type: 'x',
      create_users_group: nothing,
      create_users_as_inactive: 'x',
      user_creation_mode: 'x',
      name: '',
    });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        name: ['This field may not be blank.'],
        user_creation_mode: ['"x" is not a valid choice.'],
        create_users_as_inactive: ['Must be a valid boolean.'],
        create_users_group: [`Invalid pk "${nothing}" - object does not exist.`],
        user_type: ['"x" is not a valid choice.'],
        user_path_template: ['Not a valid string.'],
      }),
    );
  });

  it('is listed in used_by of its group, and loses the group when it is deleted', async () => {
    const group = await createGroup(app.api);
    const stage = await createStage(app.api, 'user_write', { create_users_group: group.pk });
    expect((await app.api.get(`/core/groups/${group.pk}/used_by/`)).body).toEqual([
      {
        app: 'authentik_stages_user_write',
        model_name: 'userwritestage',
        pk: stage.pk,
        name: `Stage ${stage.name}`,
        action: 'set_null',
      },
    ]);
    await app.api.delete(`/core/groups/${group.pk}/`);
    expect((await app.api.get(`/stages/user_write/${stage.pk}/`)).body.create_users_group).toBeNull();
  });

  it('requires the permission to add users to a group for create_users_group', async () => {
    const members = await createGroup(app.api);
    const { api, user } = await createActor(app, [
      'authentik_stages_user_write.view_userwritestage',
      'authentik_stages_user_write.add_userwritestage',
      'authentik_stages_user_write.change_userwritestage',
    ]);
    const fields = { name: randomUUID(), create_users_group: members.pk };
    const { pk } = await createStage(app.api, 'user_write');
    const path = `/stages/user_write/${pk}/`;
    expect((await api.post('/stages/user_write/', fields)).status).toBe(403);
    expect((await api.patch(path, { create_users_group: members.pk })).status).toBe(403);
    expect((await api.put(path, fields)).status).toBe(403);
    await app.api.patch(path, { create_users_group: members.pk });
    expect((await api.put(path, fields)).status).toBe(200);
    expect((await api.patch(path, { create_users_group: null })).status).toBe(200);
    await allow(app, user.pk, {
      permissions: ['add_user_to_group'],
      model: 'authentik_core.group',
      object_pk: members.pk,
    });
    expect((await api.patch(path, { create_users_group: members.pk })).status).toBe(200);
  });
});

describe('An invitation', () => {
  it('reports all invalid fields at once, in the order of the fields', async () => {
    const nothing = randomUUID();
    const { status, body } = await app.api.post(invitations, {
      flow: nothing,
      single_use: 'x',
      fixed_data: [],
      expires: 'tomorrow',
      name: 'not a slug',
    });
    expect(status).toBe(400);
    expect(Object.keys(body)).toEqual(['name', 'expires', 'fixed_data', 'single_use', 'flow']);
    expect(body).toMatchObject({
      fixed_data: ['Value must be a dictionary, and not have any duplicate keys.'],
      flow: [`Invalid pk "${nothing}" - object does not exist.`],
    });
    expect((await app.api.post(invitations, { name: 'x'.repeat(51) })).status).toBe(400);
  });

  it('cannot contain a password', async () => {
    const fields = { name: 'secret', fixed_data: { password: 'hunter2', email: 'a@example.org' } };
    const refused = { status: 400, body: { fixed_data: ['An invitation cannot hold a password.'] } };
    expect(await app.api.post(invitations, fields)).toMatchObject(refused);
    const { pk } = await createInvitation(app.api);
    expect(await app.api.patch(`${invitations}${pk}/`, fields)).toMatchObject(refused);
  });

  it('belongs to the caller regardless of created_by, and is deleted with them', async () => {
    const actor = await createActor(app, [
      'authentik_stages_invitation.add_invitation',
      'authentik_stages_invitation.view_invitation',
    ]);
    const { body } = await actor.api.post(invitations, { name: 'mine', created_by: 1, pk: randomUUID() });
    expect(body.created_by.pk).toBe(actor.user.pk);
    expect((await app.api.get(`${invitations}?created_by__username=${actor.user.username}`)).body.results).toEqual([
      body,
    ]);
    await app.api.delete(`/core/users/${actor.user.pk}/`);
    expect((await app.api.get(`${invitations}${body.pk}/`)).status).toBe(404);
  });

  it('for one flow is deleted with the flow', async () => {
    const flow = await createFlow(app.api);
    const { pk, name, created_by } = await createInvitation(app.api, { flow: flow.pk });
    const used = { app: 'authentik_stages_invitation', model_name: 'invitation', pk, action: 'cascade' };
    expect((await app.api.get(`/flows/instances/${flow.slug}/used_by/`)).body).toEqual([
      { ...used, name: `Invitation ${name}` },
    ]);
    expect((await app.api.get(`/core/users/${created_by.pk}/used_by/`)).body).toContainEqual({
      ...used,
      name: `Invitation ${name}`,
    });
    await app.api.delete(`/flows/instances/${flow.slug}/`);
    expect((await app.api.get(`${invitations}${pk}/`)).status).toBe(404);
  });

  it('is deleted by housekeeping after it expires', async () => {
    const expired = await createInvitation(app.api, { expires: new Date(Date.now() - 1000) });
    const valid = await createInvitation(app.api, { expires: new Date(Date.now() + 3_600_000) });
    const lasting = await createInvitation(app.api, { expires: null });
    await app.nest.get(Housekeeping).doEverything();
    const statuses: number[] = [];
    for (const { pk } of [expired, valid, lasting]) {
      statuses.push((await app.api.get(`${invitations}${pk}/`)).status);
    }
    expect(statuses).toEqual([404, 200, 200]);
  });

  it('is listed by latest expiry first, and can be sorted by every column', async () => {
    await createInvitation(app.api, { expires: new Date('2090-01-01T00:00:00Z') });
    await createInvitation(app.api, { expires: new Date('2091-01-01T00:00:00Z') });
    const { body } = await app.api.get(`${invitations}?search=209`);
    const times = body.results.map(({ expires }: { expires: string | null }) => expires ?? '9999');
    expect(times).toEqual([...times].sort().reverse());
    for (const name of ['pk', 'name', 'expires', 'fixed_data', 'single_use', 'flow']) {
      expect((await app.api.get(`${invitations}?ordering=-${name}`)).status, name).toBe(200);
    }
  });
});

describe('An invitation stage', () => {
  it('can be filtered by no_flows', async () => {
    const [bound, free] = [await createInvitationStage(app.api), await createInvitationStage(app.api)];
    await createBinding(app.api, { stage: bound.pk });
    const pks = async (value: boolean): Promise<string[]> =>
      (await app.api.get(`/stages/invitation/stages/?no_flows=${value}`)).body.results.map(
        ({ pk }: { pk: string }) => pk,
      );
    expect(await pks(true)).toContain(free.pk);
    expect(await pks(true)).not.toContain(bound.pk);
    expect(await pks(false)).toContain(bound.pk);
    expect(await pks(false)).not.toContain(free.pk);
  });
});
