import { afterAll, beforeAll, expect, it } from 'vitest';

import { enqueue, mailFrom, messageOf } from '../support/mails.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

let workers: TestApp[];
let current = 0;
let most = 0;
const opened: (() => void)[] = [];
/** Replies only when `reply` is called. */
const sink = new SmtpSink(async () => {
  current += 1;
  most = Math.max(most, current);
  await new Promise<void>((resolve) => opened.push(resolve));
  current -= 1;
});
beforeAll(async () => {
  const database = await createTestDatabase();
  const settings = { EMAIL_URL: `smtp://127.0.0.1:${await sink.listen()}?concurrency=2` };
  const shared = { ...database, drop: () => Promise.resolve() };
  workers = [await startTestApp(settings, shared), await startTestApp(settings, database)];
});
afterAll(async () => {
  for (const worker of workers) await worker.stop();
  await sink.close();
});

it('Two workers together keep the concurrency of a transport, and a waiting mail makes no attempt', async () => {
  const [app] = workers as [TestApp];
  const keys = await enqueue(app, ...Array.from({ length: 8 }, () => mailFrom(null, 'reader@example.org')));
  for (let sent = 0; sent < keys.length; sent += 2) {
    await expect.poll(() => opened.length, { timeout: 20_000 }).toBe(2);
    for (const reply of opened.splice(0)) reply();
    await expect.poll(() => sink.mails.length).toBe(sent + 2);
  }
  expect(most).toBe(2);
  for (const pk of keys) {
    await expect.poll(async () => (await messageOf(app, pk)).state).toBe('sent');
    expect((await messageOf(app, pk)).deliveryAttempts).toMatchObject([{ number: 1, outcome: 'accepted' }]);
  }
  const free = `select count(*)::integer as count from transport_slot where lease_until = '-infinity'`;
  await expect.poll(async () => (await app.dataSource.query(free))[0].count).toBe(2);
});
