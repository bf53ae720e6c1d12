import { randomUUID } from 'node:crypto';

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { FlowStageBinding } from '../../src/flows/flow-stage-binding.entity.js';
import { Flow } from '../../src/flows/flow.entity.js';
import { EmailStage } from '../../src/stages/email/email-stage.entity.js';
import { signedIn } from '../support/signed-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  // A worker would ask the database too.
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

/** What reaches the database while `work` runs. */
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
    'of %s takes one statement and one for the caller, however many rows it has',
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

  it('takes one statement for a signed-in caller too', async () => {
    const [user] = await app.dataSource.query<{ pk: number }[]>(
      `select id as pk from "user" where username = 'akadmin'`,
    );
    const visitor = await signedIn(app, user!);
    const statements = await statementsOf(() => visitor.request('GET', '/stages/email/'));
    expect(statements).toHaveLength(2);
    expect(statements.join('\n')).toContain('"session"');
  });

  it('takes one more for an empty or the last page, whose rows are counted separately', async () => {
    for (const query of ['name=nobody', 'page=last']) {
      expect(await statementsOf(() => app.api.get(`/stages/email/?${query}`)), query).toHaveLength(3);
    }
  });

  it('costs no more when it is filtered, searched, sorted and numbered', async () => {
    const statements = await statementsOf(() =>
      app.api.get('/stages/email/?port=25&search=stage&ordering=-subject,name&page_size=10&page=2'),
    );
    expect(statements).toHaveLength(2);
  });
});

describe('Requests at the same time', () => {
  it('share the statement for their callers', async () => {
    const statements = await statementsOf(() =>
      Promise.all(Array.from({ length: 10 }, () => app.api.get('/core/users/me/'))),
    );
    expect(statements.filter((text) => text.includes('"token"')).length).toBeLessThan(10);
  });
});

describe('One object', () => {
  it('takes one statement and one for the caller', async () => {
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

  it('is not looked for when the caller may not do it, nor when the key can be none', async () => {
    expect(await statementsOf(() => app.client('nope').get('/stages/email/'))).toHaveLength(1);
    expect(await statementsOf(() => app.client(undefined).get('/stages/email/'))).toHaveLength(0);
    expect(await statementsOf(() => app.api.get('/stages/email/x/'))).toHaveLength(1);
  });
});
