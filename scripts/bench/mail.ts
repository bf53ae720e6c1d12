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

import { dataSourceOptions } from '../../src/data-source.js';
import { startEmbeddedDatabase } from '../../src/database/embedded-database.js';
import { MessageStore } from '../../src/mail/outbox/message-store.js';
import { type NewMail, Outbox } from '../../src/mail/outbox/outbox.service.js';
import { MailRenderer, type RenderedMail } from '../../src/mail/rendering/mail-renderer.js';
import { Cleanups } from './cleanups.js';
import { usageOf } from './processes.js';
import { startService } from './service.js';

/**
 * Sends the same number of the same mails to the same server, in turn by nodemailer's own pool of five connections and
 * by the whole way of this service, and prints both rates and their ratio; then how long a single mail takes when
 * nothing else is to be done.
 *
 * The time of the service begins before the first mail is enqueued and ends when the last one is written down as sent:
 * outbox, job, look-up, claim, template, SMTP, state, event. One worker process sends; this process enqueues.
 *
 *     npm run bench:mail [mails in a round] [rounds]
 */
const [mails = 1000, rounds = 3] = process.argv.slice(2).map(Number);
const cleanups = new Cleanups();
async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'email-stage-bench-'));
  // If it runs as root the database runs as somebody else, who has to reach it.
  await chmod(folder, 0o755);
  cleanups.add(() => rm(folder, { recursive: true, force: true }));
  const sink = fork(fileURLToPath(new URL('smtp-sink-process.ts', import.meta.url)), { execArgv: process.execArgv });
  cleanups.add(async () => {
    sink.disconnect();
    await once(sink, 'exit');
  });
  const [port] = (await once(sink, 'message')) as [number];
  const database = await startEmbeddedDatabase({ dataDir: folder, report: () => undefined });
  cleanups.add(() => database.stop());
  const worker = await startService('mail worker', folder, {
    ROLE: 'worker',
    DATABASE_URL: database.url,
    SECRET_KEY: randomUUID(),
    EMAIL_HOST: '127.0.0.1',
    EMAIL_PORT: String(port),
  });
  cleanups.add(() => worker.stop());
  const dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
  cleanups.add(() => dataSource.destroy());
  const service = new Service(dataSource);
  const mail = await sample();

  for (let round = 0; round <= rounds; round += 1) {
    const pool = await rateOf(() => sendByNodemailer(port, mail));
    const before = await usageOf(worker.pid);
    const ours = await rateOf(() => service.send(mails));
    const after = await usageOf(worker.pid);
    // The first round warms both up.
    if (round === 0) continue;
    const cpu = before && after ? `, ${((after.cpu - before.cpu) / mails).toFixed(2)} ms of CPU` : '';
    const memory = after ? `, ${after.rss.toFixed(0)} MB` : '';
    const ratio = Math.round((100 * ours) / pool);
    console.log(
      `nodemailer ${pool.toFixed(0)}/s   email-stage ${ours.toFixed(0)}/s   ${ratio} %   (worker${cpu}${memory})`,
    );
  }
  const times: number[] = [];
  for (let count = 0; count < 100; count += 1) times.push(await service.timeOfOne());
  times.sort((a, b) => a - b);
  console.log(`one mail at idle, from enqueue to acceptance: p50 ${times[49]} ms, p99 ${times[98]} ms`);
}

async function rateOf(send: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await send();
  return (1000 * mails) / (performance.now() - since);
}

async function sendByNodemailer(port: number, { subject, html, text, attachments }: RenderedMail): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port, pool: true, maxConnections: 5, maxMessages: Infinity });
  const to = { name: 'Somebody', address: 'somebody@example.org' };
  const mail = { from: 'sender@example.org', to, subject, html, text, attachments };
  await Promise.all(Array.from({ length: mails }, () => transport.sendMail(mail)));
  transport.close();
}

/** The side of the service that enqueues. */
class Service {
  private readonly outbox: Outbox;

  constructor(private readonly dataSource: DataSource) {
    this.outbox = new Outbox(new MessageStore(dataSource));
  }

  /** Enqueues mails, and waits until all are sent. */
  async send(count: number): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      for (let done = 0; done < count; done += 1) await this.outbox.enqueue(manager, newMail());
    });
    while (await this.isWaiting()) await pause(20);
  }

  /** Milliseconds from enqueue to acceptance. */
  async timeOfOne(): Promise<number> {
    const pk = await this.dataSource.transaction((manager) => this.outbox.enqueue(manager, newMail()));
    for (;;) {
      const [row] = await this.dataSource.query<{ ms: number | null }[]>(
        `select extract(epoch from a.ended - m.created)::float * 1000 as ms
           from mail_message m left join delivery_attempt a using (message_uuid) where m.message_uuid = $1`,
        [pk],
      );
      if (row?.ms) return Math.round(row.ms);
      await pause(5);
    }
  }

  private async isWaiting(): Promise<boolean> {
    const statement = 'select from mail_message where next_attempt is not null limit 1';
    return (await this.dataSource.query<unknown[]>(statement)).length > 0;
  }
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
  const url = `http://127.0.0.1:9000/if/flow/recovery/?flow_token=${'0'.repeat(64)}`;
  const user = { username: 'somebody', name: 'Somebody', email: 'somebody@example.org' };
  const data = { user, url, expires: new Date(Date.now() + 1_800_000) };
  return new MailRenderer({ emailTemplateDir: '/templates' }).render({ template, subject, locale, data });
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

try {
  await run();
} finally {
  await cleanups.run();
}
