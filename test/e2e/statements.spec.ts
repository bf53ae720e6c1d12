import { randomUUID } from 'node:crypto';

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { FlowStageBinding } from '../../src/flows/flow-stage-binding.entity.js';
import { Flow } from '../../src/flows/flow.entity.js';
import { Batcher } from '../../src/rest/cache/batcher.js';
import { EmailStage } from '../../src/stages/email/email-stage.entity.js';
import type { Answer } from '../support/api-client.js';
import { signedIn } from '../support/signed-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  // A worker would send statements, too.
  app = await startTestApp({ ROLE: 'api' });
  const keys = Array.from({ length: 100 }, () => randomUUID());
  const { manager } = app.dataSource;
  await manager.insert(
    Flow,
    keys.map((pk) => {
      const texts = { name: 'Flow', slug: pk, title: 'Title', designation: 'recovery' as const };
      return { pk, policybindingmodelPtrId: randomUUID(), ...texts };
    }),
  );
  await manager.insert(
    EmailStage,
    keys.map((pk) => Object.assign(new EmailStage(), { pk, name: `stage-${pk}` })),
  );
  const places = [1, 2].flatMap((order) => keys.map((key) => ({ targetId: key, stageId: key, order })));
  await manager.insert(
    FlowStageBinding,
    places.map((place) => ({ pk: randomUUID(), policybindingmodelPtrId: randomUUID(), ...place })),
  );
});
afterAll(() => app.stop());

/** The statements that the database receives while `work` runs. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const query = vi.spyOn(Client.prototype, 'query');
  try {
    await work();
    return query.mock.calls.map(([statement]: unknown[]) => textOf(statement));
  } finally {
    query.mockRestore();
  }
}

function textOf(statement: unknown): string {
  return typeof statement === 'string' ? statement : (statement as { text: string }).text;
}

describe('A page of a list', () => {
  it.each(['/stages/email/', '/flows/instances/', '/flows/bindings/', '/stages/all/'])(
    'of %s needs one statement plus one for the caller, for any number of rows',
    async (path) => {
      for (const size of [1, 100]) {
        const statements = await statementsOf(async () => {
          const { body } = await app.api.get(`${path}?page_size=${size}`);
          expect(body.results).toHaveLength(size);
        });
        expect(statements.join('\n')).toContain('token');
        expect(statements).toHaveLength(2);
      }
    },
  );

  it('needs one statement plus one for a signed-in caller', async () => {
    const [user] = await app.dataSource.query<{ pk: number }[]>(
      `select id as pk from "user" where username = 'akadmin'`,
    );
    const visitor = await signedIn(app, user!);
    const statements = await statementsOf(() => visitor.request('GET', '/stages/email/'));
    expect(statements).toHaveLength(2);
    expect(statements.join('\n')).toContain('"session"');
  });

  it('needs a third statement for an empty or the last page, to count the rows', async () => {
    for (const query of ['name=nobody', 'page=last']) {
      expect(await statementsOf(() => app.api.get(`/stages/email/?${query}`)), query).toHaveLength(3);
    }
  });

  it('needs no more statements with filters, search, ordering and a page number', async () => {
    const statements = await statementsOf(() =>
      app.api.get('/stages/email/?port=25&search=stage&ordering=-subject,name&page_size=10&page=2'),
    );
    expect(statements).toHaveLength(2);
  });
});

describe('Concurrent requests', () => {
  it('share one statement for their callers while another one runs', async () => {
    const { url } = app.dataSource.options as { url: string };
    const locked = new Client({ connectionString: url });
    await locked.connect();
    await locked.query('begin; lock table token in access exclusive mode');
    const asked = vi.spyOn(Batcher.prototype, 'run');
    const statements = await statementsOf(async () => {
      const ask = (count: number): Promise<Answer>[] =>
        Array.from({ length: count }, () => app.api.get('/core/users/me/'));
      // The statement of the first request waits for the lock while the others arrive.
      const answers = ask(1);
      await expect.poll(() => asked.mock.calls.length, { interval: 5 }).toBe(1);
      // The first batch starts after the turn of the event loop in which it was asked for.
      await new Promise((resolve) => setImmediate(resolve));
      answers.push(...ask(9));
      await expect.poll(() => asked.mock.calls.length, { interval: 5 }).toBe(10);
      await locked.query('rollback');
      for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
    });
    asked.mockRestore();
    await locked.end();
    expect(statements.filter((text) => text.includes('"token"'))).toHaveLength(2);
  });
});

describe('A single object', () => {
  it('needs one statement plus one for the caller', async () => {
    const binding = (await app.api.get('/flows/bindings/')).body.results[0];
    const { slug } = (await app.api.get('/flows/instances/')).body.results[0];
    for (const path of [
      `/stages/email/${binding.stage}/`,
      `/stages/all/${binding.stage}/`,
      `/flows/instances/${slug}/`,
      `/flows/bindings/${binding.pk}/`,
    ]) {
      expect(await statementsOf(() => app.api.get(path)), path).toHaveLength(2);
    }
  });

  it('is not queried for an unauthenticated caller or an invalid key', async () => {
    expect(await statementsOf(() => app.client('nope').get('/stages/email/'))).toHaveLength(1);
    expect(await statementsOf(() => app.client(undefined).get('/stages/email/'))).toHaveLength(0);
    expect(await statementsOf(() => app.api.get('/stages/email/x/'))).toHaveLength(1);
  });
});
