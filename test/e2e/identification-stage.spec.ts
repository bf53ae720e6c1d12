import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { noteProvedAddress } from '../../src/core/addresses/proved-addresses.js';
import type { UserRequestDto } from '../../src/core/users/dto/user.dto.js';
import { nameKey } from '../../src/core/users/names/account-names.js';
import { User } from '../../src/core/users/user.entity.js';
import type { FlowRequestDto } from '../../src/flows/dto/flow.dto.js';
import type { IdentificationStageFields } from '../../src/stages/identification/dto/identification-stage.dto.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createFlow } from '../factories/flow.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createStage } from '../factories/stage.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

type Settings = Partial<IdentificationStageFields>;

/** Slug of a flow with only an identification stage. */
async function identification(stage: Settings = {}, flow: Partial<FlowRequestDto> = {}): Promise<string> {
  const { pk } = await createStage(app.api, 'identification', stage);
  return (await createFlowWith(app.api, [pk], flow)).flow.slug;
}

/** Slug of a flow with an identification stage and a stage that shows the matched user. */
async function shown(stage: Settings = {}): Promise<string> {
  const { pk: first } = await createStage(app.api, 'identification', stage);
  const { pk: second } = await createStage(app.api, 'consent');
  return (await createFlowWith(app.api, [first, second])).flow.slug;
}

function answer(slug: string, body: object, visitor = new Visitor(app.url)): Promise<any> {
  return visitor.answer(slug, { component: 'ak-stage-identification', ...body });
}

/** The user that a flow of `shown` finds for this input. */
async function taken(slug: string, typed: string): Promise<string> {
  return (await answer(slug, { uid_field: typed })).pending_user;
}

const passed = { component: 'xak-flow-redirect', to: '/' };
const refused = {
  component: 'ak-stage-identification',
  response_errors: { non_field_errors: [{ string: 'Failed to authenticate.', code: 'invalid' }] },
};

describe('The challenge of an identification stage', () => {
  it('contains the user fields and the designation of the flow', async () => {
    const slug = await identification({ user_fields: ['email', 'upn'], show_source_labels: true });
    const { flow_info: _, ...challenge } = await new Visitor(app.url).see(slug);
    expect(challenge).toEqual({
      component: 'ak-stage-identification',
      user_fields: ['email', 'upn'],
      password_fields: false,
      allow_show_password: false,
      flow_designation: 'recovery',
      primary_action: 'Continue',
      sources: [],
      show_source_labels: true,
    });
  });

  it('contains the settings of the password stage, and “Log in” in an authentication flow', async () => {
    const { pk } = await createStage(app.api, 'password', { allow_show_password: true });
    const slug = await identification({ password_stage: pk }, { designation: 'authentication' });
    expect(await new Visitor(app.url).see(slug)).toMatchObject({
      password_fields: true,
      allow_show_password: true,
      flow_designation: 'authentication',
      primary_action: 'Log in',
    });
  });

  it('contains links to the flows of the stage, with the query of the page', async () => {
    const flows = await Promise.all(['enrollment', 'recovery', 'authentication'].map(() => createFlow(app.api)));
    const [enrollment, recovery, passwordless] = flows.map(({ pk }) => pk) as [string, string, string];
    const slug = await identification({
      enrollment_flow: enrollment,
      recovery_flow: recovery,
      passwordless_flow: passwordless,
    });
    const urls = async (query: string): Promise<string[]> => {
      const { enroll_url, recovery_url, passwordless_url } = await new Visitor(app.url).see(slug, query);
      return [enroll_url, recovery_url, passwordless_url];
    };
    expect(await urls('')).toEqual(flows.map((flow) => `/if/flow/${flow.slug}/`));
    const kept = '?next=%2Fa%3Fb&x=1&x=2';
    expect(await urls('next=%2Fa%3Fb&x=1&x=2')).toEqual(flows.map((flow) => `/if/flow/${flow.slug}/${kept}`));
  });
});

describe('A response to an identification stage', () => {
  it('continues with the address, user name or UPN of a user, if the stage has that user field', async () => {
    const upn = `${randomUUID()}@corp`;
    const user = await createUser(app.api, { email: `${randomUUID()}@example.org`, attributes: { upn } });
    const slug = await shown({ user_fields: ['email', 'username', 'upn'], pretend_user_exists: false });
    for (const typed of [user.email, user.username, upn, ` ${upn} `])
      expect(await taken(slug, typed)).toBe(user.username);
    const byEmail = await identification({ user_fields: ['email'], pretend_user_exists: false });
    expect(await answer(byEmail, { uid_field: user.email })).toEqual(passed);
    for (const uid_field of [user.username, upn]) expect(await answer(byEmail, { uid_field })).toMatchObject(refused);
  });

  it('is refused for an unknown user, or continues if the stage pretends that the user exists', async () => {
    const uid_field = `${randomUUID()}@example.org`;
    const honest = await identification({ pretend_user_exists: false });
    expect(await answer(honest, { uid_field })).toMatchObject({ ...refused, password_fields: false });
    expect(await answer(await identification(), { uid_field })).toEqual(passed);
    expect(await taken(await shown(), uid_field)).toBe(uid_field);
  });

  it('shows the matched user name or the typed name, as configured', async () => {
    const user = await createUser(app.api, { email: `${randomUUID()}@example.org` });
    expect(await taken(await shown({ show_matched_user: true }), user.email)).toBe(user.username);
    expect(await taken(await shown({ show_matched_user: false }), user.email)).toBe(user.email);
  });

  it.each([
    [{}, 'This field is required.', 'required'],
    [{ uid_field: '' }, 'This field may not be blank.', 'blank'],
    [{ uid_field: '  ' }, 'This field may not be blank.', 'blank'],
    [{ uid_field: null }, 'This field may not be null.', 'null'],
    [{ uid_field: ['a'] }, 'Not a valid string.', 'invalid'],
    [{ uid_field: 'a'.repeat(255) }, 'Ensure this field has no more than 254 characters.', 'max_length'],
    [{ uid_field: 'a\0' }, 'Null characters are not allowed.', 'null_characters_not_allowed'],
  ])('with the invalid name %j is refused with a field error', async (body, string, code) => {
    expect(await answer(await identification(), body)).toMatchObject({
      component: 'ak-stage-identification',
      response_errors: { uid_field: [{ string, code }] },
    });
  });

  it.each([null, [], 'x', 5, true])('is not passed with a body that is not an object: %j', async (body) => {
    const slug = await identification({ pretend_user_exists: true });
    const challenge = await new Visitor(app.url).answer(slug, body);
    expect(challenge).toMatchObject({ component: 'ak-stage-identification', response_errors: expect.anything() });
  });
});

describe('A typed name', () => {
  /** Accounts created before the rules for names: their names are written directly to the database. */
  const users = (...fields: Partial<UserRequestDto>[]): Promise<{ username: string }[]> =>
    Promise.all(
      fields.map(async ({ is_active, ...names }) => {
        const { pk, username } = await createUser(app.api, is_active === undefined ? {} : { is_active });
        await app.dataSource.manager.update(User, { pk }, names as object);
        return { username, ...names };
      }),
    );

  it('finds the exact match first', async () => {
    const name = `Bob-${randomUUID()}`;
    await users({ username: name }, { username: name.toLowerCase() }, { username: name.toUpperCase() });
    const slug = await shown({ pretend_user_exists: false });
    for (const typed of [name, name.toLowerCase(), name.toUpperCase()]) expect(await taken(slug, typed)).toBe(typed);
  });

  it('finds no user without an exact match', async () => {
    const name = `Eve-${randomUUID()}`;
    await users({ username: name.toLowerCase() }, { username: name.toUpperCase() });
    const slug = await identification({ pretend_user_exists: false });
    expect(await answer(slug, { uid_field: name })).toMatchObject(refused);
  });

  it('identifies the account that proved the address first, or else the oldest account, in any spelling', async () => {
    const email = `v-${randomUUID()}@example.org`;
    const [first] = await users({ email });
    const [second, third] = await users({ email: email.toUpperCase() }, { email });
    const slug = await shown({ pretend_user_exists: false });
    const expectFound = async (user: { username: string } | undefined): Promise<void> => {
      for (const typed of [email, email.toUpperCase()]) expect(await taken(slug, typed)).toBe(user?.username);
    };
    await expectFound(first);
    for (const user of [second, third]) {
      const { pk, email: address } = await app.dataSource.manager.findOneByOrFail(User, { username: user!.username });
      await noteProvedAddress(app.dataSource.manager, pk, address);
      await expectFound(second);
    }
  });

  it('identifies the account with that address, not the account with that user name, in any spelling', async () => {
    const email = `Boss-${randomUUID()}@example.org`;
    const [, owner] = await users({ username: email }, { email }, { username: email.toLowerCase() });
    const slug = await shown({ pretend_user_exists: false });
    for (const typed of [email, email.toLowerCase(), email.toUpperCase()]) {
      expect(await taken(slug, typed)).toBe(owner?.username);
    }
  });

  it('identifies confusable accounts by their exact names', async () => {
    const name = randomUUID();
    const twins = [`jos\u00e9-${name}`, `jose\u0301-${name}`, `JOS\u00c9-${name}`];
    await users(...twins.map((username) => ({ username })));
    const slug = await shown({ pretend_user_exists: false });
    for (const typed of twins) expect(await taken(slug, typed)).toBe(typed);
  });

  it('identifies the account with it as user name and address, if another account has the same address', async () => {
    const email = `${randomUUID()}@example.org`;
    await users({ username: email, email }, { email });
    expect(await taken(await shown({ pretend_user_exists: false }), email)).toBe(email);
  });

  it('is compared after NFKC, also in case-sensitive matching', async () => {
    const name = randomUUID();
    const { username } = await createUser(app.api, { username: `Ann-${name}` });
    const wide = `\uff21nn-${name}`;
    expect(await taken(await shown({ pretend_user_exists: false }), wide.toLowerCase())).toBe(username);
    const exact = await shown({ pretend_user_exists: false, case_insensitive_matching: false });
    expect(await taken(exact, wide)).toBe(username);
    expect(await answer(exact, { uid_field: wide.toLowerCase() })).toMatchObject(refused);
  });

  it('finds the first owner of an address, not later accounts with the address unproved', async () => {
    const email = `${randomUUID()}@example.org`;
    const [owner] = await users({ email });
    await users({ email, is_active: false }, { email: email.toUpperCase() });
    expect(await taken(await shown(), email)).toBe(owner?.username);
  });

  it('is matched case-insensitively if configured, and otherwise exactly', async () => {
    const { username } = await createUser(app.api, { username: `Ann-${randomUUID()}` });
    expect(await taken(await shown({ pretend_user_exists: false }), username.toUpperCase())).toBe(username);
    const exact = await shown({ pretend_user_exists: false, case_insensitive_matching: false });
    expect(await taken(exact, username)).toBe(username);
    expect(await answer(exact, { uid_field: username.toUpperCase() })).toMatchObject(refused);
  });

  it('is not interpreted as a pattern or as SQL', async () => {
    const slug = await identification({ pretend_user_exists: false });
    for (const uid_field of ['%', '_%', "' or 1=1 --", '\\', '*']) {
      expect(await answer(slug, { uid_field })).toMatchObject(refused);
    }
  });
});

describe('A password in the same step', () => {
  it('must be correct', async () => {
    const { pk: password_stage } = await createStage(app.api, 'password');
    const slug = await identification({ password_stage }, { designation: 'authentication' });
    const user = await createPasswordUser(app.api, { password: ' right one ' });
    const withPassword = { ...refused, password_fields: true, primary_action: 'Log in' };
    for (const password of ['wrong', 'right one', '', undefined]) {
      expect(await answer(slug, { uid_field: user.email, password })).toMatchObject(withPassword);
    }
    expect(await answer(slug, { uid_field: user.email, password: ' right one ' })).toEqual(passed);
  });

  it('is refused for an unknown user, even if the stage pretends that the user exists', async () => {
    const { pk: password_stage } = await createStage(app.api, 'password');
    const slug = await identification({ password_stage, pretend_user_exists: true });
    expect(await answer(slug, { uid_field: randomUUID(), password: 'x' })).toMatchObject(refused);
  });

  it('is refused for an inactive user and for a user without a password', async () => {
    const { pk: password_stage } = await createStage(app.api, 'password');
    const slug = await identification({ password_stage });
    const off = await createPasswordUser(app.api, { is_active: false });
    expect(await answer(slug, { uid_field: off.email, password: off.password })).toMatchObject(refused);
    const without = await createUser(app.api);
    expect(await answer(slug, { uid_field: without.username, password: '' })).toMatchObject(refused);
  });

  it('is not requested after the password stage was deleted', async () => {
    const { pk: password_stage } = await createStage(app.api, 'password');
    const slug = await identification({ password_stage, pretend_user_exists: false });
    await app.api.delete(`/stages/password/${password_stage}/`);
    expect(await new Visitor(app.url).see(slug)).toMatchObject({ password_fields: false });
  });
});

describe('The index of names', () => {
  it.each(['username', 'email', "attributes ->> 'upn'"])(
    'is used in a case-insensitive search for %s',
    async (column) => {
      const plan = await app.dataSource.transaction(async (manager) => {
        await manager.query('set local enable_seqscan = off');
        const rows = await manager.query(
          `explain select id from "user" u where ${nameKey(`u.${column}`)} = ${nameKey(`'x'`)}`,
        );
        return JSON.stringify(rows);
      });
      expect(plan).toContain('ix_user_name_');
    },
  );
});
