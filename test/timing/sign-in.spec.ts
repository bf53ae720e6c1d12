import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, it } from 'vitest';

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
  it('is refused in the same time to a user, to one who was switched off, to one without a password, and to nobody', async ({
    annotate,
  }) => {
    const slug = await createPasswordFlow(app.api, isOneStep);
    const { email: known } = await createPasswordUser(app.api);
    const { email: inactive } = await createPasswordUser(app.api, { is_active: false });
    const { email: without, pk } = await createPasswordUser(app.api);
    await app.dataSource.query(`update "user" set password_hash = '' where id = $1`, [pk]);
    const names = { known, inactive, without, nobody: `${randomUUID()}@example.org` };
    const attempt = async (name: string): Promise<() => Promise<unknown>> => {
      await app.dataSource.query('delete from "request_limit"');
      return () => attemptSignIn(app.url, slug, name, 'wrong', isOneStep);
    };
    const actions = Object.entries(names).map(([kind, name]) => [kind, () => attempt(name)]);
    await expectSameTime(Object.fromEntries(actions), { turns: 60, annotate });
  });
});

describe('A name alone', () => {
  it('is taken in the same time from a user, from one who was switched off, and from nobody', async ({ annotate }) => {
    const slug = await createPasswordFlow(app.api, false);
    const { email: known } = await createPasswordUser(app.api);
    const { email: inactive } = await createPasswordUser(app.api, { is_active: false });
    const names = { known, inactive, nobody: `${randomUUID()}@example.org` };
    const look = async (uid_field: string): Promise<() => Promise<unknown>> => {
      await app.dataSource.query('delete from "request_limit"');
      const visitor = new Visitor(app.url);
      return async () => [await visitor.post(slug, { uid_field }), await visitor.get(slug)];
    };
    const actions = Object.entries(names).map(([kind, name]) => [kind, () => look(name)]);
    await expectSameTime(Object.fromEntries(actions), { turns: 60, annotate });
  });
});
