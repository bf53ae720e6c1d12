import { randomUUID } from 'node:crypto';

import { CoreApi, type Token, type TokenRequest, type User } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/core/tokens/', (sdk) => {
  const core = (key?: string | null): CoreApi => new CoreApi(sdk().configuration(key));
  const create = (request: Partial<TokenRequest> = {}): Promise<Token> =>
    core().coreTokensCreate({ tokenRequest: { identifier: `token-${randomUUID()}`, ...request } });
  const user = (): Promise<User> =>
    core().coreUsersCreate({ userRequest: { username: `user-${randomUUID()}`, name: 'Owner' } });
  const keyOf = async (identifier: string): Promise<string> =>
    (await core().coreTokensViewKeyRetrieve({ identifier })).key;
  const uuid: unknown = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

  it('creates with authentik’s defaults, for the caller', async () => {
    const { user: me } = await core().coreUsersMeRetrieve();
    const token = await create({ identifier: 'defaults' });
    expect(token).toEqual({
      pk: uuid,
      managed: undefined,
      identifier: 'defaults',
      intent: 'api',
      user: me.pk,
      userObj: await core().coreUsersRetrieve({ id: me.pk }),
      description: '',
      expires: expect.any(Date),
      expiring: true,
    });
    expect(token.expires?.getTime()).toBeGreaterThan(Date.now());
  });

  it('creates with every field, for another user', async () => {
    const { pk } = await user();
    const expires = new Date(Date.now() + 60_000);
    const request = { intent: 'app_password', user: pk, description: 'For a mail program', expiring: false } as const;
    expect(await create({ ...request, expires })).toMatchObject({ ...request, userObj: { pk }, expires });
  });

  it('answers 400 for invalid values', async () => {
    const { identifier } = await create();
    expect(await refusal(core().coreTokensCreate({ tokenRequest: {} as TokenRequest }))).toEqual({
      status: 400,
      body: { identifier: ['This field is required.'] },
    });
    expect(await refusal(create({ identifier }))).toEqual({
      status: 400,
      body: { identifier: ['Token with this identifier already exists.'] },
    });
    expect(await refusal(create({ intent: 'recovery' }))).toEqual({
      status: 400,
      body: { intent: ['Invalid intent recovery'] },
    });
    expect(await refusal(create({ identifier: 'a b', user: 2_000_000_000 }))).toEqual({
      status: 400,
      body: {
        identifier: ['Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'],
        user: ['Invalid pk "2000000000" - object does not exist.'],
      },
    });
  });

  it('retrieves the created object', async () => {
    const token = await create();
    expect(await core().coreTokensRetrieve({ identifier: token.identifier })).toEqual(token);
  });

  it('answers 404 for an unknown token in every operation', async () => {
    const identifier = 'nothing';
    const calls = [
      core().coreTokensRetrieve({ identifier }),
      core().coreTokensUpdate({ identifier, tokenRequest: { identifier } }),
      core().coreTokensPartialUpdate({ identifier }),
      core().coreTokensDestroy({ identifier }),
      core().coreTokensUsedByList({ identifier }),
      core().coreTokensViewKeyRetrieve({ identifier }),
      core().coreTokensSetKeyCreate({ identifier, tokenSetKeyRequest: { key: 'x' } }),
    ];
    const notFound = { status: 404, body: { detail: 'Not found.' } };
    expect(await Promise.all(calls.map(refusal))).toEqual(calls.map(() => notFound));
  });

  it('changes only the sent fields with PUT and PATCH', async () => {
    const { identifier, ...token } = await create({ description: 'Old' });
    const { user: owner } = token;
    const renamed = { identifier: `${identifier}-new`, user: owner! };
    expect(await core().coreTokensUpdate({ identifier, tokenRequest: renamed })).toMatchObject({
      ...renamed,
      pk: token.pk,
      description: 'Old',
    });
    const patch = (patchedTokenRequest: object): Promise<Token> =>
      core().coreTokensPartialUpdate({ identifier: renamed.identifier, patchedTokenRequest });
    expect(await patch({ description: 'New' })).toMatchObject({ ...renamed, description: 'New' });
    const { pk } = await user();
    expect(await refusal(patch({ user: pk }))).toEqual({ status: 400, body: { user: ['User cannot be changed'] } });
    expect(
      (await refusal(core().coreTokensUpdate({ identifier: renamed.identifier, tokenRequest: {} as never }))).status,
    ).toBe(400);
  });

  it('deletes, and answers 404 the second time', async () => {
    const { identifier } = await create();
    await core().coreTokensDestroy({ identifier });
    expect((await refusal(core().coreTokensDestroy({ identifier }))).status).toBe(404);
  });

  it('returns a key that works, and replaces it', async () => {
    const owner = await user();
    const { identifier } = await create({ user: owner.pk });
    const key = await keyOf(identifier);
    expect((await core(key).coreUsersMeRetrieve()).user.pk).toBe(owner.pk);
    const other = `other-${randomUUID()}`;
    await core().coreTokensSetKeyCreate({ identifier, tokenSetKeyRequest: { key: other } });
    expect(await keyOf(identifier)).toBe(other);
    expect((await core(other).coreUsersMeRetrieve()).user.pk).toBe(owner.pk);
    expect(await refusal(core(key).coreUsersMeRetrieve())).toEqual({
      status: 403,
      body: { detail: 'Token invalid/expired' },
    });
    const empty = core().coreTokensSetKeyCreate({ identifier, tokenSetKeyRequest: {} as never });
    expect((await refusal(empty)).status).toBe(400);
  });

  it('lists only their own tokens for users who are not superusers', async () => {
    const owner = await user();
    const mine = await create({ user: owner.pk });
    const { identifier } = await create();
    const own = core(await keyOf(mine.identifier));
    expect((await own.coreTokensList()).results.map((token) => token.identifier)).toEqual([mine.identifier]);
    expect((await refusal(own.coreTokensRetrieve({ identifier }))).status).toBe(404);
    expect((await refusal(own.coreTokensViewKeyRetrieve({ identifier }))).status).toBeGreaterThanOrEqual(403);
  });

  it('filters a list by every filter', async () => {
    const owner = await user();
    const settings = { description: 'listed', managed: 'goauthentik.io/listed', expiring: false };
    const expires = new Date(Date.now() + 3_600_000);
    const wanted = await create({ ...settings, identifier: 'wanted', intent: 'app_password', user: owner.pk, expires });
    const other = await create();
    const filters = {
      ...settings,
      identifier: 'wanted',
      intent: 'app_password',
      userUsername: owner.username,
      expires,
      search: 'wan',
    };
    for (const [name, value] of Object.entries(filters)) {
      const { results } = await core().coreTokensList({ [name]: value });
      const pks = results.map(({ pk }) => pk);
      expect([name, pks.includes(wanted.pk), pks.includes(other.pk)]).toEqual([name, true, false]);
    }
    expect((await core().coreTokensList(filters as object)).results).toEqual([wanted]);
    expect(await refusal(core().coreTokensList({ intent: 'x' as 'api' }))).toEqual({
      status: 400,
      body: { intent: ['Select a valid choice. x is not one of the available choices.'] },
    });
  });

  it('paginates by identifier', async () => {
    for (const name of ['b', 'a', 'c']) await create({ identifier: `page-${name}` });
    const first = await core().coreTokensList({ search: 'page', pageSize: 2 });
    expect(first.results.map(({ identifier }) => identifier)).toEqual(['page-a', 'page-b']);
    const last = await core().coreTokensList({ search: 'page', pageSize: 2, page: 2, ordering: '-identifier' });
    expect(last.results.map(({ identifier }) => identifier)).toEqual(['page-a']);
    expect((await refusal(core().coreTokensList({ search: 'page', page: 2 }))).status).toBe(404);
  });

  it('lists no object that uses a token', async () => {
    const { identifier } = await create();
    expect(await core().coreTokensUsedByList({ identifier })).toEqual([]);
  });
});
