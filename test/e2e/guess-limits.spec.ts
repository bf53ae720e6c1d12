import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { type Guess, GuessLimits } from '../../src/core/limits/guess-limits.service.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createSignInFlow } from '../factories/sign-in-flow.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let limits: GuessLimits;
let slug: string;
beforeAll(async () => {
  app = await startTestApp({ GUESS_CLIENT_LIMIT: '60', GUESS_CLIENT_WINDOW: '3600', TRUST_PROXY: '127.0.0.1' });
  limits = app.nest.get(GuessLimits);
  slug = await createSignInFlow(app.api);
});
afterAll(() => app.stop());
beforeEach(() => app.dataSource.query('delete from "request_limit"'));

const guess = (fields: Partial<Guess> = {}): Guess => ({
  what: 'password',
  clientIp: '192.0.2.1',
  browser: undefined,
  typed: 'ada',
  account: 'user:1',
  ...fields,
});

/** Ages every count. */
const pass = (seconds: number): Promise<unknown> =>
  app.dataSource.query(
    `update "request_limit" set ends = ends - $1 * interval '1 second', not_before = not_before - $1 * interval '1 second'`,
    [seconds],
  );

async function signIn(uid_field: string, password: string, ip: string): Promise<any> {
  const options = { json: { uid_field, password }, headers: { 'x-forwarded-for': ip } };
  return (await new Visitor(app.url).request('POST', `/flows/executor/${slug}/?query=`, options)).body;
}

async function evaluated(): Promise<number> {
  return (await app.api.get('/events/events/?action=login_failed&page_size=1')).body.pagination.count;
}

describe('Wrong passwords for one name', () => {
  it('are delayed from the fifth on, doubling up to an hour, and blocked after the hundredth', async () => {
    const waits: number[] = [];
    for (let failures = 1; failures <= 99; failures += 1) {
      expect(await limits.count(guess({ clientIp: `192.0.2.${failures}` }))).toEqual({ kind: 'allowed' });
      const next = await limits.count(guess({ clientIp: '198.51.100.1' }));
      if (next.kind === 'allowed') failures += 1;
      else if (next.kind === 'limited') {
        waits.push(next.wait);
        await pass(next.wait);
      }
    }
    expect(waits.slice(0, 9)).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    expect(waits.at(-1)).toBe(3600);
    expect(await limits.count(guess())).toEqual({ kind: 'allowed' });
    await pass(3600);
    const refused = await limits.count(guess());
    expect(refused).toMatchObject({ kind: 'limited' });
    expect((refused as { wait: number }).wait).toBeGreaterThan(28 * 86_400);
  });

  it('are counted only if checked: attempts during a delay do not extend it', async () => {
    for (let failures = 0; failures < 5; failures += 1) await limits.count(guess());
    for (let asked = 0; asked < 20; asked += 1) expect(await limits.count(guess())).toMatchObject({ kind: 'limited' });
    await pass(30);
    expect(await limits.count(guess())).toEqual({ kind: 'allowed' });
  });

  it('are remembered for a day each, so that slow guessing is delayed too', async () => {
    for (let failures = 0; failures < 4; failures += 1) await limits.count(guess());
    await pass(3 * 86_400);
    await limits.count(guess());
    expect(await limits.count(guess())).toMatchObject({ kind: 'limited' });
    await pass(5 * 86_400);
    for (let failures = 0; failures < 5; failures += 1)
      expect(await limits.count(guess())).toEqual({ kind: 'allowed' });
  });

  it('are counted for the account too, without revealing that the account is limited', async () => {
    for (let failures = 0; failures < 5; failures += 1) await limits.count(guess());
    expect(await limits.count(guess({ typed: 'ada@example.org' }))).toEqual({ kind: 'suppressed' });
  });

  it('are checked for five of 30 concurrent attempts', async () => {
    const verdicts = await Promise.all(Array.from({ length: 30 }, () => limits.count(guess())));
    expect(verdicts.filter(({ kind }) => kind === 'allowed')).toHaveLength(5);
  });
});

describe('Wrong passwords from one client network', () => {
  it('are checked for 60 of 140 concurrent attempts over all accounts, and then once a minute', async ({
    annotate,
  }) => {
    const names = Array.from({ length: 28 }, () => `${randomUUID()}@example.org`);
    const before = await evaluated();
    const guesses = names.flatMap((name) =>
      Array.from({ length: 5 }, (_, number) => [name, `guess ${number}`] as const),
    );
    await Promise.all(guesses.map(([name, password]) => signIn(name, password, '192.0.2.7')));
    const seen = (await evaluated()) - before;
    await annotate(`140 guesses for 28 accounts at the same time: ${seen} were looked at`);
    expect(seen).toBe(60);
    expect(await signIn(names[0]!, 'one more', '192.0.2.7')).toMatchObject({
      messages: [{ level: 'error', text: 'Too many attempts. Please try again after 1 minute.' }],
    });
    await pass(60);
    const fresh = (): string => `${randomUUID()}@example.org`;
    expect(await signIn(fresh(), 'guess', '192.0.2.7')).not.toHaveProperty('messages');
    expect(await signIn(fresh(), 'guess', '192.0.2.7')).toHaveProperty('messages');
    expect(await signIn(fresh(), 'guess', '192.0.2.8')).not.toHaveProperty('messages');
  });

  it('do not lock out a known browser of that network', async () => {
    const user = await createPasswordUser(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, { uid_field: user.email, password: user.password });
    for (let failures = 0; failures < 60; failures += 1) {
      await limits.count(guess({ clientIp: '127.0.0.1', typed: `name-${failures}`, account: `name-${failures}` }));
    }
    const known = new Visitor(app.url);
    expect(await known.answer(slug, { uid_field: user.email, password: user.password })).toHaveProperty('messages');
    known.cookies.set('authentik_browser', visitor.cookies.get('authentik_browser') ?? '');
    expect(await known.answer(slug, { uid_field: user.email, password: user.password })).toMatchObject({
      component: 'xak-flow-redirect',
    });
  });

  it('exclude correct passwords and attempts for a delayed name from the count', async () => {
    const count = async (): Promise<number> => {
      const [row] = await app.dataSource.query(
        `select round(extract(epoch from ends - now()) / 60)::int as filled from request_limit where key like '%:client:%'`,
      );
      return row.filled;
    };
    const right = guess({ typed: 'grace', account: 'user:2' });
    await limits.count(guess());
    await limits.count(right);
    await limits.succeeded(right);
    expect(await count()).toBe(1);
    for (let failures = 0; failures < 10; failures += 1) await limits.count(guess());
    expect(await count()).toBe(5);
  });
});
