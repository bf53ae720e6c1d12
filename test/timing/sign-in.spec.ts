import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, it } from 'vitest';

import { GuessLimits } from '../../src/core/limits/guess-limits.service.js';
import { User } from '../../src/core/users/user.entity.js';
import { createPasswordFlow } from '../factories/password-flow.js';
import { createPasswordUser } from '../factories/password-user.js';
import { attemptSignIn } from '../support/sign-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';
import { expectSameTime } from './same-time.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const flows = [
  ['in one step', true],
  ['in two steps', false],
] as const;

describe.each(flows)('A wrong password %s', (_, isOneStep) => {
  it('is refused in the same time for known, unconfirmed, inactive, passwordless and unknown users', async ({
    annotate,
  }) => {
    const slug = await createPasswordFlow(app.api, isOneStep);
    const { email: known } = await createPasswordUser(app.api);
    const { email: inactive } = await createPasswordUser(app.api, { is_active: false });
    const { email: withoutPassword, pk } = await createPasswordUser(app.api);
    await app.dataSource.query(`update "user" set password_hash = '' where id = $1`, [pk]);
    const { email: unconfirmed, pk: unconfirmedPk } = await createPasswordUser(app.api);
    await app.dataSource.query(`update "user" set is_active = false, awaits_confirmation = true where id = $1`, [
      unconfirmedPk,
    ]);
    const names = { known, unconfirmed, inactive, withoutPassword, unknown: `${randomUUID()}@example.org` };
    const attempt = async (name: string): Promise<() => Promise<unknown>> => {
      await app.dataSource.query('delete from "request_limit"');
      return () => attemptSignIn(app.url, slug, name, 'wrong', isOneStep);
    };
    const actions = Object.entries(names).map(([kind, name]) => [kind, () => attempt(name)]);
    await expectSameTime(Object.fromEntries(actions), { turns: 40, annotate });
  });
});

describe('A guess at a rate-limited account', () => {
  it('is refused in the same time for notified known users, inactive users and unknown users', async ({ annotate }) => {
    const slug = await createPasswordFlow(app.api, true);
    const { email: known } = await createPasswordUser(app.api);
    const { email: inactive } = await createPasswordUser(app.api, { is_active: false });
    const names = { known, inactive, unknown: `${randomUUID()}@example.org` };
    const attempt = async (typed: string): Promise<() => Promise<unknown>> => {
      await app.dataSource.query('delete from "request_limit"');
      const user = await app.dataSource.manager.findOneBy(User, { email: typed });
      const version = String(user?.passwordChangeDate.getTime() ?? '');
      const guess = { what: 'password', clientIp: '192.0.2.1', browser: undefined, typed, account: typed } as const;
      for (let count = 0; count < 5; count += 1) await app.nest.get(GuessLimits).count({ ...guess, version });
      return () => attemptSignIn(app.url, slug, typed, 'wrong', true);
    };
    const actions = Object.entries(names).map(([kind, name]) => [kind, () => attempt(name)]);
    await expectSameTime(Object.fromEntries(actions), { turns: 40, annotate });
  });
});

describe('A username', () => {
  it('is accepted in the same time for known, inactive and unknown users', async ({ annotate }) => {
    const slug = await createPasswordFlow(app.api, false);
    const { email: known } = await createPasswordUser(app.api);
    const { email: inactive } = await createPasswordUser(app.api, { is_active: false });
    const names = { known, inactive, unknown: `${randomUUID()}@example.org` };
    const identify = async (uid_field: string): Promise<() => Promise<unknown>> => {
      await app.dataSource.query('delete from "request_limit"');
      const visitor = new Visitor(app.url);
      return async () => [await visitor.post(slug, { uid_field }), await visitor.get(slug)];
    };
    const actions = Object.entries(names).map(([kind, name]) => [kind, () => identify(name)]);
    await expectSameTime(Object.fromEntries(actions), { turns: 40, annotate });
  });
});
