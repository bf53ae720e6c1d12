import { randomUUID } from 'node:crypto';

import { createTransport } from 'nodemailer';
import { DataSource } from 'typeorm';

import { dataSourceOptions } from '../../src/data-source.js';
import { MessageStore } from '../../src/mail/outbox/message-store.js';
import { type NewMail, Outbox } from '../../src/mail/outbox/outbox.service.js';
import { MailRenderer, type RenderedMail } from '../../src/mail/rendering/mail-renderer.js';
import { until } from './children.js';
import type { Cleanups } from './cleanups.js';
import type { Contender, Work } from './measure.js';
import { percentile } from './report.js';
import type { RunningService } from './service.js';

/** Mails that are sent in a round, for each second that it should take. */
const perSecond = 250;

/** How mails are sent: all at once, or one at a time when nothing else is to be done. */
export interface MailContenders {
  readonly many: readonly Contender[];
  readonly one: readonly Contender[];
}

/**
 * The same mails to the same server, by the whole way of this service and by nodemailer's own pool of five connections.
 *
 * The time of the service begins before the first mail is enqueued and ends when the last one is written down as sent:
 * outbox, job, look-up, claim, template, SMTP, state, event. This process enqueues, the service's sends.
 */
export async function mailContenders(
  service: RunningService,
  databaseUrl: string,
  port: number,
  cleanups: Cleanups,
): Promise<MailContenders> {
  const dataSource = new DataSource({ ...dataSourceOptions(databaseUrl) });
  cleanups.add(async () => dataSource.isInitialized && dataSource.destroy());
  await dataSource.initialize();
  const queue = new Queue(dataSource);
  const pool = new Pool(port, await sample());
  const count = (seconds: number): number => Math.ceil(seconds * perSecond);
  return {
    many: [
      { name: service.name, pid: service.pid, work: (seconds) => timed(count(seconds), (mails) => queue.send(mails)) },
      { name: 'nodemailer', pid: process.pid, work: (seconds) => timed(count(seconds), (mails) => pool.send(mails)) },
    ],
    one: [
      { name: service.name, pid: service.pid, work: (seconds) => oneByOne(seconds, () => queue.timeOfOne()) },
      { name: 'nodemailer', pid: process.pid, work: (seconds) => oneByOne(seconds, () => pool.timeOfOne()) },
    ],
  };
}

async function timed(mails: number, send: (mails: number) => Promise<void>): Promise<Work> {
  const since = performance.now();
  await send(mails);
  return { requests: mails, rate: (1000 * mails) / (performance.now() - since) };
}

/** @param time sends a mail, and resolves to the milliseconds until it was accepted */
async function oneByOne(seconds: number, time: () => Promise<number>): Promise<Work> {
  const deadline = performance.now() + seconds * 1000;
  const times: number[] = [];
  while (performance.now() < deadline) times.push(await time());
  times.sort((a, b) => a - b);
  const rate = (1000 * times.length) / times.reduce((sum, each) => sum + each, 0);
  const [p50, p95, p99] = [percentile(times, 0.5), percentile(times, 0.95), percentile(times, 0.99)];
  return { requests: times.length, rate, p50, p95, p99 };
}

/** nodemailer's pool. */
class Pool {
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

  /** Milliseconds that the second of two mails takes, so that it finds a connection as those of the service do. */
  async timeOfOne(): Promise<number> {
    const transport = createTransport({ host: '127.0.0.1', port: this.port, pool: true, maxConnections: 1 });
    await transport.sendMail(this.mail);
    const since = performance.now();
    await transport.sendMail(this.mail);
    const time = performance.now() - since;
    transport.close();
    return time;
  }
}

/** The side of the service that enqueues. */
class Queue {
  private readonly outbox: Outbox;

  constructor(private readonly dataSource: DataSource) {
    this.outbox = new Outbox(new MessageStore(dataSource));
  }

  /** Enqueues mails, and waits until all are sent. */
  async send(count: number): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      for (let done = 0; done < count; done += 1) await this.outbox.enqueue(manager, newMail());
    });
    await until('mails to be sent', 120, async () => !(await this.isWaiting()));
  }

  /** Milliseconds from enqueue to acceptance. */
  async timeOfOne(): Promise<number> {
    const pk = await this.dataSource.transaction((manager) => this.outbox.enqueue(manager, newMail()));
    let time: number | null | undefined;
    await until('a mail to be sent', 30, async () => {
      const [row] = await this.dataSource.query<{ ms: number | null }[]>(
        `select extract(epoch from a.ended - m.created)::float * 1000 as ms
           from mail_message m left join delivery_attempt a using (message_uuid) where m.message_uuid = $1`,
        [pk],
      );
      time = row?.ms;
      return typeof time === 'number';
    });
    return time ?? Number.NaN;
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

/** The mail as the service renders it, so that both send the same: subject, text, HTML and logo. */
async function sample(): Promise<RenderedMail> {
  const { template, subject, locale } = newMail();
  const url = `http://127.0.0.1:9000/if/flow/recovery/?flow_token=${'0'.repeat(64)}`;
  const user = { username: 'alice', name: 'Alice', email: 'alice@example.org' };
  const data = { user, url, expires: new Date(Date.now() + 1_800_000) };
  return new MailRenderer({ emailTemplateDir: '/templates' }).render({ template, subject, locale, data });
}
