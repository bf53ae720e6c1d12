import { afterAll, beforeAll, expect, it } from 'vitest';

import { flowEntry, importEntries } from '../factories/blueprint.js';
import { ApiClient } from '../support/api-client.js';
import { ServiceProcess } from '../support/service-process.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let service: ServiceProcess | undefined;

beforeAll(async () => {
  app = await startTestApp({ ROLE: 'api' });
});
afterAll(async () => {
  service?.signal('SIGKILL');
  await service?.ended();
  await app.stop();
});

/** Polls until the condition holds. */
async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

it('leaves no objects, events or locks behind when its process is killed during an import', async () => {
  const { url } = app.dataSource.options as { url: string };
  service = ServiceProcess.start({
    ROLE: 'api',
    PORT: '0',
    LOG_LEVEL: 'warn',
    DATABASE_URL: url,
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
    BOOTSTRAP_TOKEN: adminKey,
  });
  const [, address] = await service.prints(/Swagger UI +(http\S+?)\/api/);
  const entries = [flowEntry('before'), flowEntry('blocked'), flowEntry('after')];
  const isBlocked = async (): Promise<boolean> => {
    const statement = `select from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'`;
    return (await app.dataSource.query<unknown[]>(statement)).length > 0;
  };

  const blocker = app.dataSource.createQueryRunner();
  await blocker.startTransaction();
  await blocker.query(
    `insert into "flow" (flow_uuid, pbm_uuid, name, slug, title, designation)
     values (gen_random_uuid(), gen_random_uuid(), 'x', 'blocked', 'x', 'recovery')`,
  );
  const killed = importEntries(new ApiClient(address!, adminKey), entries).catch(() => 'no response');
  await waitFor(isBlocked);
  service.signal('SIGKILL');
  expect(await killed).toBe('no response');
  await blocker.rollbackTransaction();
  await blocker.release();
  await waitFor(async () => !(await isBlocked()));

  const created = `select from "event" where action = 'model_created' and context #>> '{model,name}' in ('before', 'blocked', 'after')`;
  expect(await app.dataSource.query(created)).toHaveLength(0);
  expect(await importEntries(app.api, entries)).toEqual([true, 'created', 'created', 'created']);
  expect(await app.dataSource.query(created)).toHaveLength(3);
});
