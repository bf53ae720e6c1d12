import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { UserDto } from '../../src/core/users/dto/user.dto.js';
import { type Actor, allow, createActor } from '../factories/actor.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { createInvitation } from '../factories/invitation.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const views = [
  'authentik_core.view_group',
  'authentik_policies.view_policybinding',
  'authentik_stages_invitation.view_invitation',
];
// Other users' invitations are shown only with the change permission.
const permissions = [...views, 'authentik_stages_invitation.change_invitation'];

let app: TestApp;
let hidden: UserDto;
let caller: Actor;
let group: string;
let binding: string;
let invitation: string;

beforeAll(async () => {
  app = await startTestApp();
  hidden = await createUser(app.api, { name: 'Hidden Person', email: 'hidden@example.org', attributes: { phone: 1 } });
  caller = await createActor(app, permissions);
  group = (await createGroup(app.api, { users: [hidden.pk, caller.user.pk] })).pk;
  const { pk: target } = await createFlow(app.api);
  binding = (await app.api.post('/policies/bindings/', { target, user: hidden.pk, order: 1 })).body.pk;
  await app.api.post('/policies/bindings/', { target, group, order: 2 });
  const author = await createActor(app, ['authentik_stages_invitation.add_invitation']);
  await app.dataSource.query('update "user" set name = $1 where id = $2', ['Hidden Author', author.user.pk]);
  invitation = (await createInvitation(author.api)).pk;
});
afterAll(() => app.stop());

describe('Details of users hidden from the caller', () => {
  it.each([
    ['groups', (): string => `/core/groups/${group}/`],
    ['a list of groups', (): string => '/core/groups/'],
    ['policy bindings', (): string => `/policies/bindings/${binding}/`],
    ['a list of policy bindings', (): string => '/policies/bindings/'],
    ['invitations', (): string => `/stages/invitation/invitations/${invitation}/`],
    ['a list of invitations', (): string => '/stages/invitation/invitations/'],
  ])('are not in %s', async (_, path) => {
    const { status, body } = await caller.api.get(path());
    expect(status).toBe(200);
    const text = JSON.stringify(body);
    for (const detail of [hidden.username, hidden.name, hidden.email, hidden.uid, 'phone', 'Hidden Author']) {
      expect(text).not.toContain(detail);
    }
  });

  it('are replaced by the primary key', async () => {
    const { body: shownGroup } = await caller.api.get(`/core/groups/${group}/`);
    expect(shownGroup.users).toEqual([hidden.pk, caller.user.pk].sort((a, b) => a - b));
    expect(shownGroup.users_obj.map(({ pk }: { pk: number }) => pk)).toEqual([caller.user.pk]);
    const { body: shownBinding } = await caller.api.get(`/policies/bindings/${binding}/`);
    expect([shownBinding.user, shownBinding.user_obj]).toEqual([hidden.pk, null]);
    const { body: shownInvitation } = await caller.api.get(`/stages/invitation/invitations/${invitation}/`);
    const pk = expect.any(Number) as number;
    expect(shownInvitation.created_by).toEqual({ pk, username: '-', name: '', uid: '' });
  });

  it('cannot be inferred from searches and filters', async () => {
    const { created_by } = (await app.api.get(`/stages/invitation/invitations/${invitation}/`)).body;
    for (const path of [
      `/core/groups/?members_by_username=${hidden.username}`,
      `/core/groups/?members_by_pk=${hidden.pk}`,
      `/policies/bindings/?search=${hidden.username}`,
      `/stages/invitation/invitations/?search=${created_by.username}`,
      `/stages/invitation/invitations/?created_by__username=${created_by.username}`,
    ]) {
      expect((await caller.api.get(path)).body.results, path).toEqual([]);
      expect((await app.api.get(path)).body.results, path).toHaveLength(1);
    }
  });

  it('are shown to callers with view permission for all users or this user', async () => {
    const object = { permissions: ['authentik_core.view_user'], model: 'authentik_core.user' };
    const onOne = await createActor(app, permissions);
    await allow(app, onOne.user.pk, { ...object, object_pk: String(hidden.pk) });
    const everywhere = await createActor(app, [...permissions, 'authentik_core.view_user']);
    for (const { api } of [onOne, everywhere]) {
      expect((await api.get(`/policies/bindings/${binding}/`)).body.user_obj).toEqual(
        (await app.api.get(`/policies/bindings/${binding}/`)).body.user_obj,
      );
      const { body } = await api.get(`/core/groups/${group}/`);
      expect(body.users_obj).toContainEqual(expect.objectContaining({ pk: hidden.pk, email: hidden.email }));
    }
    const { body } = await everywhere.api.get(`/stages/invitation/invitations/${invitation}/`);
    expect(body.created_by.name).toBe('Hidden Author');
  });
});
