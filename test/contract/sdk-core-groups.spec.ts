import { randomUUID } from 'node:crypto';

import { CoreApi, type Group, type GroupRequest, RbacApi, type User } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/core/groups/', (sdk) => {
  const core = (key?: string | null): CoreApi => new CoreApi(sdk().configuration(key));
  const create = (request: Partial<GroupRequest> = {}): Promise<Group> =>
    core().coreGroupsCreate({ groupRequest: { name: `group-${randomUUID()}`, ...request } });
  const user = (): Promise<User> =>
    core().coreUsersCreate({ userRequest: { username: `user-${randomUUID()}`, name: 'Member' } });
  const uuid: unknown = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

  it('creates with authentik’s defaults', async () => {
    expect(await create({ name: 'defaults' })).toEqual({
      pk: uuid,
      numPk: expect.any(Number),
      name: 'defaults',
      isSuperuser: false,
      parent: undefined,
      parentName: null,
      users: [],
      usersObj: [],
      attributes: {},
      roles: [],
      rolesObj: [],
    });
  });

  it('creates with every field', async () => {
    const [parent, member] = [await create(), await user()];
    const role = await new RbacApi(sdk().configuration()).rbacRolesCreate({ roleRequest: { name: 'role of a group' } });
    const request = {
      isSuperuser: true,
      parent: parent.pk,
      users: [member.pk],
      roles: [role.pk],
      attributes: { a: 1 },
    };
    const { pk, uid, username, name, isActive, lastLogin, email, attributes } = member;
    expect(await create({ name: 'everything', ...request })).toEqual({
      ...request,
      pk: uuid,
      numPk: expect.any(Number),
      name: 'everything',
      parentName: parent.name,
      usersObj: [{ pk, uid, username, name, isActive, lastLogin, email, attributes }],
      rolesObj: [role],
    });
    expect((await core().coreUsersRetrieve({ id: pk })).isSuperuser).toBe(true);
  });

  it('answers 400 for invalid values', async () => {
    const nothing = randomUUID();
    expect(await refusal(core().coreGroupsCreate({ groupRequest: {} as GroupRequest }))).toEqual({
      status: 400,
      body: { name: ['This field is required.'] },
    });
    expect(await refusal(create({ parent: nothing, users: [2_000_000_000], roles: [nothing] }))).toEqual({
      status: 400,
      body: {
        parent: [`Invalid pk "${nothing}" - object does not exist.`],
        users: ['Invalid pk "2000000000" - object does not exist.'],
        roles: [`Invalid pk "${nothing}" - object does not exist.`],
      },
    });
  });

  it('retrieves a group, with or without its users', async () => {
    const group = await create({ users: [(await user()).pk] });
    expect(await core().coreGroupsRetrieve({ groupUuid: group.pk })).toEqual(group);
    expect(await core().coreGroupsRetrieve({ groupUuid: group.pk, includeUsers: false })).toEqual({
      ...group,
      usersObj: null,
    });
  });

  it('answers 404 for an unknown group in every operation', async () => {
    const groupUuid = randomUUID();
    const userAccountRequest = { pk: 1 };
    const calls = [
      core().coreGroupsRetrieve({ groupUuid }),
      core().coreGroupsUpdate({ groupUuid, groupRequest: { name: 'nothing' } }),
      core().coreGroupsPartialUpdate({ groupUuid }),
      core().coreGroupsDestroy({ groupUuid }),
      core().coreGroupsUsedByList({ groupUuid }),
      core().coreGroupsAddUserCreate({ groupUuid, userAccountRequest }),
      core().coreGroupsRemoveUserCreate({ groupUuid, userAccountRequest }),
    ];
    const notFound = { status: 404, body: { detail: 'Not found.' } };
    expect(await Promise.all(calls.map(refusal))).toEqual(calls.map(() => notFound));
  });

  it('changes only the sent fields with PUT', async () => {
    const group = await create({ attributes: { kept: true }, users: [(await user()).pk] });
    const groupRequest = { name: 'replaced' };
    const changed = { ...group, ...groupRequest };
    expect(await core().coreGroupsUpdate({ groupUuid: group.pk, groupRequest })).toEqual(changed);
    expect((await refusal(core().coreGroupsUpdate({ groupUuid: group.pk, groupRequest: {} as never }))).status).toBe(
      400,
    );
  });

  it('changes one field with PATCH', async () => {
    const [group, parent] = [await create(), await create()];
    const patch = (patchedGroupRequest: object): Promise<Group> =>
      core().coreGroupsPartialUpdate({ groupUuid: group.pk, patchedGroupRequest });
    expect(await patch({ parent: parent.pk })).toEqual({ ...group, parent: parent.pk, parentName: parent.name });
    expect(await patch({ parent: null })).toEqual(group);
    expect(await refusal(patch({ attributes: 'x' }))).toMatchObject({ status: 400 });
  });

  it('deletes, and answers 404 the second time', async () => {
    const { pk: groupUuid } = await create();
    await core().coreGroupsDestroy({ groupUuid });
    expect((await refusal(core().coreGroupsDestroy({ groupUuid }))).status).toBe(404);
  });

  it('adds and removes users', async () => {
    const [{ pk: groupUuid }, { pk }] = [await create(), await user()];
    await core().coreGroupsAddUserCreate({ groupUuid, userAccountRequest: { pk } });
    expect((await core().coreGroupsRetrieve({ groupUuid })).users).toEqual([pk]);
    expect((await core().coreUsersRetrieve({ id: pk })).groups).toEqual([groupUuid]);
    await core().coreGroupsRemoveUserCreate({ groupUuid, userAccountRequest: { pk } });
    expect((await core().coreGroupsRetrieve({ groupUuid })).users).toEqual([]);
    const nobody = { pk: 2_000_000_000 };
    expect((await refusal(core().coreGroupsAddUserCreate({ groupUuid, userAccountRequest: nobody }))).status).toBe(404);
  });

  it('filters a list by every filter', async () => {
    const member = await user();
    const settings = { name: 'wanted', isSuperuser: true, attributes: { room: 'list' }, users: [member.pk] };
    const wanted = await create(settings);
    const other = await create();
    const filters = {
      name: 'wanted',
      isSuperuser: true,
      attributes: JSON.stringify(settings.attributes),
      membersByPk: [member.pk],
      membersByUsername: [member.username, 'akadmin'],
      search: 'want',
    };
    for (const [name, value] of Object.entries(filters)) {
      const { results } = await core().coreGroupsList({ [name]: value });
      const pks = results.map(({ pk }) => pk);
      expect([name, pks.includes(wanted.pk), pks.includes(other.pk)]).toEqual([name, true, false]);
    }
    const { results } = await core().coreGroupsList({ ...filters, includeUsers: false });
    expect(results).toEqual([{ ...wanted, usersObj: null }]);
  });

  it('paginates by name', async () => {
    for (const name of ['page b', 'page a', 'page c']) await create({ name });
    const first = await core().coreGroupsList({ search: 'page', pageSize: 2 });
    expect(first.results.map(({ name }) => name)).toEqual(['page a', 'page b']);
    const last = await core().coreGroupsList({ search: 'page', pageSize: 2, page: 2, ordering: '-name' });
    expect(last.results.map(({ name }) => name)).toEqual(['page a']);
    expect(last.pagination).toMatchObject({ count: 3, current: 2, previous: 1, next: 0 });
    expect((await refusal(core().coreGroupsList({ search: 'page', page: 2 }))).status).toBe(404);
  });

  it('lists the objects that use a group', async () => {
    expect(await core().coreGroupsUsedByList({ groupUuid: (await create()).pk })).toEqual([]);
  });

  it('answers 403 without credentials', async () => {
    expect(await refusal(core(null).coreGroupsList())).toEqual({
      status: 403,
      body: { detail: 'Authentication credentials were not provided.' },
    });
  });
});
