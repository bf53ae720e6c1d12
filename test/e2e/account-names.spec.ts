import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { UserRequestDto } from '../../src/core/users/dto/user.dto.js';
import { nameProblems } from '../../src/core/users/names/account-names.js';
import { NameTwins } from '../../src/core/users/names/name-twins.service.js';
import { skeletonOf } from '../../src/core/users/names/skeleton.js';
import { User } from '../../src/core/users/user.entity.js';
import { findUser } from '../../src/stages/identification/find-user.js';
import { createEnrollmentFlow } from '../factories/account-flows.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let enrollment: string;
const logged: string[] = [];

beforeAll(async () => {
  app = await startTestApp({}, undefined, pino({ level: 'warn' }, { write: (line) => logged.push(line) }));
  const form = await createPromptStage(app.api, [
    { field_key: 'username', label: 'Username', type: 'username' },
    { field_key: 'email', label: 'Email', type: 'email', required: false },
    { field_key: 'attributes.upn', label: 'UPN', type: 'text', required: false },
  ]);
  const write = await createStage(app.api, 'user_write', { user_creation_mode: 'always_create' });
  enrollment = (await createFlowWith(app.api, [form.pk, write.pk])).flow.slug;
});
afterAll(() => app.stop());

type Names = Pick<UserRequestDto, 'username'> & Partial<Pick<UserRequestDto, 'email' | 'attributes'>>;

const post = (names: Names): Promise<any> => app.api.post('/core/users/', { name: '', ...names });

function signUp({ username, email, attributes }: Names): Promise<any> {
  const answer = { component: 'ak-stage-prompt', username, email, 'attributes.upn': attributes?.['upn'] };
  return new Visitor(app.url).answer(enrollment, answer);
}

const refusal = (field: string, message: string): object => ({ status: 400, body: { [field]: [message] } });
const taken = refusal('username', 'This field must be unique.');
const foreignName = 'A user name that is an email address must be your own address.';
const address = (): string => `${randomUUID()}@example.org`;

/** Looks up the account by email, user name and UPN. */
function found(typed: string): Promise<User | undefined> {
  const matching = { userFields: ['email', 'username', 'upn'], caseInsensitiveMatching: true } as const;
  return findUser(app.dataSource.manager, matching, typed);
}

describe('A new user name', () => {
  it('is refused by the API and in forms if it is the email address of another account, in any spelling', async () => {
    const email = `Victim-${randomUUID()}@example.org`;
    await createUser(app.api, { email });
    const { pk } = await createUser(app.api);
    for (const username of [email, email.toLowerCase(), email.replace('V', '\uff36')]) {
      expect(await post({ username })).toMatchObject(taken);
      expect(await app.api.patch(`/core/users/${pk}/`, { username })).toMatchObject(taken);
      expect(await app.api.put(`/core/users/${pk}/`, { username, name: '' })).toMatchObject(taken);
      expect(await app.api.post('/core/users/service_account/', { name: username })).toMatchObject(
        refusal('name', 'This field must be unique.'),
      );
      expect((await signUp({ username })).response_errors).toEqual({
        username: [{ string: foreignName, code: 'invalid' }],
      });
    }
  });

  it.each([
    ['in another case', 'AKADMIN'],
    ['in Cyrillic', '\u0430kadmin'],
    ['in full width', '\uff41\uff4b\uff41\uff44\uff4d\uff49\uff4e'],
    ['with a dotless i', 'akadm\u0131n'],
    ['with rn for m', 'akadrnin'],
    ['with a zero-width space', 'ak\u200badmin'],
    ['with a bidi control', '\u202eakadmin'],
    ['with an invisible combining mark', 'akadmin\u034f'],
  ])('is refused if it is confusable with akadmin: %s', async (_, username) => {
    expect(await post({ username })).toMatchObject({ status: 400, body: { username: [expect.any(String)] } });
    expect(await signUp({ username })).toMatchObject({ response_errors: { username: [expect.anything()] } });
    expect(await app.api.post('/core/users/service_account/', { name: username })).toMatchObject({
      status: 400,
      body: { name: [expect.any(String)] },
    });
  });

  it('is stored in NFC and half width, with its letter case unchanged', async () => {
    const name = randomUUID();
    expect((await post({ username: `Jose\u0301 ${name}` })).body.username).toBe(`Jos\u00e9 ${name}`);
    expect((await post({ username: `\uff21nn-${name}` })).body.username).toBe(`Ann-${name}`);
    expect(await post({ username: `JOS\u00c9 ${name}` })).toMatchObject(taken);
    expect(await post({ username: `♚${name}` })).toMatchObject(
      refusal('username', 'Enter a user name of letters, digits and ASCII punctuation.'),
    );
  });

  it('that is an email address must be the visitor’s own address in a form, and so must a UPN', async () => {
    const [username, email] = [address(), address()];
    const refused = (field: string): object => ({ response_errors: { [field]: [{ string: foreignName }] } });
    for (const foreign of [username, username.replace('@', '\uff20')]) {
      for (const own of [{ email }, { email: '' }, {}]) {
        expect(await signUp({ username: foreign, ...own })).toMatchObject(refused('username'));
        const attributes = { upn: foreign };
        const names = { username: randomUUID(), ...own, attributes };
        expect(await signUp(names)).toMatchObject(refused('attributes.upn'));
      }
    }
    const upn = address();
    expect(await signUp({ username: randomUUID(), email: upn, attributes: { upn } })).toMatchObject({
      component: 'xak-flow-redirect',
    });
    // The form for the user name precedes the form for the address, so the check comes with the second one.
    const slug = await createEnrollmentFlow(app.api, {});
    const visitor = new Visitor(app.url);
    const password = 'a new secret';
    expect(await visitor.answer(slug, { username, password, password_repeat: password })).not.toHaveProperty(
      'response_errors',
    );
    expect(await visitor.answer(slug, { name: 'Any', email: address() })).toMatchObject(refused('email'));
    expect(await signUp({ username: email.toUpperCase(), email })).toMatchObject({ component: 'xak-flow-redirect' });
    // The API is for administrators, who can use any address as a name.
    expect((await post({ username, email: address() })).status).toBe(201);
  });

  it('is given once to concurrent requests for it and for confusable names', async () => {
    const name = randomUUID();
    const twins = [`m-${name}`, `M-${name}`, `rn-${name}`, `\u217f-${name}`, `\uff4d-${name}`];
    const answers = await Promise.all([
      ...twins.map((username) => post({ username })),
      ...twins.map((username) => signUp({ username })),
    ]);
    const accepted = answers.filter(({ status, component }) => status === 201 || component === 'xak-flow-redirect');
    expect(accepted).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 500)).toEqual([]);
  });
});

describe('A new address or UPN', () => {
  it('is refused if it is the user name of another account, but two accounts can share an address', async () => {
    const username = address();
    await createUser(app.api, { username });
    const { pk } = await createUser(app.api);
    const message = 'This is the user name of another user.';
    expect(await post({ username: randomUUID(), email: username.toUpperCase() })).toMatchObject(
      refusal('email', message),
    );
    expect(await app.api.patch(`/core/users/${pk}/`, { email: username })).toMatchObject(refusal('email', message));
    const string = 'This address is the user name of another account.';
    expect(await signUp({ username: randomUUID(), email: username })).toMatchObject({
      response_errors: { email: [{ string }] },
    });
    const email = address();
    for (const _ of [1, 2]) await createUser(app.api, { email });
  });

  it('is refused if it is a name of another account, across user names, addresses and UPNs', async () => {
    const [upn, email] = [address(), address()];
    const { username } = await createUser(app.api, { email, attributes: { upn } });
    for (const name of [upn, email, username]) {
      expect(await post({ username: randomUUID(), attributes: { upn: name.toUpperCase() } })).toMatchObject(
        refusal('attributes', 'Another user has the name in "upn".'),
      );
    }
    expect(await post({ username: upn })).toMatchObject(taken);
    expect((await post({ username: randomUUID(), email: upn })).status).toBe(400);
    expect(await signUp({ username: randomUUID(), attributes: { upn } })).toMatchObject({
      response_errors: { 'attributes.upn': [{ string: foreignName }] },
    });
  });

  it('identifies its owner after an unconfirmed sign-up with the same address', async () => {
    const email = address();
    const { pk } = await createUser(app.api, { username: email, email, is_active: false });
    await app.dataSource.manager.update(User, { pk }, { awaitsConfirmation: true });
    const owner = await createUser(app.api, { email });
    expect((await found(email))?.pk).toBe(owner.pk);
  });

  it('is given once to concurrent requests for it as an address, a user name and a UPN', async () => {
    for (let round = 0; round < 3; round += 1) {
      const email = address();
      const answers = await Promise.all([
        post({ username: randomUUID(), email }),
        post({ username: email }),
        post({ username: randomUUID(), attributes: { upn: email } }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400]);
    }
  });
});

describe('An account created before the rules for names', () => {
  it('can be changed with its names unchanged, but answers 400 for another invalid name', async () => {
    const email = address();
    await createUser(app.api, { email });
    const { pk } = await createUser(app.api);
    const names = { username: email, email };
    await app.dataSource.manager.update(User, { pk }, { ...names, usernameSkeleton: null });
    expect(await app.api.put(`/core/users/${pk}/`, { ...names, name: 'New' })).toMatchObject({
      status: 200,
      body: { ...names, name: 'New' },
    });
    expect((await app.api.patch(`/core/users/${pk}/`, { username: 'a\u200bb' })).status).toBe(400);
  });

  it('gets its skeleton at startup; confusable names are logged and kept', async () => {
    const { pk: first, username } = await createUser(app.api);
    const { pk: second } = await createUser(app.api);
    const twin = { username: username.toUpperCase(), usernameSkeleton: null };
    await app.dataSource.manager.update(User, { pk: second }, twin);
    await app.nest.get(NameTwins).run();
    const users = await app.dataSource.manager.findBy(User, { pk: second });
    expect(users).toMatchObject([{ username: twin.username, usernameSkeleton: skeletonOf(username) }]);
    const message = `Users ${first} and ${second} have names that are taken for each other. Rename one of them.`;
    expect(logged.filter((line) => line.includes(message))).toHaveLength(1);
    expect(await post({ username: username.toUpperCase() })).toMatchObject(taken);
  });
});

describe('The lookup of names', () => {
  it('finds at most one account by any spelling, and the owner by their address, for random accounts', async () => {
    const spellings = [
      (name: string) => name,
      (name: string) => name.toUpperCase(),
      (name: string) => name.normalize('NFD'),
      (name: string) => name.replace('a', '\uff41'),
      (name: string) => name.replace('a', '\u0430'),
      (name: string) => name.replace('m', 'rn'),
    ];
    const wanted = fc.record({
      path: fc.constantFrom(post, signUp),
      username: fc.tuple(fc.constantFrom('am\u00e9', 'am\u00e9@example.org', 'bob'), fc.constantFrom(...spellings)),
      email: fc.option(fc.constantFrom('ame@example.org', 'Bob@example.org', 'bob@example.org'), { nil: undefined }),
      upn: fc.option(fc.constantFrom('ame@example.org', 'bob', 'BOB@example.org'), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(wanted, { minLength: 2, maxLength: 4 }), async (accounts) => {
        const run = randomUUID();
        for (const { path, username, email, upn } of accounts) {
          const [name, spelling] = username;
          await path({
            username: `${run}${spelling(name)}`,
            ...(email !== undefined && { email: `${run}${email}` }),
            ...(upn !== undefined && { attributes: { upn: `${run}${upn}` } }),
          });
        }
        const made = await app.dataSource.manager
          .createQueryBuilder(User, 'u')
          .where('starts_with(u.username, :run)', { run })
          .getMany();
        const owners = new Map<string, number[]>();
        const key = (name: string): string => name.normalize('NFKC').toLowerCase();
        for (const { pk, email } of made) {
          if (email !== '') owners.set(key(email), [...(owners.get(key(email)) ?? []), pk]);
        }
        for (const { pk, username, email, attributes } of made) {
          for (const spelling of spellings.slice(0, 4)) {
            expect((await found(spelling(username)))?.pk).toBe(pk);
            const upn = attributes['upn'] as string | undefined;
            if (upn !== undefined) expect((await found(spelling(upn)))?.pk).toBe(pk);
            // A shared address identifies one of its accounts.
            const owner = email === '' ? undefined : (await found(spelling(email)))?.pk;
            if (owners.get(key(email))?.length === 1) expect(owner).toBe(pk);
            else if (email !== '') expect(owners.get(key(email))).toContain(owner);
          }
        }
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('uses the indexes to check whether a name is available', async () => {
    const plans: unknown[] = [];
    await app.dataSource.transaction(async (manager) => {
      await manager.query('set local enable_seqscan = off');
      const query = manager.query.bind(manager);
      manager.query = (async (sql: string, parameters: unknown[]) => {
        plans.push(await query(`explain ${sql}`, parameters));
        return query(sql, parameters);
      }) as typeof manager.query;
      await nameProblems(manager, { username: 'x', email: 'x@example.org', attributes: { upn: 'x' } });
    });
    const plan = JSON.stringify(plans);
    for (const name of ['username', 'email', 'upn']) expect(plan).toContain(`ix_user_name_${name}`);
    expect(plan).toContain('ix_user_username_skeleton');
    expect(plan).not.toContain('Seq Scan');
  });
});
