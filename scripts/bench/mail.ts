import { randomUUID } from 'node:crypto';

import { createTransport } from 'nodemailer';
import { DataSource } from 'typeorm';

import { readSettings } from '../../src/config/read-settings.js';
import { dataSourceOptions } from '../../src/data-source.js';
import { SecretBox } from '../../src/database/secret-box.js';
import { MessageStore } from '../../src/mail/outbox/message-store.js';
import { type NewMail, Outbox } from '../../src/mail/outbox/outbox.service.js';
import { MailRenderer, type RenderedMail } from '../../src/mail/rendering/mail-renderer.js';
import { waitFor } from './child-processes.js';
import type { Cleanups } from './cleanups.js';
import type { Subject, Sample } from './measure.js';
import { percentile } from './report.js';
import type { RunningService } from './service.js';
import { secretKey } from './setup.js';

/** Mails to send per planned second of a round. */
const mailsPerSecond = 250;

/** The service and nodemailer, sending a batch at once, or one mail at a time without other load. */
export interface MailSubjects {
  readonly batch: readonly Subject[];
  readonly sequential: readonly Subject[];
}

/**
 * Returns the subjects that send the same mails to the same server: the service with its complete pipeline, and
 * nodemailer with a pool of five connections.
 *
 * The service is timed from the first enqueue until the last mail is recorded as sent: outbox, job, look-up, claim,
 * template, SMTP, state, event. This process enqueues, the service's process sends.
 */
export async function mailSubjects(
  service: RunningService,
  databaseUrl: string,
  port: number,
  cleanups: Cleanups,
): Promise<MailSubjects> {
  const dataSource = new DataSource({ ...dataSourceOptions(databaseUrl) });
  cleanups.add(async () => dataSource.isInitialized && dataSource.destroy());
  await dataSource.initialize();
  const outbox = new OutboxSender(dataSource);
  const nodemailer = new NodemailerSender(port, await renderMail());
  const count = (seconds: number): number => Math.ceil(seconds * mailsPerSecond);
  return {
    batch: [
      {
        name: service.name,
        pid: service.pid,
        run: (seconds) => timeBatch(count(seconds), (mails) => outbox.send(mails)),
      },
      {
        name: 'nodemailer',
        pid: process.pid,
        run: (seconds) => timeBatch(count(seconds), (mails) => nodemailer.send(mails)),
      },
    ],
    sequential: [
      { name: service.name, pid: service.pid, run: (seconds) => timeSequence(seconds, () => outbox.sendOne()) },
      { name: 'nodemailer', pid: process.pid, run: (seconds) => timeSequence(seconds, () => nodemailer.sendOne()) },
    ],
  };
}

async function timeBatch(mails: number, send: (mails: number) => Promise<void>): Promise<Sample> {
  const since = performance.now();
  await send(mails);
  return { requests: mails, rate: (1000 * mails) / (performance.now() - since) };
}

/** @param sendOne sends a mail and returns its latency in milliseconds */
async function timeSequence(seconds: number, sendOne: () => Promise<number>): Promise<Sample> {
  const deadline = performance.now() + seconds * 1000;
  const latencies: number[] = [];
  while (performance.now() < deadline) latencies.push(await sendOne());
  latencies.sort((a, b) => a - b);
  const rate = (1000 * latencies.length) / latencies.reduce((sum, latency) => sum + latency, 0);
  const [p50, p95, p99] = [percentile(latencies, 0.5), percentile(latencies, 0.95), percentile(latencies, 0.99)];
  return { requests: latencies.length, rate, p50, p95, p99 };
}

/** Sends mails with nodemailer. */
class NodemailerSender {
  private readonly mail: object;

  constructor(
    private readonly port: number,
    { subject, html, text, attachments }: RenderedMail,
  ) {
    const to = { name: 'Alice', address: 'alice@example.org' };
    this.mail = { from: 'sender@example.org', to, subject, html, text, attachments };
  }

  async send(count: number): Promise<void> {
    const transport = createTransport({
      host: '127.0.0.1',
      port: this.port,
      pool: true,
      maxConnections: 5,
      maxMessages: Infinity,
    });
    await Promise.all(Array.from({ length: count }, () => transport.sendMail(this.mail)));
    transport.close();
  }

  /** Returns the latency of the second of two mails, which finds an open connection as the service's mails do. */
  async sendOne(): Promise<number> {
    const transport = createTransport({ host: '127.0.0.1', port: this.port, pool: true, maxConnections: 1 });
    await transport.sendMail(this.mail);
    const since = performance.now();
    await transport.sendMail(this.mail);
    const latency = performance.now() - since;
    transport.close();
    return latency;
  }
}

/** Sends mails with the service, by enqueueing them in its outbox. */
class OutboxSender {
  private readonly outbox: Outbox;

  constructor(private readonly dataSource: DataSource) {
    this.outbox = new Outbox(new MessageStore(dataSource), new SecretBox(secretKey));
  }

  /** Enqueues mails and waits until all are sent. */
  async send(count: number): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      for (let index = 0; index < count; index += 1) await this.outbox.enqueue(manager, newMail());
    });
    await waitFor('all mails to be sent', 120, async () => !(await this.hasPending()));
  }

  /** Enqueues a mail and returns the milliseconds until the server accepted it. */
  async sendOne(): Promise<number> {
    const pk = await this.dataSource.transaction((manager) => this.outbox.enqueue(manager, newMail()));
    let latency: number | null | undefined;
    await waitFor('the mail to be sent', 30, async () => {
      const [row] = await this.dataSource.query<{ ms: number | null }[]>(
        `select extract(epoch from a.ended - m.created)::float * 1000 as ms
           from mail_message m left join delivery_attempt a using (message_uuid) where m.message_uuid = $1`,
        [pk],
      );
      latency = row?.ms;
      return typeof latency === 'number';
    });
    return latency ?? Number.NaN;
  }

  private async hasPending(): Promise<boolean> {
    const statement = 'select from mail_message where next_attempt is not null limit 1';
    return (await this.dataSource.query<unknown[]>(statement)).length > 0;
  }
}

function newMail(): NewMail {
  return {
    stage: null,
    fromAddress: 'sender@example.org',
    recipient: { name: 'Alice', address: 'alice@example.org' },
    template: 'email/password_reset.html',
    subject: 'Set a new password',
    locale: 'en',
    data: {
      user: { username: 'alice', name: 'Alice', email: 'alice@example.org' },
      link: { path: '/if/flow/recovery/', query: '', parameter: 'flow_token', key: randomUUID() },
      expires: new Date(Date.now() + 1_800_000).toISOString(),
    },
    deadline: null,
  };
}

/** Renders the mail as the service does, so that both send the same subject, text, HTML and logo. */
async function renderMail(): Promise<RenderedMail> {
  const { template, subject, locale } = newMail();
  const url = `http://127.0.0.1:9000/if/flow/recovery/?flow_token=${'0'.repeat(64)}`;
  const user = { username: 'alice', name: 'Alice', email: 'alice@example.org' };
  const data = { user, url, expires: new Date(Date.now() + 1_800_000) };
  return new MailRenderer(readSettings({}).settings).render({ template, subject: subject ?? '', locale, data });
}
