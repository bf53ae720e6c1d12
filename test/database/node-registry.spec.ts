import { hostname } from 'node:os';

import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';

import { NodeRegistry } from '../../src/database/node-registry.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Row {
  readonly address: string;
  readonly connections: number;
  readonly left: number;
}

let app: TestApp;
let allowed: number;
beforeAll(async () => {
  app = await startTestApp({ DATABASE_POOL_SIZE: '7' });
  const rows = await app.dataSource.query<{ name: string; setting: string }[]>(
    "select name, setting from pg_settings where name ~ '^(max|superuser_reserved|reserved)_connections$'",
  );
  const settings = new Map(rows.map(({ name, setting }) => [name, Number(setting)]));
  allowed = 2 * settings.get('max_connections')! - [...settings.values()].reduce((sum, value) => sum + value);
});
afterAll(() => app.stop());

let lines: MockInstance<Logger['log']>;
let warnings: MockInstance<Logger['warn']>;
const registries: NodeRegistry[] = [];
beforeEach(() => {
  lines = vi.spyOn(Logger.prototype, 'log');
  warnings = vi.spyOn(Logger.prototype, 'warn');
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(async () => {
  await Promise.all(registries.splice(0).map((registry) => registry.onModuleDestroy()));
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function join(port: number, role: 'all' | 'api' | 'worker' = 'all', databaseDirectUrl?: string): Promise<void> {
  const registry = new NodeRegistry(app.dataSource, { role, databasePoolSize: 7, databaseDirectUrl } as never);
  registries.push(registry);
  await registry.join(port);
}

function nodes(): Promise<Row[]> {
  return app.dataSource.query<Row[]>(
    'select address, connections, extract(epoch from expires - now())::float8 as left from "node" order by address',
  );
}

async function addNode(connections: number, expires: string): Promise<void> {
  await app.dataSource.query(
    `insert into "node" values (gen_random_uuid(), 'other.example:9000', $1, now() + $2::interval)`,
    [connections, expires],
  );
}

describe('A node', () => {
  it.each([
    ['all', 11, ', 3 for jobs, 1 that listens for jobs'],
    ['worker', 11, ', 3 for jobs, 1 that listens for jobs'],
    ['api', 7, ''],
  ] as const)(
    'with ROLE=%s logs and announces the %i connections that it may open',
    async (role, connections, jobs) => {
      await join(9001, role);
      expect(lines.mock.calls).toEqual([
        [`Opens at most ${connections} connections: 7 in the pool of the service (DATABASE_POOL_SIZE)${jobs}`],
      ]);
      expect(await nodes()).toMatchObject([{ address: `${hostname()}:9001`, connections }]);
    },
  );

  it('behind a pooler announces only the connections that go to the server itself', async () => {
    await join(9001, 'all', 'postgres://direct/x');
    expect(lines.mock.calls.flat()[0]).toContain('7 in the pool of the service (DATABASE_POOL_SIZE) to the pooler of');
    expect(await nodes()).toMatchObject([{ connections: 4 }]);
  });

  it('announces itself again before its row expires, and after another node has deleted it', async () => {
    await join(9001);
    for (const change of ['update "node" set expires = now() + interval \'1 second\'', 'delete from "node"']) {
      await app.dataSource.query(change);
      await vi.advanceTimersByTimeAsync(20_000);
      await expect.poll(async () => (await nodes()).map(({ left }) => left > 30)).toEqual([true]);
    }
  });

  it('replaces the row of a killed process at its address, deletes expired rows, and its own when it stops', async () => {
    await join(9001);
    await addNode(1, '-1 second');
    await join(9001);
    await join(9002);
    expect((await nodes()).map(({ address }) => address)).toEqual([`${hostname()}:9001`, `${hostname()}:9002`]);
    await Promise.all(registries.splice(0).map((registry) => registry.onModuleDestroy()));
    expect(await nodes()).toEqual([]);
  });

  it('warns if the live nodes may open more connections together than the server allows', async () => {
    await addNode(1000, '-1 second');
    await join(9001);
    await addNode(allowed - 22, '1 minute');
    await join(9002);
    expect(warnings).not.toHaveBeenCalled();
    await join(9003);
    expect(warnings.mock.calls).toEqual([
      [
        `4 nodes may open ${allowed + 11} connections together, but the server allows ${allowed} (max_connections ` +
          'without those for superusers). Raise max_connections or lower DATABASE_POOL_SIZE.',
      ],
    ]);
    await app.dataSource.query('delete from "node"');
  });
});

it('The start logs no warning about the connections for jobs', async () => {
  const started = await startTestApp({ MAIL_CONCURRENCY: '50' });
  await started.stop();
  expect(warnings.mock.calls.flat().filter((text) => String(text).includes('concurrency'))).toEqual([]);
});
