import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDummyFlow } from '../factories/dummy-flow.js';
import { ApiClient } from '../support/api-client.js';
import { RestartedService } from '../support/restarted-service.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { Visitor } from '../support/visitor.js';

const key = 'administrator-of-the-tests-0123456789';

let database: TestDatabase;
let service: RestartedService;

beforeAll(async () => {
  database = await createTestDatabase();
  service = new RestartedService({ DATABASE_URL: database.url, BOOTSTRAP_TOKEN: key });
});
afterAll(async () => {
  await service.end('SIGKILL');
  await database.drop();
});

describe('A visitor in the middle of a flow', () => {
  it('continues at the same stage after the service was killed between any two steps', async () => {
    let url = await service.start();
    const { slug, names } = await createDummyFlow(new ApiClient(url, key), 2);
    const visitor = new Visitor(url);
    expect(await visitor.see(slug)).toMatchObject({ name: names[0] });

    url = await service.restart('SIGKILL');
    expect((await visitor.movedTo(url).post(slug, {})).status).toBe(302);

    url = await service.restart('SIGKILL');
    expect(await visitor.movedTo(url).see(slug)).toMatchObject({ name: names[1] });

    url = await service.restart('SIGKILL');
    expect(await visitor.movedTo(url).answer(slug, {})).toMatchObject({ component: 'xak-flow-redirect', to: '/' });
  }, 240_000);
});
