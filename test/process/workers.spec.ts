import { afterAll, beforeAll, expect, it } from 'vitest';

import { createSendingStage, enqueue, mailFrom } from '../support/mails.js';
import { ServiceProcess } from '../support/service-process.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const count = 300;
let app: TestApp;
let sink: SmtpSink;
let port: number;
const workers: ServiceProcess[] = [];

beforeAll(async () => {
  app = await startTestApp({ ROLE: 'api' });
  // Slow enough for a worker to be killed during a delivery.
  sink = new SmtpSink(() => new Promise((resolve) => setTimeout(resolve, 20)));
  port = await sink.listen();
});
afterAll(async () => {
  for (const worker of workers) worker.signal('SIGKILL');
  await Promise.all(workers.map((worker) => worker.ended()));
  await sink.close();
  await app.stop();
});

function startWorker(): ServiceProcess {
  const { url } = app.dataSource.options as { url: string };
  return ServiceProcess.start({
    ROLE: 'worker',
    PORT: '0',
    LOG_LEVEL: 'warn',
    DATABASE_URL: url,
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
    MAIL_LEASE: '3',
  });
}

/** Returns the number of mails by state, with the reason of failures. */
async function mailsByState(): Promise<Record<string, number>> {
  const rows = await app.dataSource.query<{ state: string; count: number }[]>(
    `select concat_ws(': ', state, case when state = 'failed' then reason end) as state, count(*)::int as count
       from mail_message group by 1`,
  );
  return Object.fromEntries(rows.map(({ state, count: many }) => [state, many]));
}

it('loses no mails when workers are killed at any time, and duplicates only mails in delivery', async ({
  annotate,
}) => {
  const stage = await createSendingStage(app, port);
  const addresses = Array.from({ length: count }, (_, index) => `user${index}@example.org`);
  await enqueue(app, ...addresses.map((address) => mailFrom(stage, address)));
  workers.push(startWorker(), startWorker(), startWorker());
  let kills = 0;
  for (const threshold of [50, 120, 200]) {
    await expect.poll(() => sink.mails.length, { timeout: 60_000, interval: 10 }).toBeGreaterThanOrEqual(threshold);
    const victim = workers.shift()!;
    victim.signal('SIGKILL');
    await victim.ended();
    kills += 1;
    workers.push(startWorker());
  }
  await expect.poll(mailsByState, { timeout: 90_000, interval: 200 }).toEqual({ sent: count });

  const received = sink.mails.map(({ messageId }) => messageId);
  const duplicates = received.length - new Set(received).size;
  expect(new Set(sink.mails.map(({ to }) => to))).toEqual(new Set(addresses));
  const [interrupted] = await app.dataSource.query<[{ count: number }]>(
    `select count(*)::int as count from delivery_attempt where outcome = 'interrupted'`,
  );
  // A mail is duplicated only if its worker died between the server's acceptance and its record.
  expect(duplicates).toBeLessThanOrEqual(interrupted.count);
  await annotate(
    `${count} mails, ${kills} workers killed, ${interrupted.count} attempts interrupted, ${duplicates} duplicates`,
  );
  for (const worker of workers.splice(0)) {
    // The last worker may still be starting, before it handles signals.
    await worker.prints(/email-stage +http/);
    worker.signal('SIGTERM');
    expect(await worker.ended(), worker.output).toBe(0);
  }
}, 240_000);
