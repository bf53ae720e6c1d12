import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDummyFlow } from '../factories/dummy-flow.js';
import { ApiClient } from '../support/api-client.js';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { Visitor } from '../support/visitor.js';

const key = 'administrator-of-the-tests';

let database: TestDatabase;
let service: ServiceProcess;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  service.signal('SIGKILL');
  await service.ended();
  await database.drop();
});

/** Starts the service, after whatever became of the last one. @returns where it listens */
async function start(): Promise<string> {
  service = ServiceProcess.start({
    DATABASE_URL: database.url,
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
    BOOTSTRAP_TOKEN: key,
    PORT: '0',
  });
  const [, url = ''] = await service.prints(/(http:\/\/127\.0\.0\.1:\d+)\/api\/v3\/docs/);
  return url;
}

async function killed(): Promise<string> {
  service.signal('SIGKILL');
  await service.ended();
  return start();
}

describe('A visitor in the middle of a flow', () => {
  it('goes on where they were when the service has been killed, between any two steps', async () => {
    let url = await start();
    const { slug, names } = await createDummyFlow(new ApiClient(url, key), 2);
    const visitor = new Visitor(url);
    expect(await visitor.see(slug)).toMatchObject({ name: names[0] });

    url = await killed();
    expect((await visitor.movedTo(url).post(slug, {})).status).toBe(302);

    url = await killed();
    expect(await visitor.movedTo(url).see(slug)).toMatchObject({ name: names[1] });

    url = await killed();
    expect(await visitor.movedTo(url).answer(slug, {})).toMatchObject({ component: 'xak-flow-redirect', to: '/' });
  }, 240_000);
});
