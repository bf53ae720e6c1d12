import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { JobWorker } from '../../src/database/job-worker.js';
import { execute } from '../support/database-server.js';
import { createSendingStage, enqueue, mailFrom } from '../support/mails.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const role = `refused_${process.pid}`;
const password = 'a-password-of-the-tests';
const open = new Set<Socket>();
let database: TestDatabase;
let proxy: Server;
/** Attempted connections, including refused ones. */
let connections = 0;
let admin: Client;
let url: string;
let sink: SmtpSink;
let port: number;
let app: TestApp;

beforeAll(async () => {
  database = await createTestDatabase('nothing');
  const server = new URL(database.url);
  // Not a superuser, so that connection limits apply and privileges can be revoked.
  const name = server.pathname.slice(1);
  await execute(inject('databaseServer'), `create role ${role} login password '${password}'`);
  await execute(inject('databaseServer'), `alter database "${name}" owner to ${role}`);
  admin = new Client({ connectionString: database.url });
  await admin.connect();
  proxy = createServer((client) => {
    connections += 1;
    const upstream = connect(Number(server.port), server.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      from.on('error', () => undefined).on('close', () => to.destroy());
      from.on('close', () => open.delete(from)).pipe(to);
    }
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const door = proxy.address() as AddressInfo;
  url = `postgres://${role}:${password}@127.0.0.1:${door.port}/${name}`;
  app = await startTestApp({ MAIL_LEASE: '3' }, { url, drop: () => Promise.resolve() });
  // Slow enough for the fault to occur while mails are being sent.
  sink = new SmtpSink(() => new Promise((resolve) => setTimeout(resolve, 20)));
  port = await sink.listen();
});

afterAll(async () => {
  await sink.close();
  await app.stop();
  for (const socket of open) socket.destroy();
  await new Promise((resolve) => proxy.close(resolve));
  await admin.end();
  await database.drop();
  await execute(inject('databaseServer'), `drop role ${role}`);
});

async function ended(): Promise<number> {
  const { rows } = await admin.query<{ count: number }>(
    `select count(*)::int as count from mail_message where state = 'sent'`,
  );
  return rows[0]?.count ?? 0;
}

/** Process ids of the connections that listen for jobs. */
async function listeners(): Promise<number[]> {
  const { rows } = await admin.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'email-stage worker' and usename = $1
        and query like 'LISTEN%'`,
    [role],
  );
  return rows.map(({ pid }) => pid);
}

/** Closes every connection of the service, as a failover does. */
async function closeConnections(): Promise<void> {
  await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
}

describe('Workers', () => {
  it.each([
    ['too many connections', `alter role ${role} connection limit 0`, `alter role ${role} connection limit -1`],
    [
      'a read-only server',
      `alter role ${role} set default_transaction_read_only = on`,
      `alter role ${role} reset default_transaction_read_only`,
    ],
  ])('send all mails after %s, each once', async (fault, begin, end) => {
    const stage = await createSendingStage(app, port, { name: fault });
    const [before, received] = [await ended(), sink.mails.length];
    const addresses = Array.from({ length: 100 }, (_, index) => `user${index}@example.org`);
    await enqueue(app, ...addresses.map((address) => mailFrom(stage, address)));
    await expect.poll(() => sink.mails.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(received + 20);

    await admin.query(begin);
    await closeConnections();
    const tried = connections;
    await expect.poll(() => connections, { timeout: 20_000 }).toBeGreaterThan(tried + 20);
    await admin.query(end);
    await closeConnections();

    await expect.poll(ended, { timeout: 60_000 }).toBe(before + 100);
    expect(
      sink.mails
        .slice(received)
        .map(({ to }) => to)
        .sort(),
    ).toEqual([...addresses].sort());
  });
});

describe('A worker whose runner ended with a permanent error', () => {
  it('restarts the runner', async () => {
    const jobs = 'graphile_worker._private_jobs';
    const finished = new Map<string, () => void>();
    const tasks = {
      break_queue: () => admin.query(`alter table ${jobs} rename to moved_jobs`).then(() => undefined),
      work: () => finished.get('work')?.(),
    };
    const worker = new JobWorker(url, tasks, 1, () => undefined, { restartMs: 1 });
    await worker.start();
    await expect.poll(listeners, { timeout: 20_000 }).toHaveLength(2);
    const before = await listeners();
    await admin.query(`select graphile_worker.add_job('break_queue')`);
    const isNew = async (): Promise<boolean> => (await listeners()).some((pid) => !before.includes(pid));
    await expect.poll(isNew, { timeout: 20_000 }).toBe(true);
    await admin.query('alter table graphile_worker.moved_jobs rename to _private_jobs');
    const worked = new Promise<void>((resolve) => finished.set('work', resolve));
    await admin.query(`select graphile_worker.add_job('work')`);
    await worked;
    await worker.stop();
  });
});

describe('A worker without privileges for its jobs', () => {
  it('gives up after a few restarts, which ends the process', async () => {
    const stranger = `${role}_stranger`;
    await execute(inject('databaseServer'), `create role ${stranger} login password '${password}' in role ${role}`);
    const without = new URL(database.url);
    [without.username, without.password] = [stranger, password];
    await admin.query(`select graphile_worker.add_job('lose_rights')`);
    const tasks = { lose_rights: () => admin.query(`revoke ${role} from ${stranger}`).then(() => undefined) };
    let worker!: JobWorker;
    await new Promise<void>((resolve, reject) => {
      worker = new JobWorker(without.href, tasks, 1, resolve, { restartMs: 1 });
      worker.start().catch(reject);
    });
    await worker.stop();
    await execute(inject('databaseServer'), `drop role ${stranger}`);
  });
});
