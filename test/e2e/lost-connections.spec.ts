import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  await app.api.post('/flows/instances/', {
    name: 'Log in',
    slug: 'log-in',
    title: 'Log in',
    designation: 'authentication',
  });
  const { url } = app.dataSource.options as { url: string };
  admin = new Client({ connectionString: url });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await app.stop();
});

/** Ends random connections of the service until the work is done. */
async function endConnectionsDuring<T>(work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const working = work.finally(() => done.abort());
  while (!done.signal.aborted) {
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and random() < 0.7`,
    );
  }
  return working;
}

/**
 * Eight clients send requests one after the other: 12 each at least, and further ones until a connection was lost.
 *
 * @returns the answers, such as `503 after 5`
 */
async function answers(request: (index: number) => Promise<Pick<Response, 'status' | 'headers'>>): Promise<string[]> {
  const found: string[] = [];
  let index = 0;
  const client = async (): Promise<void> => {
    for (let sent = 0; sent < 12 || !found.includes('503 after 5'); sent += 1) {
      const { status, headers } = await request((index += 1));
      found.push(status === 503 ? `503 after ${headers.get('retry-after')}` : String(status));
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  return found;
}

describe('While database connections end', () => {
  it.each<[string, string, (index: number) => Promise<Pick<Response, 'status' | 'headers'>>]>([
    ['a change', '201', (index) => app.api.post('/core/users/', { username: `user${index}`, name: 'User' })],
    ['a list', '200', () => app.api.get('/core/users/')],
    [
      'a step of a flow',
      '200',
      async () => {
        const { status, headers, body } = await app.api.get('/flows/executor/log-in/');
        return { status: body.component === 'ak-stage-flow-error' ? 500 : status, headers };
      },
    ],
    ['a page', '200', () => fetch(`${app.url}/if/flow/log-in/`)],
  ])('%s succeeds or answers 503 with Retry-After', async (_, success, request) => {
    const found = await endConnectionsDuring(answers(request));
    expect([success, '503 after 5']).toEqual(expect.arrayContaining([...new Set(found)]));
    await expect.poll(async () => (await request(0)).status).toBe(Number(success));
  });
});
