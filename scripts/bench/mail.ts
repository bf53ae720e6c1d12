import 'reflect-metadata';

import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createTransport } from 'nodemailer';
import { DataSource } from 'typeorm';

import { createLogger } from '../../src/config/logger.js';
import { readSettings } from '../../src/config/settings.js';
import { createApp } from '../../src/configure-app.js';
import { dataSourceOptions } from '../../src/data-source.js';
import { startEmbeddedDatabase } from '../../src/database/embedded-database.js';
import { type NewMail, Outbox } from '../../src/mail/outbox/outbox.service.js';
import { MailRenderer, type RenderedMail } from '../../src/mail/rendering/mail-renderer.js';

/**
 * Sends the same number of mails to the same server, in turn by nodemailer's own pool of five connections and by the
 * whole way of this service (outbox, job, worker, template, SMTP, state), and prints both rates and their ratio; then
 * how long a single mail takes when nothing else is to be done.
 *
 *     npm run bench:mail [mails in a round] [rounds]
 */
const [mails = 1000, rounds = 3] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'email-stage-bench-'));
// If it runs as root the database runs as somebody else, who has to reach it.
await chmod(folder, 0o755);
const sink = fork(fileURLToPath(new URL('smtp-sink-process.ts', import.meta.url)), { execArgv: process.execArgv });
const [port] = (await once(sink, 'message')) as [number];
const database = await startEmbeddedDatabase({ dataDir: folder, report: () => undefined });
const { settings } = readSettings({ LOG_LEVEL: 'fatal', EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(port) });
const { nest } = await createApp(
  settings,
  { dataSource: dataSourceOptions(database.url), secretKey: randomUUID(), connect: true, report: () => undefined },
  createLogger(settings),
);
await nest.listen(0, '127.0.0.1');
const dataSource = nest.get(DataSource);
const outbox = nest.get(Outbox, { strict: false });
const content = await sample();

for (let round = 0; round <= rounds; round += 1) {
  const pool = await rateOf(sendByNodemailer);
  const service = await rateOf(sendByService);
  const ratio = Math.round((100 * service) / pool);
  // The first round warms both up.
  if (round > 0) console.log(`nodemailer ${pool.toFixed(0)}/s   email-stage ${service.toFixed(0)}/s   ${ratio} %`);
}
const times: number[] = [];
for (let count = 0; count < 100; count += 1) times.push(await timeOfOne());
times.sort((a, b) => a - b);
console.log(`one mail at idle, from enqueue to acceptance: p50 ${times[49]} ms, p99 ${times[98]} ms`);

await nest.close();
await database.stop();
sink.disconnect();
await rm(folder, { recursive: true, force: true });

async function rateOf(send: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await send();
  return (1000 * mails) / (performance.now() - since);
}

async function sendByNodemailer(): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port, pool: true, maxConnections: 5, maxMessages: Infinity });
  const mail = { from: 'sender@example.org', to: 'somebody@example.org', ...content };
  await Promise.all(Array.from({ length: mails }, () => transport.sendMail(mail)));
  transport.close();
}

async function sendByService(): Promise<void> {
  await dataSource.transaction(async (manager) => {
    for (let count = 0; count < mails; count += 1) await outbox.enqueue(manager, newMail());
  });
  while (await isWaiting()) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function timeOfOne(): Promise<number> {
  const pk = await dataSource.transaction((manager) => outbox.enqueue(manager, newMail()));
  for (;;) {
    const [row] = await dataSource.query<{ ms: number | null }[]>(
      `select extract(epoch from a.ended - m.created)::float * 1000 as ms
         from mail_message m left join delivery_attempt a using (message_uuid) where m.message_uuid = $1`,
      [pk],
    );
    if (row?.ms) return Math.round(row.ms);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function isWaiting(): Promise<boolean> {
  const rows = await dataSource.query<unknown[]>('select from mail_message where next_attempt is not null limit 1');
  return rows.length > 0;
}

function newMail(): NewMail {
  return {
    stage: null,
    fromAddress: 'sender@example.org',
    recipient: { name: 'Somebody', address: 'somebody@example.org' },
    template: 'email/password_reset.html',
    subject: 'Set a new password',
    locale: 'en',
    data: {
      user: { username: 'somebody', name: 'Somebody', email: 'somebody@example.org' },
      link: { path: '/if/flow/recovery/', query: '', parameter: 'flow_token', key: randomUUID() },
      expires: new Date(Date.now() + 1_800_000).toISOString(),
    },
    deadline: null,
  };
}

/** The mail as the service renders it, so that both send the same: subject, text, HTML and logo. */
async function sample(): Promise<RenderedMail> {
  const { template, subject, locale } = newMail();
  const url = `https://login.example.org/if/flow/recovery/?flow_token=${'0'.repeat(64)}`;
  const data = { user: { username: 'somebody', name: 'Somebody', email: '' }, url, expires: new Date() };
  return nest.get(MailRenderer, { strict: false }).render({ template, subject, locale, data });
}
