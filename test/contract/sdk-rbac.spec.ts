import { randomUUID } from 'node:crypto';

import {
  CoreApi,
  type EmailStage,
  type PermissionAssignRequest,
  RbacApi,
  type Role,
  StagesApi,
} from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/rbac/', (sdk) => {
  const rbac = (key?: string | null): RbacApi => new RbacApi(sdk().configuration(key));
  const core = (): CoreApi => new CoreApi(sdk().configuration());
  const stages = (key?: string): StagesApi => new StagesApi(sdk().configuration(key));
  const createRole = (name = `role-${randomUUID()}`): Promise<Role> =>
    rbac().rbacRolesCreate({ roleRequest: { name } });
  const createStage = (): Promise<EmailStage> =>
    stages().stagesEmailCreate({ emailStageRequest: { name: `mail-${randomUUID()}` } });
  /** A user without superuser rights, with an API key. */
  const createCaller = async (): Promise<{ id: number; key: string }> => {
    const username = `user-${randomUUID()}`;
    const { pk } = await core().coreUsersCreate({ userRequest: { username, name: 'Caller' } });
    await core().coreTokensCreate({ tokenRequest: { identifier: username, user: pk } });
    return { id: pk, key: (await core().coreTokensViewKeyRetrieve({ identifier: username })).key };
  };
  const forbidden = { status: 403, body: { detail: 'You do not have permission to perform this action.' } };
  const view = { permissions: ['authentik_stages_email.view_emailstage'] };
  const onStage = (objectPk: string): PermissionAssignRequest => ({
    ...view,
    model: 'authentik_stages_email.emailstage',
    objectPk,
  });

  it('creates, retrieves, changes and deletes roles', async () => {
    const role = await createRole('mail administrators');
    expect(role).toEqual({ pk: expect.stringMatching(/^[0-9a-f-]{36}$/), name: 'mail administrators' });
    const { pk: uuid } = role;
    expect(await rbac().rbacRolesRetrieve({ uuid })).toEqual(role);
    expect(await rbac().rbacRolesUpdate({ uuid, roleRequest: { name: 'replaced' } })).toEqual({
      pk: uuid,
      name: 'replaced',
    });
    expect(await rbac().rbacRolesPartialUpdate({ uuid, patchedRoleRequest: { name: 'patched' } })).toEqual({
      pk: uuid,
      name: 'patched',
    });
    expect(await rbac().rbacRolesUsedByList({ uuid })).toEqual([]);
    await rbac().rbacRolesDestroy({ uuid });
    expect((await refusal(rbac().rbacRolesRetrieve({ uuid }))).status).toBe(404);
  });

  it('answers 400 for a role without a name or with a name that is too long', async () => {
    expect(await refusal(rbac().rbacRolesCreate({ roleRequest: {} as never }))).toEqual({
      status: 400,
      body: { name: ['This field is required.'] },
    });
    expect(await refusal(createRole('x'.repeat(151)))).toEqual({
      status: 400,
      body: { name: ['Ensure this field has no more than 150 characters.'] },
    });
  });

  it('answers 404 for an unknown role or user', async () => {
    const uuid = randomUUID();
    const calls = [
      rbac().rbacRolesRetrieve({ uuid }),
      rbac().rbacRolesUpdate({ uuid, roleRequest: { name: 'x' } }),
      rbac().rbacRolesPartialUpdate({ uuid }),
      rbac().rbacRolesDestroy({ uuid }),
      rbac().rbacRolesUsedByList({ uuid }),
      rbac().rbacPermissionsAssignedByRolesAssign({ uuid, permissionAssignRequest: view }),
      rbac().rbacPermissionsAssignedByUsersAssign({ id: 2_000_000_000, permissionAssignRequest: view }),
    ];
    const notFound = { status: 404, body: { detail: 'Not found.' } };
    expect(await Promise.all(calls.map(refusal))).toEqual(calls.map(() => notFound));
  });

  it('paginates roles by name', async () => {
    for (const name of ['list b', 'list a', 'list c']) await createRole(name);
    const { results, pagination } = await rbac().rbacRolesList({ search: 'list', pageSize: 2 });
    expect(results.map(({ name }) => name)).toEqual(['list a', 'list b']);
    expect(pagination).toMatchObject({ count: 3, next: 2, totalPages: 2 });
    const last = await rbac().rbacRolesList({ search: 'list', pageSize: 2, page: 2, ordering: '-name' });
    expect(last.results.map(({ name }) => name)).toEqual(['list a']);
    expect((await refusal(rbac().rbacRolesList({ search: 'list', page: 2 }))).status).toBe(404);
  });

  it('assigns and unassigns the permission to view one stage to a user', async () => {
    const { id, key } = await createCaller();
    const [stage, other] = [await createStage(), await createStage()];
    expect(await refusal(stages(key).stagesEmailList())).toEqual(forbidden);
    const assigned = await rbac().rbacPermissionsAssignedByUsersAssign({
      id,
      permissionAssignRequest: onStage(stage.pk),
    });
    expect(assigned).toEqual([{ id: expect.any(String) }]);
    expect((await stages(key).stagesEmailList()).results).toEqual([stage]);
    expect((await refusal(stages(key).stagesEmailRetrieve({ stageUuid: other.pk }))).status).toBe(404);
    expect(await refusal(stages(key).stagesEmailDestroy({ stageUuid: stage.pk }))).toEqual(forbidden);
    await rbac().rbacPermissionsAssignedByUsersUnassignPartialUpdate({
      id,
      patchedPermissionAssignRequest: onStage(stage.pk),
    });
    expect(await refusal(stages(key).stagesEmailList())).toEqual(forbidden);
  });

  it('assigns, moves and unassigns a user’s permission on one object, as Terraform does', async () => {
    const { id: user, key } = await createCaller();
    const [stage, other] = [await createStage(), await createStage()];
    const [given] = await rbac().rbacPermissionsAssignedByUsersAssign({
      id: user,
      permissionAssignRequest: onStage(stage.pk),
    });
    const id = Number(given?.id);
    const grant = {
      id,
      codename: 'view_emailstage',
      model: 'emailstage',
      appLabel: 'authentik_stages_email',
      objectPk: stage.pk,
      name: 'Can view Email Stage',
      appLabelVerbose: 'authentik Stages.Email',
      modelVerbose: 'Email Stage',
      objectDescription: null,
    };
    expect(await rbac().rbacPermissionsUsersRetrieve({ id })).toEqual(grant);
    expect((await rbac().rbacPermissionsUsersList({ userId: user })).results).toContainEqual(grant);
    const moved = { ...grant, objectPk: other.pk };
    const extraUserObjectPermissionRequest = { objectPk: other.pk };
    expect(await rbac().rbacPermissionsUsersUpdate({ id, extraUserObjectPermissionRequest })).toEqual(moved);
    expect((await stages(key).stagesEmailList()).results).toEqual([other]);
    expect(await rbac().rbacPermissionsUsersPartialUpdate({ id })).toEqual(moved);
    await rbac().rbacPermissionsUsersDestroy({ id });
    expect((await refusal(rbac().rbacPermissionsUsersRetrieve({ id }))).status).toBe(404);
    expect(await refusal(stages(key).stagesEmailList())).toEqual(forbidden);
  });

  it('assigns, moves and unassigns a role’s permission on one object, as Terraform does', async () => {
    const { pk: uuid } = await createRole();
    const [stage, other] = [await createStage(), await createStage()];
    const [given] = await rbac().rbacPermissionsAssignedByRolesAssign({
      uuid,
      permissionAssignRequest: onStage(stage.pk),
    });
    const id = Number(given?.id);
    const grant = await rbac().rbacPermissionsRolesRetrieve({ id });
    expect(grant).toMatchObject({ id, codename: 'view_emailstage', objectPk: stage.pk });
    expect((await rbac().rbacPermissionsRolesList({ uuid })).results).toEqual([grant]);
    const moved = { ...grant, objectPk: other.pk };
    const extraRoleObjectPermissionRequest = { objectPk: other.pk };
    expect(await rbac().rbacPermissionsRolesUpdate({ id, extraRoleObjectPermissionRequest })).toEqual(moved);
    expect(await rbac().rbacPermissionsRolesPartialUpdate({ id })).toEqual(moved);
    await rbac().rbacPermissionsRolesDestroy({ id });
    expect((await rbac().rbacPermissionsRolesList({ uuid })).results).toEqual([]);
  });

  it('finds and unassigns a permission on every object, as Terraform does', async () => {
    const [{ pk: uuid }, { id: user }] = [await createRole(), await createCaller()];
    const [ofRole] = await rbac().rbacPermissionsAssignedByRolesAssign({ uuid, permissionAssignRequest: view });
    const [ofUser] = await rbac().rbacPermissionsAssignedByUsersAssign({ id: user, permissionAssignRequest: view });
    const codename = 'view_emailstage';
    const found = { codename, appLabel: 'authentik_stages_email' };
    expect((await rbac().rbacPermissionsList({ codename, role: uuid })).results).toMatchObject([found]);
    expect((await rbac().rbacPermissionsList({ codename, user })).results).toMatchObject([found]);
    await rbac().rbacPermissionsRolesDestroy({ id: Number(ofRole?.id) });
    await rbac().rbacPermissionsUsersDestroy({ id: Number(ofUser?.id) });
    expect((await rbac().rbacPermissionsList({ codename, role: uuid })).results).toEqual([]);
    expect((await rbac().rbacPermissionsList({ codename, user })).results).toEqual([]);
  });

  it('lists and retrieves permissions by application, model, codename and search', async () => {
    const { results } = await rbac().rbacPermissionsList({
      contentTypeAppLabel: 'authentik_core',
      contentTypeModel: 'token',
      ordering: 'codename',
    });
    expect(results.map(({ codename }) => codename)).toEqual([
      ...['add_token', 'change_token', 'delete_token', 'set_token_key', 'view_token', 'view_token_key'],
    ]);
    const [first] = results;
    expect(await rbac().rbacPermissionsRetrieve({ id: first?.id ?? 0 })).toEqual(first);
    expect((await refusal(rbac().rbacPermissionsRetrieve({ id: 1 }))).status).toBe(404);
    const { results: page, pagination } = await rbac().rbacPermissionsList({ search: 'email stage', pageSize: 3 });
    expect(page.map(({ name }) => name)).toEqual([
      'Can add Email Stage',
      'Can change Email Stage',
      'Can delete Email Stage',
    ]);
    expect(pagination).toMatchObject({ count: 4, next: 2, totalPages: 2 });
  });

  it('assigns and unassigns the permission to view every stage to a role of a group', async () => {
    const { id, key } = await createCaller();
    const stage = await createStage();
    const { pk: uuid } = await createRole();
    await core().coreGroupsCreate({ groupRequest: { name: `group-${uuid}`, users: [id], roles: [uuid] } });
    expect(await refusal(stages(key).stagesEmailList())).toEqual(forbidden);
    await rbac().rbacPermissionsAssignedByRolesAssign({ uuid, permissionAssignRequest: view });
    expect((await stages(key).stagesEmailList()).results).toContainEqual(stage);
    expect(await refusal(stages(key).stagesEmailCreate({ emailStageRequest: { name: 'x' } }))).toEqual(forbidden);
    await rbac().rbacPermissionsAssignedByRolesUnassignPartialUpdate({ uuid, patchedPermissionAssignRequest: view });
    expect(await refusal(stages(key).stagesEmailList())).toEqual(forbidden);
  });

  it('lists the users and roles with permissions on an object', async () => {
    const [{ id }, { pk: uuid }, { pk: objectPk }] = [await createCaller(), await createRole(), await createStage()];
    const permissionAssignRequest = onStage(objectPk);
    await rbac().rbacPermissionsAssignedByUsersAssign({ id, permissionAssignRequest });
    await rbac().rbacPermissionsAssignedByRolesAssign({ uuid, permissionAssignRequest });
    const wanted = { model: 'authentik_stages_email.emailstage', objectPk } as const;
    const permissions = [{ codename: 'view_emailstage', objectPk }];
    const users = await rbac().rbacPermissionsAssignedByUsersList(wanted);
    expect(users.results.find(({ pk }) => pk === id)).toMatchObject({ permissions });
    const roles = await rbac().rbacPermissionsAssignedByRolesList(wanted);
    expect(roles.results.find(({ rolePk }) => rolePk === uuid)).toMatchObject({ permissions });
  });

  it('answers 400 for unknown permissions, and 403 for callers who may not assign', async () => {
    const { id, key } = await createCaller();
    const permissionAssignRequest = { permissions: ['authentik_stages_email.eat_emailstage'] };
    const unknown = rbac().rbacPermissionsAssignedByUsersAssign({ id, permissionAssignRequest });
    expect((await refusal(unknown)).status).toBe(400);
    const byCaller = rbac(key).rbacPermissionsAssignedByUsersAssign({ id, permissionAssignRequest: view });
    expect((await refusal(byCaller)).status).toBe(403);
    expect(await refusal(rbac(key).rbacRolesList())).toEqual(forbidden);
    expect(await refusal(rbac(null).rbacRolesList())).toEqual({
      status: 403,
      body: { detail: 'Authentication credentials were not provided.' },
    });
  });
});
