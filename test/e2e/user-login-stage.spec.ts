import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { UserLoginStageFields } from '../../src/stages/user-login/dto/user-login-stage.dto.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createStage } from '../factories/stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** Slug of a flow that identifies a user and signs them in. */
async function signIn(stage: Partial<UserLoginStageFields> = {}): Promise<string> {
  const { pk: password_stage } = await createStage(app.api, 'password');
  const { pk: first } = await createStage(app.api, 'identification', { password_stage });
  const { pk: second } = await createStage(app.api, 'user_login', stage);
  return (await createFlowWith(app.api, [first, second], { designation: 'authentication' })).flow.slug;
}

type Account = Awaited<ReturnType<typeof createPasswordUser>>;

function asUser(slug: string, { email, password }: Account, visitor = new Visitor(app.url)): Promise<any> {
  return visitor.answer(slug, { uid_field: email, password });
}

/** The user name of the API's caller, or the status of a refusal. */
async function whoami(visitor: Visitor): Promise<string | number> {
  const { status, body } = await visitor.request('GET', '/core/users/me/');
  return status === 200 ? body.user.username : status;
}

async function logins(username: string): Promise<any[]> {
  return (await app.api.get(`/events/events/?action=login&username=${username}`)).body.results;
}

const passed = { component: 'xak-flow-redirect', to: '/' };

describe('A user login stage', () => {
  it('signs in with a new session key', async () => {
    const user = await createPasswordUser(app.api);
    const slug = await signIn();
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    const before = visitor.cookies.get('authentik_session');
    expect(await asUser(slug, user, visitor)).toMatchObject(passed);
    expect(await whoami(visitor)).toBe(user.username);
    expect(visitor.cookies.get('authentik_session')).not.toBe(before);
    if (before !== undefined) {
      const planted = new Visitor(app.url);
      planted.cookies.set('authentik_session', before);
      expect(await whoami(planted)).toBe(403);
    }
  });

  it('sets last_login, logs an event and shows a message', async () => {
    const user = await createPasswordUser(app.api);
    expect(user.last_login).toBeNull();
    const answer = await asUser(await signIn(), user);
    expect(answer.messages).toEqual([{ level: 'success', text: 'Successfully logged in!' }]);
    const { last_login } = (await app.api.get(`/core/users/${user.pk}/`)).body;
    expect(Math.abs(Date.parse(last_login) - Date.now())).toBeLessThan(60_000);
    expect(await logins(user.username)).toMatchObject([
      { user: { pk: user.pk, username: user.username }, context: { auth_method: 'password' }, client_ip: '127.0.0.1' },
    ]);
  });

  it('sets the cookie’s lifetime to session_duration, or to the browser session for seconds=0', async () => {
    const user = await createPasswordUser(app.api);
    const cookie = async (session_duration: string): Promise<string> => {
      const slug = await signIn({ session_duration });
      const visitor = new Visitor(app.url);
      let answer = await visitor.post(slug, { uid_field: user.email, password: user.password });
      while (answer.status === 302) answer = await visitor.get(slug);
      return answer.headers.getSetCookie().find((line) => line.startsWith('authentik_session=')) ?? '';
    };
    expect(await cookie('hours=1;minutes=30')).toMatch(/max-age=5400\b/i);
    expect(await cookie('seconds=0')).not.toMatch(/max-age|expires/i);
  });

  it('ends the session after session_duration', async () => {
    const user = await createPasswordUser(app.api);
    const visitor = new Visitor(app.url);
    await asUser(await signIn({ session_duration: 'hours=1' }), user, visitor);
    await app.dataSource.query(
      `update "session" set expires = expires - interval '1 hour 1 second' where user_id = $1`,
      [user.pk],
    );
    expect(await whoami(visitor)).toBe(403);
  });

  it('offers a longer session with remember_me_offset', async () => {
    const user = await createPasswordUser(app.api);
    const slug = await signIn({ session_duration: 'hours=1', remember_me_offset: 'days=1' });
    const lifetime = async (body: object): Promise<number> => {
      const visitor = new Visitor(app.url);
      expect(await asUser(slug, user, visitor)).toMatchObject({
        component: 'ak-stage-user-login',
        pending_user: user.username,
        pending_user_avatar: expect.any(String),
      });
      expect(await whoami(visitor)).toBe(403);
      expect(await visitor.answer(slug, body)).toMatchObject(passed);
      expect(await whoami(visitor)).toBe(user.username);
      const [row] = await app.dataSource.query(
        `select round(extract(epoch from expires - now()) / 60)::int as minutes from "session"
          where user_id = $1 order by created desc limit 1`,
        [user.pk],
      );
      return row.minutes;
    };
    expect(await lifetime({ remember_me: false })).toBe(60);
    expect(await lifetime({ remember_me: true })).toBe(25 * 60);
  });

  it.each([
    [{}, 'This field is required.', 'required'],
    [{ remember_me: null }, 'This field may not be null.', 'null'],
    [{ remember_me: 'perhaps' }, 'Must be a valid boolean.', 'invalid'],
  ])('rejects the response %j with remember_me_offset', async (body, string, code) => {
    const user = await createPasswordUser(app.api);
    const slug = await signIn({ remember_me_offset: 'days=1' });
    const visitor = new Visitor(app.url);
    await asUser(slug, user, visitor);
    expect(await visitor.answer(slug, body)).toMatchObject({
      component: 'ak-stage-user-login',
      response_errors: { remember_me: [{ string, code }] },
    });
    expect(await whoami(visitor)).toBe(403);
  });

  it('ends the user’s other sessions if configured, but no sessions of other users', async () => {
    const [user, other] = [await createPasswordUser(app.api), await createPasswordUser(app.api)];
    const [plain, only] = [await signIn(), await signIn({ terminate_other_sessions: true })];
    const [first, second, third, stranger] = [1, 2, 3, 4].map(() => new Visitor(app.url)) as [
      Visitor,
      Visitor,
      Visitor,
      Visitor,
    ];
    await asUser(plain, user, first);
    await asUser(plain, other, stranger);
    await asUser(plain, user, second);
    expect([await whoami(first), await whoami(second)]).toEqual([user.username, user.username]);
    await asUser(only, user, third);
    expect([await whoami(first), await whoami(second)]).toEqual([403, 403]);
    expect([await whoami(third), await whoami(stranger)]).toEqual([user.username, other.username]);
  });
});

describe('A bound session', () => {
  let behindProxy: TestApp;
  beforeAll(async () => {
    behindProxy = await startTestApp({ TRUST_PROXY: '127.0.0.1' });
  });
  afterAll(() => behindProxy.stop());

  it.each([
    ['no_binding', 'no_binding', '192.0.2.7', '2001:db8::1', true],
    ['bind_asn_network_ip', 'no_binding', '192.0.2.7', '192.0.2.8', false],
    ['bind_asn_network_ip', 'no_binding', '192.0.2.7', '::ffff:192.0.2.7', true],
    ['bind_asn_network_ip', 'bind_continent', '192.0.2.7', '192.0.2.8', false],
    ['bind_asn', 'no_binding', '192.0.2.7', '192.0.2.255', true],
    ['bind_asn', 'no_binding', '192.0.2.7', '192.0.3.7', false],
    ['bind_asn_network', 'no_binding', '192.0.2.7', '192.0.3.7', false],
    ['no_binding', 'bind_continent_country', '192.0.2.7', '192.0.3.7', false],
    ['no_binding', 'bind_continent', '2001:db8:1::1', '2001:db8:1:2::3', true],
    ['no_binding', 'bind_continent', '2001:db8:1::1', '2001:db8:2::1', false],
    ['bind_asn', 'no_binding', '::ffff:192.0.2.7', '::ffff:203.0.113.1', false],
  ] as const)(
    'with %s and %s, created from %s and used from %s, is valid: %s',
    async (network_binding, geoip_binding, begun, used, isGood) => {
      const { api, url } = behindProxy;
      const user = await createPasswordUser(api);
      const { pk: first } = await createStage(api, 'identification');
      const { pk: second } = await createStage(api, 'user_login', { network_binding, geoip_binding });
      const { slug } = (await createFlowWith(api, [first, second])).flow;
      const visitor = new Visitor(url);
      const from = (ip: string): { headers: Record<string, string> } => ({ headers: { 'x-forwarded-for': ip } });
      const path = `/flows/executor/${slug}/?query=`;
      await visitor.request('POST', path, { json: { uid_field: user.email }, ...from(begun) });
      await visitor.request('GET', path, from(begun));
      expect((await visitor.request('GET', '/core/users/me/', from(begun))).status).toBe(200);
      expect((await visitor.request('GET', '/core/users/me/', from(used))).status).toBe(isGood ? 200 : 403);
      const { body } = await new Visitor(url).request('GET', path, {
        headers: { ...visitor.cookies.headers(), ...from(used).headers },
      });
      expect(body.component).toBe('ak-stage-identification');
      expect((await visitor.request('GET', '/core/users/me/', from(begun))).status).toBe(200);
    },
  );
});

describe('A user login stage denies access', () => {
  /** Slug of a flow that asks only for a user name. */
  async function trusting(stage: Partial<UserLoginStageFields> = {}): Promise<string> {
    const { pk: first } = await createStage(app.api, 'identification');
    const { pk: second } = await createStage(app.api, 'user_login', stage);
    return (await createFlowWith(app.api, [first, second])).flow.slug;
  }

  it('to an unknown user', async () => {
    for (const stage of [{}, { remember_me_offset: 'days=1' }]) {
      const slug = await trusting(stage);
      const visitor = new Visitor(app.url);
      expect(await visitor.answer(slug, { uid_field: randomUUID() })).toMatchObject({
        component: 'ak-stage-access-denied',
        error_message: 'No Pending user to login.',
      });
      expect(await whoami(visitor)).toBe(403);
    }
  });

  it('to an inactive user, also if deactivated during the run', async () => {
    const off = { component: 'ak-stage-access-denied', error_message: 'This account is not active.' };
    const user = await createPasswordUser(app.api, { is_active: false });
    const visitor = new Visitor(app.url);
    expect(await visitor.answer(await trusting(), { uid_field: user.email })).toMatchObject(off);
    expect(await whoami(visitor)).toBe(403);
    expect(await logins(user.username)).toEqual([]);

    const slug = await trusting({ remember_me_offset: 'days=1' });
    const other = await createPasswordUser(app.api);
    await visitor.answer(slug, { uid_field: other.email });
    await app.api.patch(`/core/users/${other.pk}/`, { is_active: false });
    expect(await visitor.answer(slug, { remember_me: true })).toMatchObject(off);
    expect(await whoami(visitor)).toBe(403);
  });

  it('without a pending user', async () => {
    const { pk } = await createStage(app.api, 'user_login');
    const { flow } = await createFlowWith(app.api, [pk]);
    const visitor = new Visitor(app.url);
    for (const answer of [await visitor.see(flow.slug), await visitor.answer(flow.slug, { remember_me: true })]) {
      expect(answer).toMatchObject({ error_message: 'No Pending user to login.' });
    }
  });
});
