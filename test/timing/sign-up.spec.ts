import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, it } from 'vitest';

import { createEmailStage } from '../factories/email-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage } from '../factories/prompt.js';
import { createReader } from '../factories/proof-flow.js';
import { createStage } from '../factories/stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';
import { expectSameTime } from './same-time.js';

let app: TestApp;
let slug: string;

beforeAll(async () => {
  app = await startTestApp({ ROLE: 'api' });
  const stages = [
    await createPromptStage(app.api, [
      { field_key: 'username', label: 'Username', type: 'username' },
      { field_key: 'email', label: 'Email', type: 'email' },
    ]),
    await createStage(app.api, 'user_write', { create_users_as_inactive: true }),
    await createEmailStage(app.api, { host: '127.0.0.1', port: 1, recovery_max_attempts: 1_000_000 }),
  ];
  const keys = stages.map(({ pk }) => pk);
  slug = (await createFlowWith(app.api, keys, { designation: 'enrollment' })).flow.slug;
});
afterAll(() => app.stop());

describe('A sign-up', () => {
  it('takes the same time with a taken address and with a free address', async ({ annotate }) => {
    const { email: taken } = await createReader(app.api);
    const signUp = async (email: string): Promise<() => Promise<unknown>> => {
      const visitor = new Visitor(app.url);
      await visitor.get(slug);
      return () => visitor.answer(slug, { username: randomUUID(), email });
    };
    const actions = { taken: () => signUp(taken), free: () => signUp(`${randomUUID()}@example.org`) };
    await expectSameTime(actions, { turns: 80, annotate });
  });

  it('takes the same time with the names of an earlier sign-up, with or without an account', async ({ annotate }) => {
    const { email: taken } = await createReader(app.api);
    const signUpAgain = async (email: string): Promise<() => Promise<unknown>> => {
      const names = { username: randomUUID(), email };
      await new Visitor(app.url).answer(slug, names);
      const visitor = new Visitor(app.url);
      await visitor.get(slug);
      return () => visitor.answer(slug, names);
    };
    const actions = { taken: () => signUpAgain(taken), free: () => signUpAgain(`${randomUUID()}@example.org`) };
    await expectSameTime(actions, { turns: 80, annotate });
  });
});
