import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Actor, allow, createActor } from '../factories/actor.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { createRole } from '../factories/role.js';
import { createToken } from '../factories/token.js';
import { createUser } from '../factories/user.js';
import type { Answer } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let admins: string;
let akadmin: number;
beforeAll(async () => {
  app = await startTestApp();
  const { user } = (await app.api.get('/core/users/me/')).body;
  [admins, akadmin] = [user.groups[0].pk, user.pk];
  await createFlow(app.api, { designation: 'recovery' });
});
afterAll(() => app.stop());

const core = (...names: string[]): string[] => names.map((name) => `authentik_core.${name}`);
const onUsers = core('view_user', 'add_user', 'change_user', 'delete_user', 'reset_user_password');
const onGroups = core('view_group', 'add_group', 'change_group', 'delete_group');
const onMembers = core('add_user_to_group', 'remove_user_from_group');
const forbidden = { status: 403, body: { detail: 'You do not have permission to perform this action.' } };
const lastOne = { status: 400, body: { non_field_errors: ['The last active superuser has to stay one.'] } };

const ownUser = (actor: Actor): string => `/core/users/${actor.user.pk}/`;
const name = (): string => `name-${randomUUID()}`;

async function isSuperuser({ api }: Actor): Promise<boolean> {
  return (await api.get('/core/users/me/')).body.user.is_superuser;
}

/** A child of the administrators’ group: its members are superusers. */
const createGroupBelow = (): Promise<{ pk: string }> => createGroup(app.api, { parent: admins });

type Attempt = (actor: Actor) => Promise<Answer>;
const attempts: Record<string, Attempt> = {
  'joining a superuser group through a change of the own user': (actor) =>
    actor.api.patch(ownUser(actor), { groups: [admins] }),
  'joining a child of a superuser group': async (actor) =>
    actor.api.patch(ownUser(actor), { groups: [(await createGroupBelow()).pk] }),
  'creating a user in a superuser group': (actor) =>
    actor.api.post('/core/users/', { username: name(), name: '', groups: [admins] }),
  'creating a superuser group': (actor) =>
    actor.api.post('/core/groups/', { name: name(), is_superuser: true, users: [actor.user.pk] }),
  'creating a child of a superuser group': (actor) =>
    actor.api.post('/core/groups/', { name: name(), parent: admins, users: [actor.user.pk] }),
  'making a group a superuser group': async (actor) => {
    const { pk } = await createGroup(app.api, { users: [actor.user.pk] });
    return actor.api.patch(`/core/groups/${pk}/`, { is_superuser: true });
  },
  'moving a group into a superuser group': async (actor) => {
    const { pk } = await createGroup(app.api, { users: [actor.user.pk] });
    return actor.api.patch(`/core/groups/${pk}/`, { parent: admins });
  },
  'setting the members of a superuser group': (actor) =>
    actor.api.patch(`/core/groups/${admins}/`, { users: [akadmin, actor.user.pk] }),
  'adding a user to a superuser group': (actor) =>
    actor.api.post(`/core/groups/${admins}/add_user/`, { pk: actor.user.pk }),
  'removing a user from a superuser group': (actor) =>
    actor.api.post(`/core/groups/${admins}/remove_user/`, { pk: akadmin }),
  'deleting a superuser group': async (actor) =>
    actor.api.delete(`/core/groups/${(await createGroup(app.api, { is_superuser: true })).pk}/`),
  'deleting a child of a superuser group': async (actor) =>
    actor.api.delete(`/core/groups/${(await createGroupBelow()).pk}/`),
  'moving a group out of a superuser group': async (actor) =>
    actor.api.patch(`/core/groups/${(await createGroupBelow()).pk}/`, { parent: null }),
  'creating a recovery link for a superuser': ({ api }) => api.post(`/core/users/${akadmin}/recovery/`),
  'mailing a recovery link to a superuser': async ({ api }) => {
    await app.api.patch(`/core/users/${akadmin}/`, { email: 'akadmin@example.org' });
    const { pk } = await createEmailStage(app.api);
    return api.post(`/core/users/${akadmin}/recovery_email/?email_stage=${pk}`);
  },
  'setting a superuser’s password': ({ api }) =>
    api.post(`/core/users/${akadmin}/set_password/`, { password: 'A-new-password-0123' }),
  'changing a superuser’s address': ({ api }) => api.patch(`/core/users/${akadmin}/`, { email: 'mine@example.org' }),
  'changing a superuser’s user name': ({ api }) => api.patch(`/core/users/${akadmin}/`, { username: name() }),
  'deactivating a superuser': ({ api }) => api.patch(`/core/users/${akadmin}/`, { is_active: false }),
  'activating a superuser': async ({ api }) => {
    const { pk } = await createUser(app.api, { groups: [admins], is_active: false });
    return api.patch(`/core/users/${pk}/`, { is_active: true });
  },
  'deleting a superuser': async ({ api }) =>
    api.delete(`/core/users/${(await createUser(app.api, { groups: [admins] })).pk}/`),
  'adding newly enrolled users to a superuser group': ({ api }) =>
    api.post('/stages/user_write/', { name: name(), create_users_group: admins }),
  'sending the mails of a stage through the caller’s own server': async ({ api }) => {
    const { pk } = await createEmailStage(app.api, { use_global_settings: true });
    return api.patch(`/stages/email/${pk}/`, { use_global_settings: false, host: 'mail.attacker.example' });
  },
};

describe('A caller with every permission on users, groups and stages who is not a superuser', () => {
  it.each(Object.keys(attempts))('answers 403: %s', async (attempt) => {
    const actor = await createActor(app, [
      ...onUsers,
      ...onGroups,
      ...onMembers,
      'authentik_stages_user_write.view_userwritestage',
      'authentik_stages_user_write.add_userwritestage',
      'authentik_stages_email.view_emailstage',
      'authentik_stages_email.change_emailstage',
    ]);
    const before = (await app.api.get(`/core/groups/${admins}/`)).body;
    expect(await attempts[attempt]!(actor)).toMatchObject(forbidden);
    expect(await isSuperuser(actor)).toBe(false);
    expect((await app.api.get(`/core/groups/${admins}/`)).body.users).toEqual(expect.arrayContaining(before.users));
  });

  it('can change users who are not superusers, and their groups', async () => {
    const { api, user } = await createActor(app, [...onUsers, ...onGroups, ...onMembers]);
    const parent = await createGroup(app.api);
    const group = (await api.post('/core/groups/', { name: name(), parent: parent.pk, users: [user.pk] })).body;
    const { pk } = (await api.post('/core/users/', { username: name(), name: '', groups: [group.pk] })).body;
    const statuses = [
      await api.patch(`/core/users/${pk}/`, { email: 'new@example.org', is_active: false, groups: [parent.pk] }),
      await api.post(`/core/users/${pk}/set_password/`, { password: 'A-new-password-0123' }),
      await api.patch(`/core/users/${pk}/`, { is_active: true }),
      await api.post(`/core/users/${pk}/recovery/`),
      await api.patch(`/core/groups/${group.pk}/`, { parent: null, users: [pk], name: name() }),
      await api.delete(`/core/users/${pk}/`),
      await api.delete(`/core/groups/${group.pk}/`),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 204, 200, 200, 200, 204, 204]);
  });

  it('can change an email stage and reset its mail server, but answers 403 for a new port', async () => {
    const { api } = await createActor(app, [
      'authentik_stages_email.view_emailstage',
      'authentik_stages_email.change_emailstage',
    ]);
    const { pk } = await createEmailStage(app.api, { use_global_settings: false, host: 'mail.example.org' });
    expect((await api.patch(`/stages/email/${pk}/`, { subject: 'Hello', host: 'mail.example.org' })).status).toBe(200);
    expect(await api.patch(`/stages/email/${pk}/`, { port: 2525 })).toMatchObject(forbidden);
    expect((await api.patch(`/stages/email/${pk}/`, { use_global_settings: true })).status).toBe(200);
  });
});

describe('Changes of members and parents of groups', () => {
  it('require the permission on each affected group, by every route', async () => {
    const [mine, other] = [await createGroup(app.api), await createGroup(app.api)];
    const actor = await createActor(app, core('view_user', 'change_user', 'view_group', 'add_group', 'change_group'));
    const { pk } = await createUser(app.api);
    const model = 'authentik_core.group';
    await allow(app, actor.user.pk, { permissions: onMembers, model, object_pk: mine.pk });
    const { api } = actor;
    const groups = (...keys: string[]): Promise<Answer> => api.patch(`/core/users/${pk}/`, { groups: keys });
    expect((await groups(mine.pk)).status).toBe(200);
    expect(await groups(mine.pk, other.pk)).toMatchObject(forbidden);
    await app.api.post(`/core/groups/${other.pk}/add_user/`, { pk });
    expect(await groups(mine.pk)).toMatchObject(forbidden);
    expect((await groups(other.pk)).status).toBe(200);
    expect(await api.patch(`/core/groups/${other.pk}/`, { users: [] })).toMatchObject(forbidden);
    expect(await api.patch(`/core/groups/${mine.pk}/`, { parent: other.pk })).toMatchObject(forbidden);
    expect((await api.patch(`/core/groups/${other.pk}/`, { parent: mine.pk })).status).toBe(200);
    expect(await api.post('/core/groups/', { name: name(), parent: other.pk })).toMatchObject(forbidden);
    expect(await api.post('/core/groups/', { name: name(), users: [pk] })).toMatchObject(forbidden);
    expect((await api.patch(`/core/groups/${other.pk}/`, { parent: null })).status).toBe(200);
  });
});

describe('A permission', () => {
  const assigner = ['authentik_core.view_user', 'authentik_core.assign_user_permissions'];
  const assign = (user: number): string => `/rbac/permissions/assigned_by_users/${user}/assign/`;

  it('can be granted to oneself, other users and roles only by its holders', async () => {
    const { api, user } = await createActor(app, [
      ...assigner,
      'authentik_rbac.view_role',
      'authentik_rbac.assign_role_permissions',
    ]);
    const role = await createRole(app.api);
    const [mine, others] = [
      { permissions: ['authentik_core.view_user'] },
      { permissions: ['authentik_core.view_group'] },
    ];
    for (const path of [
      assign(user.pk),
      assign((await createUser(app.api)).pk),
      `/rbac/permissions/assigned_by_roles/${role.pk}/assign/`,
    ]) {
      expect((await api.post(path, mine)).status).toBe(200);
      expect(await api.post(path, others)).toMatchObject(forbidden);
    }
  });

  it('on one object does not allow granting it on another object or on all objects', async () => {
    const { api, user } = await createActor(app, assigner);
    const [mine, other] = [await createGroup(app.api), await createGroup(app.api)];
    const on = (object_pk?: string): object => ({
      permissions: ['view_group'],
      model: 'authentik_core.group',
      ...(object_pk !== undefined && { object_pk }),
    });
    await allow(app, user.pk, { permissions: ['view_group'], model: 'authentik_core.group', object_pk: mine.pk });
    const target = assign((await createUser(app.api)).pk);
    expect((await api.post(target, on(mine.pk))).status).toBe(200);
    expect(await api.post(target, on(other.pk))).toMatchObject(forbidden);
    expect(await api.post(target, on())).toMatchObject(forbidden);
    await allow(app, user.pk, { permissions: core('view_group') });
    expect((await api.post(target, on(other.pk))).status).toBe(200);
  });

  it('of a role can be granted through its groups and their children only by its holders', async () => {
    const role = await createRole(app.api, ['authentik_flows.view_flow']);
    const [group, powerful] = [await createGroup(app.api), await createGroup(app.api, { roles: [role.pk] })];
    const { api, user } = await createActor(app, [...onUsers, ...onGroups, ...onMembers]);
    const attempt = async (): Promise<number[]> => {
      const answers = [
        await api.patch(`/core/groups/${group.pk}/`, { roles: [role.pk] }),
        await api.patch(`/core/groups/${group.pk}/`, { roles: [], parent: powerful.pk }),
        await api.post(`/core/groups/${powerful.pk}/add_user/`, { pk: user.pk }),
        await api.patch(ownUser({ user } as Actor), { groups: [group.pk, powerful.pk] }),
        await api.post('/core/users/', { username: name(), name: '', groups: [powerful.pk] }),
      ];
      return answers.map(({ status }) => status);
    };
    expect(await attempt()).toEqual([403, 403, 403, 403, 403]);
    await allow(app, user.pk, { permissions: ['authentik_flows.view_flow'] });
    expect(await attempt()).toEqual([200, 200, 204, 200, 201]);
  });

  it('of an account prevents a takeover by callers without that permission', async () => {
    const victim = await createActor(app, ['authentik_flows.view_flow']);
    const { api, user } = await createActor(app, onUsers);
    const path = ownUser(victim);
    const attempt = async (): Promise<number[]> => {
      const answers = [
        await api.post(`${path}set_password/`, { password: 'A-new-password-0123' }),
        await api.post(`${path}recovery/`),
        await api.patch(path, { email: `${name()}@example.org` }),
        await api.patch(path, { attributes: { upn: name() } }),
      ];
      return answers.map(({ status }) => status);
    };
    expect(await attempt()).toEqual([403, 403, 403, 403]);
    await allow(app, user.pk, { permissions: ['authentik_flows.view_flow'] });
    expect(await attempt()).toEqual([204, 200, 200, 200]);
  });
});

describe('The last active superuser', () => {
  it('cannot be deactivated, deleted or removed by any route', async () => {
    const own = await startTestApp();
    try {
      const { user } = (await own.api.get('/core/users/me/')).body;
      const group = user.groups[0].pk;
      await createUser(own.api, { groups: [group], is_active: false });
      const parent = await createGroup(own.api, { is_superuser: true });
      const attempt = async (): Promise<Answer[]> => [
        await own.api.patch(`/core/users/${user.pk}/`, { is_active: false }),
        await own.api.patch(`/core/users/${user.pk}/`, { groups: [] }),
        await own.api.delete(`/core/users/${user.pk}/`),
        await own.api.post(`/core/groups/${group}/remove_user/`, { pk: user.pk }),
        await own.api.patch(`/core/groups/${group}/`, { users: [] }),
      ];
      for (const answer of [
        ...(await attempt()),
        await own.api.patch(`/core/groups/${group}/`, { is_superuser: false }),
        await own.api.delete(`/core/groups/${group}/`),
      ]) {
        expect(answer).toMatchObject(lastOne);
      }
      await own.api.patch(`/core/groups/${group}/`, { parent: parent.pk });
      expect((await own.api.patch(`/core/groups/${group}/`, { is_superuser: false })).status).toBe(200);
      for (const answer of [
        ...(await attempt()),
        await own.api.patch(`/core/groups/${group}/`, { parent: null }),
        await own.api.delete(`/core/groups/${parent.pk}/`),
        await own.api.patch(`/core/groups/${parent.pk}/`, { is_superuser: false }),
      ]) {
        expect(answer).toMatchObject(lastOne);
      }
    } finally {
      await own.stop();
    }
  });

  it('is kept when the last two superusers demote each other concurrently', async () => {
    const own = await startTestApp();
    try {
      const { user } = (await own.api.get('/core/users/me/')).body;
      const group = user.groups[0].pk;
      const second = await createActor(own, [], { groups: [group] });
      for (let round = 0; round < 5; round += 1) {
        const [one, other] = await Promise.all([
          own.api.post(`/core/groups/${group}/remove_user/`, { pk: second.user.pk }),
          second.api.patch(`/core/users/${user.pk}/`, { is_active: false }),
        ]);
        const active = await own.dataSource.query(
          `select u.id from "user" u join "group_user" gu on gu.user_id = u.id where u.is_active and gu.group_uuid = $1`,
          [group],
        );
        expect([one.status, other.status, active.length]).not.toContain(0);
        await own.dataSource.query(`update "user" set is_active = true where id = $1`, [user.pk]);
        await own.api.post(`/core/groups/${group}/add_user/`, { pk: second.user.pk });
      }
    } finally {
      await own.stop();
    }
  });
});

describe('Revoked permissions', () => {
  it('take effect at once: a concurrent request that relies on them answers 403', async () => {
    const { api, user } = await createActor(app, [...onGroups, ...onMembers]);
    const { pk } = await createGroup(app.api);
    const runner = app.dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query('select pg_advisory_xact_lock(731010)');
    const waiting = api.post(`/core/groups/${pk}/add_user/`, { pk: user.pk });
    await expect
      .poll(
        async () =>
          (await app.dataSource.query(`select from pg_locks where locktype = 'advisory' and not granted`)).length,
      )
      .toBeGreaterThan(0);
    await runner.query('delete from "permission_grant" where user_id = $1', [user.pk]);
    await runner.commitTransaction();
    await runner.release();
    expect(await waiting).toMatchObject(forbidden);
  });
});

describe('A token of a superuser', () => {
  it('cannot be created, read, changed or deleted by other users', async () => {
    const { api } = await createActor(
      app,
      core('view_token', 'add_token', 'change_token', 'delete_token', 'view_token_key', 'set_token_key'),
    );
    const { identifier } = await createToken(app.api, { user: akadmin });
    const made = await api.post('/core/tokens/', { identifier: name(), user: akadmin, intent: 'api' });
    expect(made.body.user).not.toBe(akadmin);
    for (const answer of [
      await api.get(`/core/tokens/${identifier}/view_key/`),
      await api.post(`/core/tokens/${identifier}/set_key/`, { key: 'x'.repeat(40) }),
      await api.patch(`/core/tokens/${identifier}/`, { description: 'x' }),
      await api.delete(`/core/tokens/${identifier}/`),
    ]) {
      expect(answer.status).toBe(404);
    }
  });
});
