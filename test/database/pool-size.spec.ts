import { afterAll, beforeAll, expect, it } from 'vitest';

import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ ROLE: 'api', DATABASE_POOL_SIZE: '4' });
});
afterAll(() => app.stop());

it('The service uses DATABASE_POOL_SIZE connections, and serves more concurrent requests than that', async () => {
  const statements = Array.from({ length: 8 }, () =>
    app.dataSource.query<{ pid: number }[]>('select pg_backend_pid() as pid, pg_sleep(0.1)'),
  );
  const lists = Array.from({ length: 40 }, (_, index) => app.api.get(`/stages/email/?name=${index}`));
  const rows = (await Promise.all(statements)).flat();
  expect(new Set(rows.map(({ pid }) => pid)).size).toBe(4);
  expect((await Promise.all(lists)).map(({ status }) => status)).toEqual(lists.map(() => 200));
});
