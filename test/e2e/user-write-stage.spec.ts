import { randomUUID } from 'node:crypto';

import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { Housekeeping } from '../../src/database/housekeeping.js';
import type { UserWriteStageFields } from '../../src/stages/user-write/dto/user-write-stage.dto.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createGroup } from '../factories/group.js';
import { createPromptStage } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

type Fields = Parameters<typeof createPromptStage>[1];

const end = { component: 'xak-flow-redirect', to: '/' };
const denied = (error_message: string): object => ({ component: 'ak-stage-access-denied', error_message });
const failed = denied('Failed to update user. Please try again later.');
const text = (field_key: string): Fields[number] => ({ field_key, required: false });
const password: Fields[number] = { field_key: 'password', type: 'password' };

/** Slug of a flow with the stages `whose`, a form of these fields and a user write stage. */
async function flowOf(
  fields: Fields,
  settings: Partial<UserWriteStageFields> = {},
  whose: readonly string[] = [],
): Promise<string> {
  const form = await createPromptStage(app.api, fields);
  const write = await createStage(app.api, 'user_write', settings);
  const { flow } = await createFlowWith(app.api, [...whose, form.pk, write.pk], { designation: 'enrollment' });
  return flow.slug;
}

async function userNamed(username: string): Promise<User | null> {
  return app.dataSource.manager.findOneBy(User, { username });
}

/** A flow that changes the user who was identified. */
async function settingsFlow(fields: Fields, settings: Partial<UserWriteStageFields> = {}): Promise<string> {
  const { pk } = await createStage(app.api, 'identification', { pretend_user_exists: true });
  return flowOf(fields, settings, [pk]);
}

describe('A user write stage', () => {
  it('creates a user from the answers', async () => {
    const group = await createGroup(app.api);
    const fields = [text('username'), text('name'), text('email'), password, text('attributes.phone')];
    const slug = await flowOf(fields, { create_users_group: group.pk, user_path_template: '/customers//new/' });
    const username = randomUUID();
    const answers = { username, name: 'Some Body', email: 'a@example.org', 'attributes.phone': '123' };
    expect(await new Visitor(app.url).answer(slug, { ...answers, password: ' pass word ' })).toEqual(end);
    const user = await userNamed(username);
    expect(user).toMatchObject({
      name: 'Some Body',
      email: 'a@example.org',
      isActive: true,
      awaitsConfirmation: false,
      type: 'external',
      path: 'customers/new',
      attributes: { phone: '123' },
    });
    expect(await verify(user!.passwordHash, ' pass word ')).toBe(true);
    expect((await app.api.get(`/core/groups/${group.pk}/`)).body.users).toEqual([user!.pk]);
  });

  it('creates inactive users if configured, with the configured type', async () => {
    const slug = await flowOf([text('username')], {
      create_users_as_inactive: true,
      user_type: 'internal_service_account',
    });
    const username = randomUUID();
    await new Visitor(app.url).answer(slug, { username });
    expect(await userNamed(username)).toMatchObject({
      isActive: false,
      awaitsConfirmation: true,
      type: 'service_account',
      path: 'users',
      passwordHash: '',
    });
  });

  it('ignores fields that would grant privileges', async () => {
    const keys = ['is_active', 'is_superuser', 'type', 'path', 'groups', 'uuid', 'last_login', 'awaits_confirmation'];
    const reserved = 'attributes_goauthentik.io/user/debug';
    const slug = await flowOf([text('username'), ...[...keys, reserved].map(text)], { create_users_as_inactive: true });
    const username = randomUUID();
    const everything = Object.fromEntries([...keys, reserved].map((key) => [key, 'internal']));
    expect(await new Visitor(app.url).answer(slug, { username, ...everything })).toEqual(end);
    const user = await userNamed(username);
    expect(user).toMatchObject({ isActive: false, type: 'external', path: 'users', attributes: {}, lastLogin: null });
    expect((await app.api.get(`/core/users/${user!.pk}/`)).body).toMatchObject({ is_superuser: false, groups: [] });
  });

  it('changes the pending user, and only the prompted fields', async () => {
    const user = await createUser(app.api, {
      name: 'Old',
      email: 'old@example.org',
      attributes: { a: { b: 1, c: 2 } },
    });
    const group = await createGroup(app.api);
    const slug = await settingsFlow([text('name'), text('attributes.a.b')], { create_users_group: group.pk });
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, { uid_field: user.username });
    expect(await visitor.answer(slug, { name: 'New', 'attributes.a.b': 'x' })).toEqual(end);
    const { body } = await app.api.get(`/core/users/${user.pk}/`);
    expect(body).toEqual({
      ...user,
      name: 'New',
      avatar: body.avatar,
      attributes: { a: { b: 'x', c: 2 } },
    });
  });

  it('denies access without data to write', async () => {
    const write = await createStage(app.api, 'user_write');
    const { flow } = await createFlowWith(app.api, [write.pk]);
    expect(await new Visitor(app.url).see(flow.slug)).toMatchObject(denied('No Pending data.'));
  });

  it('creates no user in mode never_create, nor for an unknown pending user', async () => {
    const slug = await settingsFlow([text('name')], { user_creation_mode: 'never_create' });
    const visitor = new Visitor(app.url);
    const nobody = randomUUID();
    await visitor.answer(slug, { uid_field: nobody });
    expect(await visitor.answer(slug, { name: 'x' })).toMatchObject(denied("No user found and can't create new user."));
    const create = await settingsFlow([text('name')], { user_creation_mode: 'create_when_required' });
    await visitor.answer(create, { uid_field: nobody });
    expect(await visitor.answer(create, { name: 'x' })).toMatchObject(denied('Unknown error'));
    expect(await userNamed(nobody)).toBeNull();
  });

  it('always creates a user in mode always_create, and leaves the pending user unchanged', async () => {
    const user = await createUser(app.api);
    const slug = await settingsFlow([text('username')], { user_creation_mode: 'always_create' });
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, { uid_field: user.username });
    const username = randomUUID();
    expect(await visitor.answer(slug, { username })).toEqual(end);
    expect((await userNamed(username))?.pk).not.toBe(user.pk);
    expect((await app.api.get(`/core/users/${user.pk}/`)).body.username).toBe(user.username);
  });

  it.each(['', '   '])('refuses the name %j', async (username) => {
    const slug = await flowOf([text('username'), text('name')]);
    expect(await new Visitor(app.url).answer(slug, { username, name: 'x' })).toMatchObject(denied('Unknown error'));
  });

  it('refuses invalid values, and writes nothing', async () => {
    const slug = await flowOf([text('username'), text('email')]);
    const username = randomUUID();
    for (const email of ['nobody', 'a@example.org,b@example.org']) {
      expect(await new Visitor(app.url).answer(slug, { username, email })).toMatchObject(failed);
    }
    const string = 'Ensure this field has no more than 150 characters.';
    expect(await new Visitor(app.url).answer(slug, { username: 'x'.repeat(151) })).toMatchObject({
      response_errors: { username: [{ string }] },
    });
    expect(await userNamed(username)).toBeNull();
  });

  it('refuses a taken user name in any letter case, and ends the run', async () => {
    const { username } = await createUser(app.api);
    const slug = await flowOf([text('username')]);
    const visitor = new Visitor(app.url);
    expect(await visitor.answer(slug, { username: username.toUpperCase() })).toMatchObject(failed);
    expect(await visitor.see(slug)).toMatchObject({ component: 'ak-stage-prompt' });
  });

  it('creates only one user for concurrent requests with the same name', async () => {
    const slug = await flowOf([text('username')]);
    const username = `Contested-${randomUUID()}`;
    const visitors = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const visitor = new Visitor(app.url);
        await visitor.see(slug);
        return visitor;
      }),
    );
    const names = [username, username.toLowerCase(), username.toUpperCase()];
    const answers = await Promise.all(visitors.map((visitor, n) => visitor.answer(slug, { username: names[n % 3] })));
    expect(answers.filter(({ component }) => component === 'xak-flow-redirect')).toHaveLength(1);
    for (const answer of answers) {
      if (answer.component !== 'xak-flow-redirect') expect(answer).toMatchObject(failed);
    }
    const left = await app.dataSource.query('select from "user" where lower(username) = lower($1)', [username]);
    expect(left).toHaveLength(1);
  });

  it('logs an event with the names of the written fields, without their values', async () => {
    const slug = await flowOf([text('username'), text('email'), password]);
    const username = randomUUID();
    await new Visitor(app.url).answer(slug, { username, email: 'seen@example.org', password: 'secret-of-the-event' });
    const { body } = await app.api.get(`/events/events/?action=user_write&username=${username}`);
    expect(body.results).toHaveLength(1);
    expect(body.results[0]).toMatchObject({
      app: 'authentik.stages.user_write',
      user: { username },
      context: { created: true, affected_user: { username }, fields: ['username', 'email', 'password'] },
      client_ip: '127.0.0.1',
    });
    expect(JSON.stringify(body.results[0].context)).not.toMatch(/secret-of-the-event|seen@example/);
  });
});

describe('An unconfirmed account', () => {
  /** Signs up, backdated by this many days. */
  async function signedUp(days: number): Promise<number> {
    const slug = await flowOf([text('username')], { create_users_as_inactive: true });
    const username = randomUUID();
    await new Visitor(app.url).answer(slug, { username });
    const { pk } = (await userNamed(username))!;
    await app.dataSource.query(`update "user" set password_change_date = now() - $2 * interval '1 day' where id = $1`, [
      pk,
      days,
    ]);
    return pk;
  }

  it('is deleted after 30 days, unless an administrator has set is_active or a link of it is valid', async () => {
    const [forgotten, recent, decided, mailed, late] = [
      await signedUp(31),
      await signedUp(29),
      await signedUp(31),
      await signedUp(31),
      await signedUp(31),
    ];
    await app.api.patch(`/core/users/${decided}/`, { is_active: false });
    const { flow } = await createFlowWith(app.api, []);
    for (const [user, expires] of [
      [mailed, '1 hour'],
      [late, '-1 hour'],
    ]) {
      await app.dataSource.query(
        `insert into "flow_token" (token_uuid, key_hash, purpose, user_id, user_address, address, flow_uuid, execution,
                                   plan, expires)
         values ($1, $2, 'recovery', $3, '', '', $4, $1, '', now() + $5::interval)`,
        [randomUUID(), Buffer.from(randomUUID()), user, flow.pk, expires],
      );
    }
    await app.nest.get(Housekeeping).doEverything();
    const left: number[] = [];
    for (const pk of [forgotten, recent, decided, mailed, late]) {
      left.push((await app.api.get(`/core/users/${pk}/`)).status);
    }
    expect(left).toEqual([404, 200, 200, 200, 404]);
  });
});

describe('A new password', () => {
  it('replaces the old one, and updates password_change_date', async () => {
    const user = await createUser(app.api);
    await app.api.post(`/core/users/${user.pk}/set_password/`, { password: 'the old password' });
    const before = (await app.api.get(`/core/users/${user.pk}/`)).body.password_change_date;
    const slug = await settingsFlow([password, { ...password, field_key: 'password_repeat' }]);
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, { uid_field: user.username });
    expect(await visitor.answer(slug, { password: 'a new password', password_repeat: 'a new password' })).toEqual(end);
    const stored = await userNamed(user.username);
    expect([
      await verify(stored!.passwordHash, 'the old password'),
      await verify(stored!.passwordHash, 'a new password'),
    ]).toEqual([false, true]);
    expect(stored!.passwordChangeDate.toISOString() > before).toBe(true);
    expect(stored!.attributes).toEqual({});
  });

  it('ends the user’s sessions, but no sessions of other users', async () => {
    const user = await createUser(app.api);
    const other = await createUser(app.api);
    for (const { pk } of [user, user, other]) {
      await app.dataSource.query(
        `insert into "session" (key_hash, user_id, state, expires) values ($1, $2, '', now() + interval '1 day')`,
        [Buffer.from(randomUUID()), pk],
      );
    }
    const sessionsOf = async (pk: number): Promise<number> =>
      (await app.dataSource.query('select from "session" where user_id = $1', [pk])).length;
    const slug = await settingsFlow([text('name'), { ...password, required: false }]);
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, { uid_field: user.username });
    await visitor.answer(slug, { name: 'Just a name' });
    expect([await sessionsOf(user.pk), await sessionsOf(other.pk)]).toEqual([2, 1]);
    await visitor.answer(slug, { uid_field: user.username });
    await visitor.answer(slug, { name: 'x', password: 'a new password' });
    expect([await sessionsOf(user.pk), await sessionsOf(other.pk)]).toEqual([0, 1]);
  });
});
