import { afterAll, beforeAll, expect, it } from 'vitest';

import { createSendingStage, enqueue, mailFrom } from '../support/mails.js';
import { RestartableDatabase } from '../support/restartable-database.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const count = 400;
let database: RestartableDatabase;
let app: TestApp;
let sink: SmtpSink;

beforeAll(async () => {
  database = await RestartableDatabase.start();
  app = await startTestApp({}, database);
  // Slow enough for the database to stop while a mail is being sent.
  sink = new SmtpSink(() => new Promise((resolve) => setTimeout(resolve, 20)));
});
afterAll(async () => {
  await sink.close();
  await app.stop();
});

/** Number of mails per state. */
async function states(): Promise<Record<string, number>> {
  const rows = await app.dataSource.query<{ state: string; count: number }[]>(
    'select state, count(*)::int as count from mail_message group by state',
  );
  return Object.fromEntries(rows.map(({ state, count: many }) => [state, many]));
}

it('neither loses nor duplicates mails when the database restarts or crashes, and recovers by itself', async ({
  annotate,
}) => {
  const stage = await createSendingStage(app, await sink.listen());
  const addresses = Array.from({ length: count }, (_, index) => `user${index}@example.org`);
  await enqueue(app, ...addresses.map((address) => mailFrom(stage, address)));
  for (const [threshold, signal] of [
    [50, 'SIGINT'],
    [200, 'SIGQUIT'],
  ] as const) {
    await expect.poll(() => sink.mails.length, { timeout: 60_000, interval: 5 }).toBeGreaterThanOrEqual(threshold);
    await database.end(signal);
    await database.startAgain();
  }
  await expect.poll(() => states().catch(() => 'away'), { timeout: 90_000, interval: 200 }).toEqual({ sent: count });
  expect(sink.mails.map(({ to }) => to).sort()).toEqual([...addresses].sort());
  const [attempts] = await app.dataSource.query<[{ count: number; accepted: number }]>(
    `select count(*)::int as count, count(*) filter (where outcome = 'accepted')::int as accepted from delivery_attempt`,
  );
  expect(attempts.accepted).toBe(count);
  await annotate(`${count} mails, the database ended twice, ${attempts.count} tries`);
}, 240_000);
