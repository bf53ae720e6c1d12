import { randomUUID } from 'node:crypto';

import { CoreApi, FlowsApi, StagesApi, type User, type UserRequest } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/core/users/', (sdk) => {
  const core = (key?: string | null): CoreApi => new CoreApi(sdk().configuration(key));
  const create = (request: Partial<UserRequest> = {}): Promise<User> => {
    const username = `user-${randomUUID()}`;
    return core().coreUsersCreate({ userRequest: { username, name: 'Alice', ...request } });
  };
  const group = async (name: string): Promise<string> => (await core().coreGroupsCreate({ groupRequest: { name } })).pk;

  const uuid: unknown = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const defaults = {
    isActive: true,
    lastLogin: undefined,
    isSuperuser: false,
    groups: [],
    groupsObj: [],
    email: '',
    avatar: expect.any(String),
    attributes: {},
    path: 'users',
    type: 'internal',
    passwordChangeDate: expect.any(Date),
  };
  const everything = {
    name: 'Ada Lovelace',
    isActive: false,
    lastLogin: new Date('2024-12-24T12:30:00Z'),
    email: 'ada@example.org',
    attributes: { locale: 'en', nested: { list: [1, null] } },
    path: 'users/guests',
    type: 'external',
  } as const;

  it('creates with authentik’s defaults', async () => {
    const user = await create({ username: 'defaults', name: '' });
    expect(user).toEqual({
      ...defaults,
      pk: expect.any(Number),
      username: 'defaults',
      name: '',
      uid: expect.stringMatching(/^[0-9a-f]{64}$/),
      uuid,
    });
    expect(user.passwordChangeDate.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it('creates with every field', async () => {
    const guests = await group('guests of the creation');
    const user = await create({ ...everything, groups: [guests] });
    expect(user).toMatchObject({ ...everything, groups: [guests], isSuperuser: false });
    expect(user.groupsObj).toEqual([
      {
        pk: guests,
        numPk: expect.any(Number),
        name: 'guests of the creation',
        isSuperuser: false,
        parent: undefined,
        parentName: null,
        attributes: {},
      },
    ]);
  });

  it('answers 400 for missing and invalid fields', async () => {
    const missing = ['This field is required.'];
    expect(await refusal(core().coreUsersCreate({ userRequest: {} as UserRequest }))).toEqual({
      status: 400,
      body: { username: missing, name: missing },
    });
    const { username } = await create();
    expect(await refusal(create({ username, email: 'nobody', path: '/x', type: 'robot' as 'internal' }))).toEqual({
      status: 400,
      body: {
        username: ['This field must be unique.'],
        email: ['Enter a valid email address.'],
        path: ['No leading or trailing slashes allowed.'],
        type: ['"robot" is not a valid choice.'],
      },
    });
    expect(await refusal(create({ type: 'internal_service_account' }))).toEqual({
      status: 400,
      body: { type: ['Setting a user to internal service account is not allowed.'] },
    });
  });

  it('retrieves the created object', async () => {
    const user = await create(everything);
    expect(await core().coreUsersRetrieve({ id: user.pk })).toEqual(user);
  });

  it('answers 404 for an unknown user in every operation', async () => {
    const id = 2_000_000_000;
    const calls = [
      core().coreUsersRetrieve({ id }),
      core().coreUsersUpdate({ id, userRequest: { username: 'nobody', name: '' } }),
      core().coreUsersPartialUpdate({ id }),
      core().coreUsersDestroy({ id }),
      core().coreUsersUsedByList({ id }),
      core().coreUsersSetPasswordCreate({ id, userPasswordSetRequest: { password: 'x' } }),
    ];
    const notFound = { status: 404, body: { detail: 'Not found.' } };
    expect(await Promise.all(calls.map(refusal))).toEqual(calls.map(() => notFound));
  });

  it('changes only the sent fields with PUT', async () => {
    const user = await create(everything);
    const userRequest = { username: `renamed-${user.username}`, name: 'Renamed' };
    expect(await core().coreUsersUpdate({ id: user.pk, userRequest })).toEqual({
      ...user,
      ...userRequest,
      avatar: expect.any(String),
    });
    expect(await refusal(core().coreUsersUpdate({ id: user.pk, userRequest: {} as UserRequest }))).toMatchObject({
      status: 400,
      body: { username: ['This field is required.'] },
    });
  });

  it('changes one field with PATCH', async () => {
    const user = await create();
    const patchedUserRequest = { attributes: { changed: true } };
    const changed = { ...user, ...patchedUserRequest };
    expect(await core().coreUsersPartialUpdate({ id: user.pk, patchedUserRequest })).toEqual(changed);
    expect(await core().coreUsersPartialUpdate({ id: user.pk })).toEqual(changed);
    const isActive = 'perhaps' as unknown as boolean;
    expect(await refusal(core().coreUsersPartialUpdate({ id: user.pk, patchedUserRequest: { isActive } }))).toEqual({
      status: 400,
      body: { is_active: ['Must be a valid boolean.'] },
    });
  });

  it('deletes, and answers 404 the second time', async () => {
    const { pk: id } = await create();
    await core().coreUsersDestroy({ id });
    expect((await refusal(core().coreUsersDestroy({ id }))).status).toBe(404);
  });

  it('sets a password, and answers 400 for an empty one', async () => {
    const { pk: id, passwordChangeDate } = await create();
    await core().coreUsersSetPasswordCreate({ id, userPasswordSetRequest: { password: 'correct horse' } });
    const changed = await core().coreUsersRetrieve({ id });
    expect(changed.passwordChangeDate.getTime()).toBeGreaterThan(passwordChangeDate.getTime());
    const empty = core().coreUsersSetPasswordCreate({ id, userPasswordSetRequest: { password: '' } });
    expect((await refusal(empty)).status).toBe(400);
  });

  it('filters a list by every filter', async () => {
    const readers = await group('readers of the list');
    const settings = { ...everything, path: 'shelf/upper', email: 'list@example.org', name: 'Listed' };
    const wanted = await create({ ...settings, username: 'listed', groups: [readers] });
    const other = await create();
    const filters = {
      username: 'listed',
      email: settings.email,
      name: 'Listed',
      uuid: wanted.uuid,
      path: 'shelf/upper',
      pathStartswith: 'shelf',
      isActive: false,
      type: ['external', 'service_account'],
      groupsByName: ['readers of the list', 'authentik Admins'],
      groupsByPk: [readers],
      attributes: JSON.stringify({ locale: 'en' }),
      search: 'liste',
    };
    for (const [name, value] of Object.entries(filters)) {
      const { results } = await core().coreUsersList({ [name]: value });
      const pks = results.map(({ pk }) => pk);
      expect([name, pks.includes(wanted.pk), pks.includes(other.pk)]).toEqual([name, true, false]);
    }
    const { results } = await core().coreUsersList({ ...filters, isSuperuser: false } as object);
    expect(results).toEqual([wanted]);
    const superusers = await core().coreUsersList({ isSuperuser: true });
    expect(superusers.results.map(({ username }) => username)).toEqual(['akadmin']);
    expect(await refusal(core().coreUsersList({ uuid: 'x', type: ['robot' as 'internal'] }))).toEqual({
      status: 400,
      body: {
        uuid: ['Enter a valid UUID.'],
        type: ['Select a valid choice. robot is not one of the available choices.'],
      },
    });
  });

  it('paginates, with or without groups', async () => {
    for (const username of ['page-b', 'page-a', 'page-c']) await create({ username, path: 'pages' });
    const first = await core().coreUsersList({ path: 'pages', pageSize: 2, includeGroups: false });
    expect(first.results.map(({ username, groupsObj }) => [username, groupsObj])).toEqual([
      ['page-a', null],
      ['page-b', null],
    ]);
    expect(first.pagination).toMatchObject({ count: 3, next: 2, totalPages: 2 });
    const last = await core().coreUsersList({ path: 'pages', pageSize: 2, page: 2, ordering: '-username' });
    expect(last.results.map(({ username }) => username)).toEqual(['page-a']);
    expect(await refusal(core().coreUsersList({ path: 'pages', page: 2 }))).toEqual({
      status: 404,
      body: { detail: 'Invalid page.' },
    });
  });

  it('returns the caller’s own account', async () => {
    const { user, original } = await core().coreUsersMeRetrieve();
    expect(user).toEqual({
      pk: expect.any(Number),
      username: 'akadmin',
      name: 'authentik Default Admin',
      isActive: true,
      isSuperuser: true,
      groups: [{ name: 'authentik Admins', pk: uuid }],
      email: expect.any(String),
      avatar: expect.any(String),
      uid: expect.any(String),
      settings: {},
      type: 'internal',
      systemPermissions: expect.any(Array),
    });
    expect(original).toBeUndefined();
    expect(await refusal(core(null).coreUsersMeRetrieve())).toEqual({
      status: 403,
      body: { detail: 'Authentication credentials were not provided.' },
    });
  });

  it('lists the paths of users', async () => {
    await create({ path: 'elsewhere/deep' });
    await create({ path: 'elsewhere' });
    expect((await core().coreUsersPathsRetrieve({ search: 'elsewhere' })).paths).toEqual([
      'elsewhere',
      'elsewhere/deep',
    ]);
    expect((await core().coreUsersPathsRetrieve()).paths).toContain('users');
  });

  it('creates service accounts, with or without a group', async () => {
    const expires = new Date('2030-01-01T00:00:00Z');
    const account = await core().coreUsersServiceAccountCreate({
      userServiceAccountRequest: { name: 'robot', createGroup: true, expiring: true, expires },
    });
    expect(account).toEqual({
      username: 'robot',
      token: expect.stringMatching(/^\w{30,}$/),
      userUid: expect.any(String),
      userPk: expect.any(Number),
      groupPk: uuid,
    });
    const user = await core().coreUsersRetrieve({ id: account.userPk });
    expect(user).toMatchObject({ username: 'robot', type: 'service_account', groups: [account.groupPk] });
    const again = core().coreUsersServiceAccountCreate({ userServiceAccountRequest: { name: 'robot' } });
    expect((await refusal(again)).status).toBe(400);
    const alone = await core().coreUsersServiceAccountCreate({ userServiceAccountRequest: { name: 'alone' } });
    expect(alone.groupPk).toBeUndefined();
  });

  it('lists the objects that use a user', async () => {
    const { pk: user } = await create();
    const token = await core().coreTokensCreate({ tokenRequest: { identifier: 'of-a-user', user } });
    expect(await core().coreUsersUsedByList({ id: user })).toEqual([
      { app: 'authentik_core', modelName: 'token', pk: token.pk, name: expect.any(String), action: 'cascade' },
    ]);
  });

  it('returns and mails a recovery link', async () => {
    const flows = new FlowsApi(sdk().configuration());
    const stages = new StagesApi(sdk().configuration());
    const { pk: id } = await create({ email: 'lost@example.org' });
    expect((await refusal(core().coreUsersRecoveryCreate({ id }))).body).toEqual({
      non_field_errors: ['No recovery flow set.'],
    });
    const flow = { name: 'Recovery', slug: 'recovery', title: 'Recover', designation: 'recovery' } as const;
    const { pk: target } = await flows.flowsInstancesCreate({ flowRequest: flow });
    const stage = await stages.stagesEmailCreate({ emailStageRequest: { name: 'recovery-mail' } });
    await flows.flowsBindingsCreate({ flowStageBindingRequest: { target, stage: stage.pk, order: 0 } });
    const { link } = await core().coreUsersRecoveryCreate({ id });
    expect(link).toMatch(/\/if\/flow\/recovery\/\?flow_token=[0-9a-f]{64}$/);
    await core().coreUsersRecoveryEmailCreate({ id, emailStage: stage.pk });
    const unknown = core().coreUsersRecoveryEmailCreate({ id, emailStage: randomUUID() });
    expect(await refusal(unknown)).toEqual({
      status: 400,
      body: { non_field_errors: ['Email stage does not exist.'] },
    });
  });
});
