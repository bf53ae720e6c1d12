import { randomUUID } from 'node:crypto';

import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { PasswordStageFields } from '../../src/stages/password/dto/password-stage.dto.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createFlow } from '../factories/flow.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createStage } from '../factories/stage.js';
import { createToken, keyOf } from '../factories/token.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** Slug of a flow with an identification stage and a password stage. */
async function flowWith(stage: Partial<PasswordStageFields> = {}): Promise<string> {
  const { pk: first } = await createStage(app.api, 'identification');
  const { pk: second } = await createStage(app.api, 'password', stage);
  return (await createFlowWith(app.api, [first, second], { designation: 'authentication' })).flow.slug;
}

/** A visitor who has passed the identification stage. */
async function visitorAs(name: string, slug: string): Promise<Visitor> {
  const visitor = new Visitor(app.url);
  expect(await visitor.answer(slug, { uid_field: name })).toMatchObject({ component: 'ak-stage-password' });
  return visitor;
}

/** The response to a password after identification. */
async function outcome(slug: string, name: string, password: unknown): Promise<any> {
  return (await visitorAs(name, slug)).answer(slug, { component: 'ak-stage-password', password });
}

const passed = { component: 'xak-flow-redirect', to: '/' };
const wrong = {
  component: 'ak-stage-password',
  response_errors: { password: [{ string: 'Invalid password', code: 'invalid' }] },
};
const denied = { component: 'ak-stage-access-denied', error_message: 'Invalid password' };
const inbuilt = 'authentik.core.auth.InbuiltBackend';
const token = 'authentik.core.auth.TokenBackend';
const ldap = 'authentik.sources.ldap.auth.LDAPBackend';
const kerberos = 'authentik.sources.kerberos.auth.KerberosBackend';

describe('A password stage', () => {
  it('shows the pending user', async () => {
    const user = await createPasswordUser(app.api);
    const slug = await flowWith({ allow_show_password: true });
    const { flow_info: _, ...challenge } = await (await visitorAs(user.email, slug)).see(slug);
    expect(challenge).toEqual({
      component: 'ak-stage-password',
      pending_user: user.username,
      pending_user_avatar: expect.stringMatching(/^data:image/),
      allow_show_password: true,
    });
  });

  it('shows an avatar of the entered name, not of the account, if matched users are hidden', async () => {
    const { email } = await createPasswordUser(app.api, { name: 'Xenia Quist' });
    const { pk: first } = await createStage(app.api, 'identification', { show_matched_user: false });
    const { pk: second } = await createStage(app.api, 'password');
    const { slug } = (await createFlowWith(app.api, [first, second])).flow;
    const { pending_user_avatar: avatar } = await (await visitorAs(email, slug)).see(slug);
    expect(Buffer.from(avatar.split(',')[1], 'base64').toString()).toContain(`>${email[0]!.toUpperCase()}<`);
  });

  it('links to the first recovery flow that the visitor may use, under PUBLIC_URL', async () => {
    const other = await startTestApp({ PUBLIC_URL: 'https://id.example.org' });
    try {
      const { api } = other;
      const { pk: first } = await createStage(api, 'identification');
      const { pk: second } = await createStage(api, 'password');
      const { slug } = (await createFlowWith(api, [first, second], { designation: 'authentication' })).flow;
      const url = async (): Promise<unknown> =>
        (await new Visitor(other.url).answer(slug, { uid_field: 'x' })).recovery_url;
      for (const { slug } of (await api.get('/flows/instances/?designation=recovery')).body.results) {
        await api.delete(`/flows/instances/${slug}/`);
      }
      expect(await url()).toBeUndefined();
      await createFlow(api, { slug: 'b', designation: 'recovery', authentication: 'require_unauthenticated' });
      await createFlow(api, { slug: 'a', designation: 'recovery', authentication: 'require_authenticated' });
      await createFlow(api, { slug: 'c', designation: 'recovery' });
      expect(await url()).toBe('https://id.example.org/if/flow/b/');
    } finally {
      await other.stop();
    }
  });

  it('accepts only the exact password, including leading and trailing spaces', async () => {
    const { username, password } = await createPasswordUser(app.api, { password: ' right one ' });
    const slug = await flowWith();
    for (const other of ['right one', ' right one', ' RIGHT ONE ', ' right one \n']) {
      expect(await outcome(slug, username, other)).toMatchObject(wrong);
    }
    expect(await outcome(slug, username, password)).toEqual(passed);
  });

  it.each([
    [{}, 'This field is required.', 'required'],
    [{ password: '' }, 'This field may not be blank.', 'blank'],
    [{ password: null }, 'This field may not be null.', 'null'],
    [{ password: {} }, 'Not a valid string.', 'invalid'],
    [{ password: true, component: 'ak-stage-dummy' }, 'Not a valid string.', 'invalid'],
  ])('rejects the response %j', async (body, string, code) => {
    const { username } = await createPasswordUser(app.api);
    const slug = await flowWith();
    expect(await (await visitorAs(username, slug)).answer(slug, body)).toMatchObject({
      component: 'ak-stage-password',
      response_errors: { password: [{ string, code }] },
    });
  });

  it('denies inactive users, users without a password, and unknown users', async () => {
    const slug = await flowWith();
    const off = await createPasswordUser(app.api, { is_active: false });
    const without = await createUser(app.api);
    expect(await outcome(slug, off.username, off.password)).toMatchObject(wrong);
    expect(await outcome(slug, without.username, 'x')).toMatchObject(wrong);
    expect(await outcome(slug, randomUUID(), 'x')).toMatchObject(wrong);
  });

  it('denies a run without a pending user', async () => {
    const { pk } = await createStage(app.api, 'password');
    const { flow } = await createFlowWith(app.api, [pk]);
    const visitor = new Visitor(app.url);
    const unknown = { component: 'ak-stage-access-denied', error_message: 'Unknown error' };
    expect(await visitor.see(flow.slug)).toMatchObject(unknown);
    expect(await visitor.answer(flow.slug, { password: 'x' })).toMatchObject(unknown);
  });

  it('ends the run after failed_attempts_before_cancel wrong passwords, and allows a new run', async () => {
    const { username, password } = await createPasswordUser(app.api);
    const slug = await flowWith({ failed_attempts_before_cancel: 3 });
    const visitor = await visitorAs(username, slug);
    for (const _ of [1, 2]) expect(await visitor.answer(slug, { password: 'x' })).toMatchObject(wrong);
    expect(await visitor.answer(slug, { password: 'x' })).toMatchObject(denied);
    expect(await visitor.answer(slug, { uid_field: username })).toMatchObject({ component: 'ak-stage-password' });
    expect(await visitor.answer(slug, { password: 'x' })).toMatchObject(denied);
    await visitor.answer(slug, { uid_field: username });
    expect(await visitor.answer(slug, { password })).toEqual(passed);
    await visitor.answer(slug, { uid_field: username });
    expect(await visitor.answer(slug, { password: 'x' })).toMatchObject(wrong);
  });

  it('rehashes a password that was hashed with other parameters', async () => {
    const { pk, username, password } = await createPasswordUser(app.api);
    const stored = async (): Promise<string> => {
      const [row] = await app.dataSource.query('select password_hash from "user" where id = $1', [pk]);
      return row.password_hash;
    };
    const old = await hash(password, { memoryCost: 8192 });
    await app.dataSource.query('update "user" set password_hash = $2 where id = $1', [pk, old]);
    const slug = await flowWith();
    expect(await outcome(slug, username, 'x')).toMatchObject(wrong);
    expect(await stored()).toBe(old);
    expect(await outcome(slug, username, password)).toEqual(passed);
    expect(await stored()).toContain('m=19456,t=2,p=1');
    expect(await outcome(slug, username, password)).toEqual(passed);
  });
});

describe('The backends of a password stage', () => {
  it('accept user passwords or app passwords, as configured', async () => {
    const user = await createPasswordUser(app.api);
    const appPassword = { user: user.pk, intent: 'app_password' } as const;
    const key = await keyOf(app.api, (await createToken(app.api, appPassword)).identifier);
    const slugs = [await flowWith({ backends: [inbuilt] }), await flowWith({ backends: [token] })] as const;
    expect(await outcome(slugs[0], user.username, user.password)).toEqual(passed);
    expect(await outcome(slugs[0], user.username, key)).toMatchObject(wrong);
    expect(await outcome(slugs[1], user.username, key)).toEqual(passed);
    expect(await outcome(slugs[1], user.username, user.password)).toMatchObject(wrong);
    const both = await flowWith({ backends: [ldap, token, inbuilt] });
    for (const password of [user.password, key]) expect(await outcome(both, user.username, password)).toEqual(passed);
  });

  it('refuse expired keys and keys of other users or other intents', async () => {
    const user = await createUser(app.api);
    const other = await createUser(app.api);
    const slug = await flowWith({ backends: [token] });
    const theirs = await createToken(app.api, { user: other.pk, intent: 'app_password' });
    const api = await createToken(app.api, { user: user.pk, intent: 'api' });
    const past = await createToken(app.api, { user: user.pk, intent: 'app_password' });
    const update = `update "token" set expires = now() - interval '1 second' where identifier = $1`;
    await app.dataSource.query(update, [past.identifier]);
    for (const { identifier } of [theirs, api, past]) {
      const key = (await app.api.get(`/core/tokens/${identifier}/view_key/`)).body?.key ?? 'gone';
      expect(await outcome(slug, user.username, key)).toMatchObject(wrong);
    }
  });

  it('of LDAP and Kerberos match no user', async () => {
    const user = await createPasswordUser(app.api);
    const slug = await flowWith({ backends: [ldap, kerberos] });
    expect(await outcome(slug, user.username, user.password)).toMatchObject(wrong);
  });
});

describe('The login_failed event', () => {
  const failures = async (stage: string): Promise<any[]> => {
    const { body } = await app.api.get('/events/events/?action=login_failed&page_size=100');
    return body.results.filter(({ context }: any) => context.stage.name === stage);
  };

  it('contains the user or two characters of an unknown name, and no password', async () => {
    const user = await createPasswordUser(app.api);
    const name = `password-${randomUUID()}`;
    const slug = await flowWith({ name });
    await outcome(slug, user.email, 'my-wrong-password');
    await outcome(slug, 'hunter2-in-the-wrong-field', 'my-wrong-password');
    await outcome(slug, 'x🔑-in-the-wrong-field', 'my-wrong-password');
    const found = await failures(name);
    expect(found.map(({ context }) => context.username).sort()).toEqual(['hu…', 'x🔑…', user.username].sort());
    for (const event of found) {
      expect(event).toMatchObject({ client_ip: '127.0.0.1', user: {} });
      expect(event.context.stage).toMatchObject({
        app: 'authentik_stages_password',
        model_name: 'passwordstage',
        name,
      });
    }
    expect(JSON.stringify(found)).not.toMatch(/my-wrong-password|hunter2/);
  });

  it('is not created after the correct password', async () => {
    const { username, password } = await createPasswordUser(app.api);
    const name = `password-${randomUUID()}`;
    await outcome(await flowWith({ name }), username, password);
    expect(await failures(name)).toEqual([]);
  });
});
