import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createPasswordUser } from '../factories/password-user.js';
import { createSignInFlow } from '../factories/sign-in-flow.js';
import type { Answer } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

type Account = Awaited<ReturnType<typeof createPasswordUser>>;

let app: TestApp;
let slug: string;
beforeAll(async () => {
  app = await startTestApp();
  slug = await createSignInFlow(app.api);
});
afterAll(() => app.stop());
beforeEach(() => app.dataSource.query('delete from "request_limit"'));

const cookie = 'authentik_browser';
const waits = [{ level: 'error', text: expect.stringMatching(/^Too many attempts\. Please try again after /) }];

/** Tries to sign in with a fresh session; the browser keeps its cookie of earlier sign-ins. */
async function tryPassword(user: Account, password: string, browser?: string): Promise<any> {
  const visitor = new Visitor(app.url);
  if (browser !== undefined) visitor.cookies.set(cookie, browser);
  return visitor.answer(slug, { uid_field: user.email, password });
}

async function isIn(user: Account, browser?: string): Promise<boolean> {
  return (await tryPassword(user, user.password, browser)).component === 'xak-flow-redirect';
}

async function signIn(user: Account, visitor = new Visitor(app.url)): Promise<string> {
  await visitor.answer(slug, { uid_field: user.email, password: user.password });
  return visitor.cookies.get(cookie) ?? '';
}

async function fail(times: number, user: Account, browser?: string): Promise<void> {
  for (let guess = 0; guess < times; guess += 1) await tryPassword(user, `wrong ${guess}`, browser);
}

/** Locks the account for unknown browsers. */
async function lockOut(user: Account): Promise<void> {
  await fail(6, user);
  expect(await isIn(user)).toBe(false);
}

describe('A known browser', () => {
  it('signs in although the account is locked for other browsers', async () => {
    const user = await createPasswordUser(app.api);
    const browser = await signIn(user);
    await lockOut(user);
    expect(await isIn(user, browser)).toBe(true);
    expect(await isIn(user)).toBe(false);
  });

  it('has its own rate limit, independent of other browsers', async () => {
    const user = await createPasswordUser(app.api);
    const stolen = await signIn(user);
    const own = await signIn(user);
    await fail(5, user, stolen);
    expect(await tryPassword(user, user.password, stolen)).toMatchObject({ messages: waits });
    expect(await isIn(user, own)).toBe(true);
    expect(await isIn(user)).toBe(true);
  });

  it('resets its failure count with a correct password', async () => {
    const user = await createPasswordUser(app.api);
    const browser = await signIn(user);
    await fail(4, user, browser);
    expect(await isIn(user, browser)).toBe(true);
    await fail(4, user, browser);
    expect(await isIn(user, browser)).toBe(true);
  });

  it('is not recognized for another account or with a forged cookie', async () => {
    const user = await createPasswordUser(app.api);
    const other = await createPasswordUser(app.api);
    const browser = await signIn(other);
    await lockOut(user);
    const [, expires, name, mac] = browser.split('.');
    const [own, ...rest] = (await signIn(other)).split('.');
    const forged = [
      browser,
      [user.pk, expires, name, mac].join('.'),
      [own, '9999999999', ...rest.slice(1)].join('.'),
      `${user.pk}.${expires}.${name}.${'0'.repeat(64)}`,
      `${user.pk}`,
      '~~~',
      '%00',
    ];
    for (const value of forged) expect(await isIn(user, value), value).toBe(false);
  });

  it('is recognized for several accounts', async () => {
    const users = [await createPasswordUser(app.api), await createPasswordUser(app.api)] as const;
    const first = new Visitor(app.url);
    await signIn(users[0], first);
    const second = new Visitor(app.url);
    second.cookies.set(cookie, first.cookies.get(cookie) ?? '');
    const browser = await signIn(users[1], second);
    for (const user of users) {
      await lockOut(user);
      expect(await isIn(user, browser)).toBe(true);
    }
  });

  it('is no longer recognized after a password change, which also lifts the lock', async () => {
    const user = await createPasswordUser(app.api);
    const browser = await signIn(user);
    await lockOut(user);
    const password = `${user.password}-new`;
    await app.api.post(`/core/users/${user.pk}/set_password/`, { password });
    const renewed = { ...user, password };
    expect(await isIn(renewed)).toBe(true);
    await lockOut(renewed);
    expect(await isIn(renewed, browser)).toBe(false);
  });

  it('is recognized for one year', async () => {
    const user = await createPasswordUser(app.api);
    const browser = await signIn(user);
    const expires = Number(browser.split('.')[1]);
    expect(Math.abs(expires - Date.now() / 1000 - 365 * 86_400)).toBeLessThan(60);
  });
});

describe('The cookie of a known browser', () => {
  const lineOf = ({ headers }: Answer): string =>
    headers.getSetCookie().find((line) => line.includes(`${cookie}=`)) ?? '';

  /** The Set-Cookie line of a successful sign-in. */
  async function lineAfterSignIn({ email, password }: Account, at = app, flow = slug): Promise<string> {
    const visitor = new Visitor(at.url);
    await visitor.post(flow, { uid_field: email, password });
    return lineOf(await visitor.get(flow));
  }

  it('is HttpOnly, lasts a year, and does not contain the user name', async () => {
    const user = await createPasswordUser(app.api);
    const line = await lineAfterSignIn(user);
    expect(line).toMatch(/^authentik_browser=/);
    for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=31536000']) expect(line).toContain(part);
    expect(line).not.toContain(user.username);
  });

  it('is Secure and has the __Host- prefix under https', async () => {
    const secure = await startTestApp({ PUBLIC_URL: 'https://id.example.org' });
    try {
      const own = await createSignInFlow(secure.api);
      const user = await createPasswordUser(secure.api);
      const line = await lineAfterSignIn(user, secure, own);
      expect(line).toMatch(/^__Host-authentik_browser=/);
      for (const part of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']) expect(line).toContain(part);
      expect(line).not.toContain('Domain');
    } finally {
      await secure.stop();
    }
  });

  it('is not set after a wrong password', async () => {
    const user = await createPasswordUser(app.api);
    const answer = await new Visitor(app.url).post(slug, { uid_field: user.email, password: 'wrong' });
    expect(lineOf(answer)).toBe('');
  });
});
