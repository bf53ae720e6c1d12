import { afterAll, beforeAll, expect, it } from 'vitest';

import { enqueue, mailFrom, messageOf } from '../support/mails.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

let workers: TestApp[];
const sink = new SmtpSink();
beforeAll(async () => {
  const database = await createTestDatabase();
  const settings = { EMAIL_URL: `smtp://127.0.0.1:${await sink.listen()}?rate=5/s` };
  const shared = { ...database, drop: () => Promise.resolve() };
  workers = [await startTestApp(settings, shared), await startTestApp(settings, database)];
});
afterAll(async () => {
  for (const worker of workers) await worker.stop();
  await sink.close();
});

it('Two workers together keep the rate of a transport, and a waiting mail makes no attempt', async () => {
  const [app] = workers as [TestApp];
  const start = Date.now();
  const keys = await enqueue(app, ...Array.from({ length: 20 }, () => mailFrom(null, 'reader@example.org')));
  await expect.poll(() => sink.mails.length, { timeout: 30_000 }).toBe(keys.length);
  // Five at once, then one every 200 ms.
  expect(Math.max(...sink.mails.map(({ at }) => at)) - start).toBeGreaterThan(2990);
  for (const pk of keys) {
    await expect.poll(async () => (await messageOf(app, pk)).state).toBe('sent');
    expect((await messageOf(app, pk)).deliveryAttempts).toMatchObject([{ number: 1, outcome: 'accepted' }]);
  }
});
