import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createPasswordFlow } from '../factories/password-flow.js';
import { createPasswordUser } from '../factories/password-user.js';
import type { Answer } from '../support/api-client.js';
import { attemptSignIn } from '../support/sign-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());
beforeEach(() => forgetLimits());

type Account = Awaited<ReturnType<typeof createPasswordUser>>;

function forgetLimits(): Promise<unknown> {
  return app.dataSource.query('delete from "request_limit"');
}

const attempt = (slug: string, uid_field: string, password: string, isOneStep: boolean): Promise<Answer[]> =>
  attemptSignIn(app.url, slug, uid_field, password, isOneStep);

/** The visible part of the responses, without random values and the input. */
function visible(answers: Answer[], typed: string): unknown {
  return answers.map(({ status, headers, body }) => [
    status,
    [...headers]
      .filter(([name]) => !['date', 'x-authentik-id'].includes(name))
      .map(([name, value]) => [name, name === 'set-cookie' ? value.replace(/=[^;]*/, '=…') : value]),
    JSON.stringify(body ?? '')
      .replaceAll(typed, 'typed')
      .replaceAll(/data:image[^"]*/g, 'avatar'),
  ]);
}

const flows = [
  ['in one step', true],
  ['in two steps', false],
] as const;

describe.each(flows)('Sign-ins %s', (_, isOneStep) => {
  const slugOf = (): Promise<string> => createPasswordFlow(app.api, isOneStep);
  const last = async (slug: string, name: string, password: string): Promise<any> =>
    (await attempt(slug, name, password, isOneStep)).at(-1)?.body;
  const isIn = (body: any): boolean => body.component === 'xak-flow-redirect';

  it('get the same response for a user, an inactive user and an unknown user', async () => {
    const slug = await slugOf();
    const known = await createPasswordUser(app.api);
    const inactive = await createPasswordUser(app.api, { is_active: false });
    const names = [known.email, inactive.email, `${randomUUID()}@example.org`];
    const seen = await Promise.all(
      names.map(async (name) => visible(await attempt(slug, name, 'wrong', isOneStep), name)),
    );
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    // The correct password of an inactive user is refused.
    expect(visible(await attempt(slug, inactive.email, inactive.password, isOneStep), inactive.email)).toEqual(seen[0]);
  });

  it('count guesses across concurrent sessions', async () => {
    const slug = await slugOf();
    const user = await createPasswordUser(app.api);
    await Promise.all(Array.from({ length: 30 }, (_, guess) => last(slug, user.email, `guess ${guess}`)));
    const { body } = await app.api.get('/events/events/?action=login_failed&page_size=1000');
    const evaluated = body.results.filter(({ context }: any) => context.username === user.username);
    expect(evaluated).toHaveLength(5);
    expect(isIn(await last(slug, user.email, user.password))).toBe(false);
  });

  it('count guesses across spellings of the name', async () => {
    const slug = await slugOf();
    const user = await createPasswordUser(app.api);
    const names = [user.email, user.email.toUpperCase(), user.username, ` ${user.username.toUpperCase()}`];
    for (let guess = 0; guess < 12; guess += 1) await last(slug, names[guess % 4] as string, `guess ${guess}`);
    for (const name of names) expect(isIn(await last(slug, name, user.password))).toBe(false);
  });

  it('return the time to wait, without revealing whether the user exists', async () => {
    const slug = await slugOf();
    const user = await createPasswordUser(app.api);
    const nobody = `${randomUUID()}@example.org`;
    const seen: unknown[] = [];
    for (const name of [user.email, nobody]) {
      for (let guess = 0; guess < 5; guess += 1) await last(slug, name, 'wrong');
      const answers = await attempt(slug, name, 'wrong', isOneStep);
      expect(answers.at(-1)?.body.messages).toEqual([
        { level: 'error', text: 'Too many attempts. Please try again after 1 minute.' },
      ]);
      seen.push(visible(answers, name));
    }
    expect(seen[1]).toEqual(seen[0]);
  });

  it('do not reveal by rate limits that a name and an address belong to the same user', async () => {
    const slug = await slugOf();
    const user = await createPasswordUser(app.api);
    for (let guess = 0; guess < 5; guess += 1) await last(slug, user.email, 'wrong');
    const other = await attempt(slug, user.username, 'wrong', isOneStep);
    const nobody = `user-${randomUUID()}`;
    expect(visible(other, user.username)).toEqual(visible(await attempt(slug, nobody, 'wrong', isOneStep), nobody));
    expect(isIn(await last(slug, user.username, user.password))).toBe(false);
  });

  it('reset the rate limit with the correct password and after the period', async () => {
    const slug = await slugOf();
    const user = await createPasswordUser(app.api);
    const wrong = async (times: number): Promise<void> => {
      for (let guess = 0; guess < times; guess += 1) await last(slug, user.email, 'wrong');
    };
    await wrong(4);
    expect(isIn(await last(slug, user.email, user.password))).toBe(true);
    await wrong(5);
    expect(isIn(await last(slug, user.email, user.password))).toBe(false);
    await app.dataSource.query(`update "request_limit" set ends = now()`);
    expect(isIn(await last(slug, user.email, user.password))).toBe(true);
  });

  it('store no password in rate limits, events and sessions, and no address in rate limits', async () => {
    const slug = await slugOf();
    const user: Account = await createPasswordUser(app.api, { password: `secret-${randomUUID()}` });
    await last(slug, user.email, user.password);
    await last(slug, user.email, `${user.password}-wrong`);
    for (const table of ['request_limit', 'event', 'session']) {
      const rows = JSON.stringify(await app.dataSource.query(`select * from "${table}"`));
      expect(rows, table).not.toContain(user.password);
      if (table === 'request_limit') expect(rows).not.toContain(user.email);
    }
  });
});

describe('A user name without a password', () => {
  it('gets the same responses for a known, an inactive and an unknown user', async () => {
    const slug = await createPasswordFlow(app.api, false);
    const { email: known } = await createPasswordUser(app.api);
    const { email: inactive } = await createPasswordUser(app.api, { is_active: false });
    const names = [known, inactive, `${randomUUID()}@example.org`];
    const look = async (name: string): Promise<Answer[]> => {
      const visitor = new Visitor(app.url);
      return [await visitor.post(slug, { uid_field: name }), await visitor.get(slug)];
    };
    const [first, ...others] = await Promise.all(names.map(async (name) => visible(await look(name), name)));
    for (const other of others) expect(other).toEqual(first);
  });
});
