import { randomUUID } from 'node:crypto';

import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let locked: ReturnType<TestApp['dataSource']['createQueryRunner']>;
let observer: Client;

beforeAll(async () => {
  app = await startTestApp({ STATEMENT_TIMEOUT: '6' });
  const { url } = app.dataSource.options as { url: string };
  observer = new Client({ connectionString: url });
  await observer.connect();
});
afterAll(async () => {
  await observer.end();
  await app.stop();
});
// A list of events waits for the end of this transaction, as if its query were slow.
beforeEach(async () => {
  locked = app.dataSource.createQueryRunner();
  await locked.startTransaction();
  await locked.query('lock table "event" in access exclusive mode');
});
afterEach(async () => {
  await locked.rollbackTransaction();
  await locked.release();
});

/** Statements of the service that wait for the lock. */
async function waiting(): Promise<number> {
  const { rowCount } = await observer.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rowCount ?? 0;
}

describe('A list query slower than STATEMENT_TIMEOUT', () => {
  it('is cancelled, and answers 503 with Retry-After and advice to narrow it', async () => {
    const { status, headers, body } = await app.api.get('/events/events/?search=anything');
    expect([status, headers.get('retry-after')]).toEqual([503, '10']);
    expect(body).toEqual({ detail: expect.stringContaining('Narrow it with filters') });
    expect(await waiting()).toBe(0);
    await locked.rollbackTransaction();
    expect((await app.api.get('/events/events/?search=anything')).status).toBe(200);
    await locked.startTransaction();
  });
});

describe('A list query of a disconnected client', () => {
  it('is cancelled immediately, even while it waits for a connection, so that other clients are served', async () => {
    const headers = { authorization: `Bearer ${adminKey}` };
    const leave = new AbortController();
    const searches = Array.from({ length: 30 }, (_, index) =>
      fetch(`${app.url}/api/v3/events/events/?search=${index}`, { headers, signal: leave.signal }).catch(() => 'left'),
    );
    await expect.poll(waiting, { timeout: 4_000 }).toBe(6);
    leave.abort();
    expect(new Set(await Promise.all(searches))).toEqual(new Set(['left']));
    expect((await app.api.get('/stages/email/')).status).toBe(200);
    // Earlier than STATEMENT_TIMEOUT would cancel them.
    await expect.poll(waiting, { timeout: 3_000 }).toBe(0);
  });
});

describe('A list query', () => {
  it('is refused with 400 beyond the limits of a search or filter', async () => {
    const words = (count: number): string => Array.from({ length: count }, (_, index) => `w${index}`).join('+');
    const tooMany = (what: string): unknown => [`Ensure this field has no more than ${what}.`];
    for (const [query, errors] of [
      [`search=${'x'.repeat(1_001)}`, { search: tooMany('1000 characters') }],
      [`search=${words(21)}`, { search: tooMany('20 words') }],
      [
        Array.from({ length: 101 }, () => `groups_by_pk=${randomUUID()}`).join('&'),
        { groups_by_pk: tooMany('100 elements') },
      ],
    ] as const) {
      const { status, body } = await app.api.get(`/core/users/?${query}`);
      expect([status, body]).toEqual([400, errors]);
    }
    expect((await app.api.get(`/core/users/?search=${words(20)}`)).status).toBe(200);
  });
});
