import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SecretBox } from '../../src/database/secret-box.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** Every row of every table, as text. */
async function dump(): Promise<string> {
  const tables = await app.dataSource.query<{ name: string }[]>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  );
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await app.dataSource.query<{ row: string }[]>(`select t::text as row from ${name} t`);
    rows.push(...found.map(({ row }) => row));
  }
  return rows.join('\n');
}

/** The state of the sessions, decrypted with the key of the service. */
async function openedSessions(): Promise<string> {
  const sessions = await app.dataSource.query<{ state: string }[]>('select state from "session"');
  return sessions.map(({ state }) => app.nest.get(SecretBox).open(state, 'session.state')).join('\n');
}

/** The answers of runs, decrypted with the key of the service. */
async function openedAnswers(): Promise<string> {
  const answers = await app.dataSource.query<{ key: string; data: string }[]>('select key, data from "run_answers"');
  return answers.map(({ key, data }) => app.nest.get(SecretBox).open(data, `run_answers.data:${key}`)).join('\n');
}

describe('The password of a sign-up', () => {
  it('does not appear in tables, plans or responses, before and after it is written', async () => {
    const typed = ['typed-secret-one', 'typed-secret-two'];
    const first = await createPromptStage(app.api, [
      { field_key: 'username', type: 'username' },
      { field_key: 'password', type: 'password' },
      { field_key: 'password_repeat', type: 'password' },
    ]);
    const second = await createPromptStage(app.api, [
      { field_key: 'password', required: false },
      { field_key: 'name' },
    ]);
    const write = await createStage(app.api, 'user_write');
    const last = await createPromptStage(app.api, [{ field_key: 'password', required: false }]);
    const keys = [first.pk, second.pk, write.pk, last.pk];
    const { slug } = (await createFlowWith(app.api, keys, { designation: 'enrollment' })).flow;
    const visitor = new Visitor(app.url);
    const username = randomUUID();
    const [password] = typed;

    const answers: unknown[] = [
      await visitor.answer(slug, { username, password, password_repeat: typed[1] }),
      await visitor.answer(slug, { username, password, password_repeat: password }),
      await visitor.see(slug),
    ];
    for (const text of [JSON.stringify(answers), await dump(), await openedSessions(), await openedAnswers()]) {
      expect(typed.filter((secret) => text.includes(secret))).toEqual([]);
      expect(text).not.toContain('$argon2');
    }
    // It is stored, but sealed.
    expect(await openedAnswers()).toMatch(/"password":"v1\.[\w-]+"/);

    answers.push(await visitor.answer(slug, { name: 'Some Body' }));
    const plan = (JSON.parse(await openedSessions()) as { plan: { context: Record<string, any> } }).plan;
    expect(JSON.parse(await openedAnswers())).toEqual({ username, name: 'Some Body' });
    expect(plan.context).not.toHaveProperty('prompt_secrets');
    expect(typed.filter((secret) => JSON.stringify(answers).includes(secret))).toEqual([]);
    const text = await dump();
    expect(typed.filter((secret) => text.includes(secret))).toEqual([]);
    // Only the row of the user contains the hash.
    expect(text.match(/\$argon2id/g)).toHaveLength(1);
  });
});
