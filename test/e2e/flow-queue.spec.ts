import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage } from '../factories/prompt.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let slug: string;

beforeAll(async () => {
  app = await startTestApp({ TRUST_PROXY: '127.0.0.1', STATEMENT_TIMEOUT: '5' });
  const form = await createPromptStage(app.api, [{ field_key: 'username' }]);
  slug = (await createFlowWith(app.api, [form.pk], { designation: 'enrollment' })).flow.slug;
});
afterAll(() => app.stop());

const executor = (): string => `/api/v3/flows/executor/${slug}/?query=`;
const page = (): string => `/if/flow/${slug}/`;
const linkPage = (): string => `/if/flow/${slug}/?flow_token=unknown`;

/** Creates sessions. @returns the headers of their browsers in one client network */
async function sessions(count: number): Promise<Record<string, string>[]> {
  const browsers = Array.from({ length: count }, () => new Visitor(app.url));
  for (const browser of browsers) await browser.see(slug);
  return browsers.map(({ cookies }) => ({ ...cookies.headers(), 'x-forwarded-for': '192.0.2.1' }));
}

/** Locks all sessions, so that their requests wait until the lock is released. */
async function holdSessions(): Promise<{ waits: () => Promise<number>; release: () => Promise<void> }> {
  const holder = app.dataSource.createQueryRunner();
  await holder.startTransaction();
  await holder.query('select from "session" for update');
  return {
    waits: async () => {
      await holder.query('select pg_stat_clear_snapshot()');
      const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
      return ((await holder.query(waiting)) as unknown as unknown[]).length;
    },
    release: async () => {
      await holder.rollbackTransaction();
      await holder.release();
    },
  };
}

function ask(path: string, headers: Record<string, string>): Promise<Response> {
  return fetch(app.url + path, { headers, redirect: 'manual' });
}

describe('Slow requests of one client network', () => {
  it.each<[string, number, () => string]>([
    ['to the executor', 30, executor],
    ['to pages', 30, page],
    ['to a page in one session', 1, linkPage],
  ])('%s do not delay visitors from another network', async (_, count, path) => {
    const browsers = await sessions(count);
    const { waits, release } = await holdSessions();
    const slow = Array.from({ length: 30 }, (__, index) => ask(path(), browsers[index % count]!));
    await expect.poll(waits).toBeGreaterThan(0);
    for (const other of [executor(), page()]) {
      const answered = ask(other, { 'x-forwarded-for': '192.0.2.2' });
      const first = await Promise.race([answered, Promise.any(slow)]);
      expect(first.url).toBe(app.url + other);
      expect(first).toBe(await answered);
      expect(first.status).toBe(200);
    }
    await release();
    await Promise.all(slow);
  });
});

describe('A request of a client network with 200 waiting requests', () => {
  it.each<[string, () => string, string]>([
    ['JSON at the executor', executor, 'application/json'],
    ['a page at pages', page, 'text/html; charset=utf-8'],
  ])('answers 503 with Retry-After, as %s', async (_, path, type) => {
    const [browser = {}] = await sessions(1);
    const { waits, release } = await holdSessions();
    const waiting = Array.from({ length: 202 }, () => ask(executor(), browser));
    const refused = await Promise.any(waiting);
    expect(refused.status).toBe(503);
    const { status, headers } = await ask(path(), browser);
    expect([status, headers.get('content-type')]).toEqual([503, type]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await waits()).toBe(1);
    await release();
    const statuses = (await Promise.all(waiting)).map((answer) => answer.status);
    expect(statuses.filter((each) => each === 200)).toHaveLength(201);
  });
});
