import { afterAll, beforeAll, expect, it } from 'vitest';

import { ServiceProcess } from '../support/service-process.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ ROLE: 'api' });
});
afterAll(() => app.stop());

it('The service logs and announces its connections while it runs', async () => {
  const { url } = app.dataSource.options as { url: string };
  const nodes = (): Promise<unknown> => app.dataSource.query('select connections from "node"');
  const service = ServiceProcess.start({
    PORT: '0',
    DATABASE_URL: url,
    DATABASE_POOL_SIZE: '5',
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
  });
  await service.prints(/api\/v3\/docs/);
  expect(service.output).toContain(
    'Opens at most 9 connections: 5 in the pool of the service (DATABASE_POOL_SIZE), 3 for',
  );
  expect(service.output).not.toContain('concurrency');
  expect(await nodes()).toEqual([{ connections: 9 }]);
  service.signal('SIGTERM');
  expect(await service.ended()).toBe(0);
  expect(await nodes()).toEqual([]);
});
