import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { RestartableDatabase } from '../support/restartable-database.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

let database: RestartableDatabase;
let app: TestApp;
const outages: number[] = [];

beforeAll(async () => {
  database = await RestartableDatabase.start();
  const write = (line: string): void => {
    const { time, msg } = JSON.parse(line) as { time: number; msg: string };
    if (msg === 'the database is not available') outages.push(time);
  };
  app = await startTestApp({}, database, pino({ level: 'error' }, { write }));
});
afterAll(() => app.stop());

async function timed<T>(action: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  return [await action(), (performance.now() - start) / 1000];
}

const list = '/stages/email/';
const ready = async (): Promise<number> => (await fetch(`${app.url}/-/health/ready/`)).status;

it('answers 503 within 15 seconds while database connections are silent, and recovers by itself', async ({
  annotate,
}) => {
  const before = await Promise.all(Array.from({ length: 8 }, () => app.api.get(`${list}?search=x`)));
  expect(new Set(before.map(({ status }) => status))).toEqual(new Set([200]));
  database.fallSilent();
  const [notReady, untilNotReady] = await timed(ready);
  // Earlier than the silent connections are closed.
  expect([notReady, untilNotReady < 8]).toEqual([503, true]);
  const headers = { authorization: `Bearer ${adminKey}` };
  expect((await fetch(`${app.url}/-/health/live/`, { headers })).status).toBe(200);
  const [answers, untilError] = await timed(() =>
    Promise.all([
      app.api.get(list),
      app.api.post(list, { name: 'x' }),
      fetch(`${app.url}/api/v3/flows/executor/default-recovery-flow/`),
      fetch(`${app.url}/if/flow/default-recovery-flow/`),
    ]),
  );
  expect(untilError).toBeLessThan(15);
  expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual(
    answers.map(() => [503, '5']),
  );
  expect(outages.length).toBeGreaterThan(0);
  expect(outages.filter((time, index) => index > 0 && time - outages[index - 1]! < 1000)).toEqual([]);
  database.endSilence();
  const [, untilService] = await timed(() => expect.poll(ready, { timeout: 30_000, interval: 100 }).toBe(200));
  expect((await app.api.get(list)).status).toBe(200);
  await annotate(
    `not ready after ${untilNotReady.toFixed(1)} s, errors after ${untilError.toFixed(1)} s, service after ${untilService.toFixed(1)} s`,
  );
}, 90_000);

it('does not interrupt a long statement', async () => {
  expect(await app.dataSource.query('select pg_sleep(7)')).toHaveLength(1);
}, 60_000);
