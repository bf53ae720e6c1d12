import { randomUUID } from 'node:crypto';

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { UserDto } from '../../src/core/users/dto/user.dto.js';
import { allow, createActor } from '../factories/actor.js';
import { createGroup } from '../factories/group.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ada: UserDto;
let bob: UserDto;
let root: UserDto;
let staff: string;
let guests: string;

beforeAll(async () => {
  app = await startTestApp();
  const superusers = await createGroup(app.api, { name: 'superusers', is_superuser: true });
  ({ pk: staff } = await createGroup(app.api, { name: 'staff' }));
  ({ pk: guests } = await createGroup(app.api, { name: 'guests, and more' }));
  const below = await createGroup(app.api, { name: 'below', parent: superusers.pk });
  ada = await createUser(app.api, {
    username: 'ada',
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    path: 'people/north',
    groups: [staff, guests],
    attributes: { floor: 3, address: { city: 'London', zip: null }, tags: ['a', 'b'] },
  });
  bob = await createUser(app.api, {
    username: 'bob',
    name: 'Bob 100%',
    is_active: false,
    last_login: '2024-12-20T10:11:12Z' as never,
    type: 'external',
    path: 'people',
    groups: [guests],
    attributes: { floor: '3' },
  });
  root = await createUser(app.api, { username: 'ruth', type: 'service_account', path: 'robots', groups: [below.pk] });
});
afterAll(() => app.stop());

const forbidden = { status: 403, body: { detail: 'You do not have permission to perform this action.' } };
const known = ['ada', 'akadmin', 'bob', 'ruth'];

async function names(query: Record<string, string> | [string, string][]): Promise<string[]> {
  const { status, body } = await app.api.get(`/core/users/?${new URLSearchParams(query).toString()}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.results.map(({ username }: UserDto) => username).filter((name: string) => known.includes(name));
}

describe('The list of users', () => {
  it('is sorted by user name, with all fields of a single user', async () => {
    const { body } = await app.api.get('/core/users/');
    expect(body.results.map(({ username }: UserDto) => username)).toEqual(known);
    expect(body.results.filter(({ pk }: UserDto) => [ada, bob, root].some((user) => user.pk === pk))).toEqual([
      ada,
      bob,
      root,
    ]);
    expect(body.pagination).toMatchObject({ count: 4, total_pages: 1 });
  });

  it.each([
    [{ username: 'ada' }, ['ada']],
    [{ username: ' ada ' }, ['ada']],
    [{ username: 'Ada' }, []],
    [{ email: 'ada@example.com' }, ['ada']],
    [{ name: 'Bob 100%' }, ['bob']],
    [{ path: 'people' }, ['bob']],
    [{ path_startswith: 'people' }, ['ada', 'bob']],
    [{ path_startswith: 'people/' }, ['ada']],
    [{ path_startswith: '%' }, []],
    [{ is_active: 'false' }, ['bob']],
    [{ is_active: 'TRUE' }, ['ada', 'akadmin', 'ruth']],
    [{ is_active: 'junk' }, known],
    [{ is_superuser: 'true' }, ['akadmin', 'ruth']],
    [{ is_superuser: '0' }, ['ada', 'bob']],
    [{ type: 'external' }, ['bob']],
    [{ groups_by_name: 'staff' }, ['ada']],
    [{ groups_by_name: 'guests, and more' }, ['ada', 'bob']],
    [{ username: '', type: '', groups_by_name: '', attributes: '', uuid: '' }, known],
    [{ path: 'people', is_active: 'true' }, []],
    [{ nothing: 'at all' }, known],
  ])('is filtered by %j', async (query, expected) => {
    expect(await names(query as Record<string, string>)).toEqual(expected);
  });

  it('is filtered by uuid and by group key', async () => {
    expect(await names({ uuid: bob.uuid.toUpperCase() })).toEqual(['bob']);
    expect(await names({ groups_by_pk: staff })).toEqual(['ada']);
  });

  it('is filtered by any of several values', async () => {
    expect(
      await names([
        ['type', 'external'],
        ['type', 'service_account'],
      ]),
    ).toEqual(['bob', 'ruth']);
    expect(
      await names([
        ['groups_by_name', 'staff'],
        ['groups_by_name', 'below'],
      ]),
    ).toEqual(['ada', 'ruth']);
    expect(
      await names([
        ['groups_by_pk', staff],
        ['groups_by_pk', guests],
      ]),
    ).toEqual(['ada', 'bob']);
  });

  it.each([
    ['{"floor": 3}', ['ada']],
    ['{"floor": "3"}', ['bob']],
    ['{"address__city": "London"}', ['ada']],
    ['{"address": {"city": "London", "zip": null}}', ['ada']],
    ['{"address": {"city": "London"}}', []],
    ['{"address__zip": null}', ['ada']],
    ['{"tags": ["a", "b"]}', ['ada']],
    ['{"tags__1": "b", "floor": 3}', ['ada']],
    ['{"nothing": null}', []],
    ['{}', known],
  ])('is filtered by the attributes %s', async (attributes, expected) => {
    expect(await names({ attributes })).toEqual(expected);
  });

  it('reports all invalid filters at once', async () => {
    const { status, body } = await app.api.get(
      '/core/users/?uuid=x&type=robot&groups_by_pk=x&groups_by_name=nobody&attributes=%7B&username=%00',
    );
    expect([status, body]).toEqual([
      400,
      {
        username: ['Null characters are not allowed.'],
        uuid: ['Enter a valid UUID.'],
        type: ['Select a valid choice. robot is not one of the available choices.'],
        groups_by_name: ['Select a valid choice. nobody is not one of the available choices.'],
        groups_by_pk: ['“x” is not a valid UUID.'],
        attributes: ['filter: failed to parse JSON'],
      },
    ]);
  });

  it('refuses unknown groups, and attributes other than an object', async () => {
    const unknown = randomUUID();
    expect((await app.api.get(`/core/users/?groups_by_pk=${staff}&groups_by_pk=${unknown}`)).body).toEqual({
      groups_by_pk: [`Select a valid choice. ${unknown} is not one of the available choices.`],
    });
    expect((await app.api.get('/core/users/?attributes=[1]')).body).toEqual({
      attributes: ['filter: value must be key:value mapping'],
    });
    expect((await app.api.get('/core/users/?attributes=%7B%22a%22:%22%5Cud800%22%7D')).status).toBe(400);
  });

  it.each([
    ['ADA@EXAMPLE', ['ada']],
    ['LOVELACE', ['ada']],
    ['example.com lovelace', ['ada']],
    ['100%', ['bob']],
    ['lovelace bob', []],
    ['false', ['bob']],
    ['people', []],
  ])('is searched for %j', async (search, expected) => {
    expect(await names({ search })).toEqual(expected);
  });

  it('is searched for a uuid', async () => {
    expect(await names({ search: ada.uuid.slice(3, 20) })).toEqual(['ada']);
  });

  it.each([
    ['-username', ['ruth', 'bob', 'akadmin', 'ada']],
    ['pk', ['akadmin', 'ada', 'bob', 'ruth']],
    ['is_active,-username', ['bob', 'ruth', 'akadmin', 'ada']],
    ['path,username', ['bob', 'ada', 'ruth', 'akadmin']],
    ['is_superuser,groups,avatar,password,nothing', known],
  ])('is sorted by %j', async (ordering, expected) => {
    expect(await names({ ordering })).toEqual(expected);
  });

  it.each(['name', 'last_login', 'email', 'attributes', 'type', 'uuid', 'password_change_date'])(
    'can be sorted by %s',
    async (ordering) => {
      expect((await names({ ordering })).sort()).toEqual(known);
      expect(await names({ ordering: `-${ordering}` })).not.toEqual(await names({ ordering }));
    },
  );

  it('omits group objects but not group keys with include_groups=false', async () => {
    const { body } = await app.api.get('/core/users/?include_groups=false&username=ada');
    expect(body.results).toEqual([{ ...ada, groups_obj: null }]);
    for (const value of ['true', '', 'junk']) {
      expect((await app.api.get(`/core/users/?username=ada&include_groups=${value}`)).body.results).toEqual([ada]);
    }
  });

  it('is paginated', async () => {
    const { body } = await app.api.get('/core/users/?page_size=3&page=2');
    expect(body.results).toEqual([root]);
    expect(body.pagination).toMatchObject({ count: 4, current: 2, previous: 1, next: 0, start_index: 4, end_index: 4 });
    expect((await app.api.get('/core/users/?page=2')).status).toBe(404);
    expect((await app.api.get('/core/users/?page=2&uuid=x')).status).toBe(400);
  });

  it('contains only users that the caller may view', async () => {
    const actor = await createActor(app);
    known.push(actor.user.username);
    await allow(app, actor.user.pk, {
      permissions: ['authentik_core.view_user'],
      model: 'authentik_core.user',
      object_pk: String(bob.pk),
    });
    expect((await actor.api.get('/core/users/')).body.results).toEqual([bob]);
    expect((await actor.api.get(`/core/users/${bob.pk}/`)).status).toBe(200);
    expect((await actor.api.get(`/core/users/${ada.pk}/`)).status).toBe(404);
  });
});

describe('A page of users, groups, tokens or roles', () => {
  it.each([
    ['/core/users/', 2],
    ['/core/groups/', 3],
    ['/core/tokens/', 3],
    // An empty list needs a statement to count the rows.
    ['/rbac/roles/', 2],
  ])('of %s needs %i statements plus one for the caller, for any number of rows', async (path, count) => {
    for (const size of [1, 100]) {
      const query = vi.spyOn(Client.prototype, 'query');
      try {
        expect((await app.api.get(`${path}?page_size=${size}`)).status).toBe(200);
        // Background statements of the service are not counted.
        const statements = query.mock.calls.map(([statement]: unknown[]) => JSON.stringify(statement));
        const ours = statements.filter((text) => /"(user|group|token|role)\\"/.test(text));
        expect(ours).toHaveLength(count + 1);
      } finally {
        query.mockRestore();
      }
    }
  });
});

describe('/core/users/paths/', () => {
  it('lists every path once, sorted', async () => {
    for (const path of ['paths/b', 'paths/a', 'paths/b']) await createUser(app.api, { path });
    const { paths } = (await app.api.get('/core/users/paths/')).body;
    expect(paths).toEqual([...new Set<string>(paths)].sort());
    expect(paths.filter((path: string) => path.startsWith('paths/'))).toEqual(['paths/a', 'paths/b']);
  });

  it('lists only paths of users that the caller may view', async () => {
    const one = await createUser(app.api, { path: 'paths/mine' });
    const { user, api } = await createActor(app);
    expect(await api.get('/core/users/paths/')).toMatchObject(forbidden);
    await allow(app, user.pk, {
      permissions: ['authentik_core.view_user'],
      model: 'authentik_core.user',
      object_pk: String(one.pk),
    });
    expect((await api.get('/core/users/paths/')).body).toEqual({ paths: ['paths/mine'] });
  });

  it('searches paths in any letter case', async () => {
    await createUser(app.api, { path: 'Searched/50%_x' });
    const search = async (text: string): Promise<string[]> =>
      (await app.api.get(`/core/users/paths/?search=${encodeURIComponent(text)}`)).body.paths;
    expect(await search('searched')).toEqual(['Searched/50%_x']);
    expect(await search('%_X')).toEqual(['Searched/50%_x']);
    expect(await search('50__x')).toEqual([]);
  });
});
