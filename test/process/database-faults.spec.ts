import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createSendingStage, enqueue, mailFrom } from '../support/mails.js';
import { RestartableDatabase } from '../support/restartable-database.js';
import { freePort, ServiceProcess } from '../support/service-process.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

const count = 100;
let database: RestartableDatabase;
/** Queues the mails. */
let app: TestApp;
let sink: SmtpSink;
let port: number;
let service: ServiceProcess;
let url: string;

beforeAll(async () => {
  database = await RestartableDatabase.start();
  app = await startTestApp({ ROLE: 'api' }, database);
  // Slow enough for the fault to occur while mails are being sent.
  sink = new SmtpSink(() => new Promise((resolve) => setTimeout(resolve, 20)));
  port = await sink.listen();
});
afterAll(async () => {
  await sink.close();
  await app.stop();
});
afterEach(async () => {
  service.signal('SIGKILL');
  await service.ended();
});

const statusOf = (path: string): Promise<number> =>
  fetch(url + path, { headers: { authorization: `Bearer ${adminKey}` } }).then(
    ({ status }) => status,
    () => 0,
  );

async function start(role: 'api' | 'worker'): Promise<void> {
  const PORT = String(await freePort());
  url = `http://127.0.0.1:${PORT}`;
  service = ServiceProcess.start({
    ROLE: role,
    PORT,
    LOG_LEVEL: 'warn',
    DATABASE_URL: database.url,
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
    // Shorter than the faults.
    MAIL_LEASE: '3',
  });
  await expect.poll(() => statusOf('/-/health/ready/'), { timeout: 30_000 }).toBe(200);
}

const ownName = 'the test';

/** Connects as an administrator who can write although the server is read-only. */
async function connect(): Promise<Client> {
  const client = new Client({
    connectionString: database.url,
    options: '-c default_transaction_read_only=off',
    application_name: ownName,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function sentMails(): Promise<number> {
  const client = await connect();
  try {
    const { rowCount } = await client.query(`select from mail_message where state = 'sent'`);
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}

const untilEnd = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Whether a fault is over: it lasts some seconds, and until the service has noticed it. */
type IsOver = () => boolean;

async function untilOver(isOver: IsOver): Promise<void> {
  while (!isOver()) await untilEnd(0.05);
}

/** Closes the connections of others, and takes every connection that the server has left. */
async function occupyConnections(isOver: IsOver): Promise<void> {
  const admin = await connect();
  const clients = [admin];
  const take = async (): Promise<void> => {
    while (!isOver()) {
      await connect().then(
        (client) => clients.push(client),
        () => untilEnd(0.02),
      );
    }
  };
  const taking = Array.from({ length: 10 }, take);
  // Repeated, because the service connects at once while a connection is left.
  while (!isOver()) {
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where backend_type = 'client backend' and application_name <> $1`,
      [ownName],
    );
    await untilEnd(0.05);
  }
  await Promise.all(taking);
  await Promise.all(clients.map((client) => client.end()));
}

async function beReadOnly(isOver: IsOver): Promise<void> {
  const admin = await connect();
  const set = async (value: string): Promise<void> => {
    await admin.query(`alter system set default_transaction_read_only = ${value}`);
    await admin.query('select pg_reload_conf()');
  };
  await set('on');
  await untilOver(isOver);
  await set('off');
  await admin.end();
}

async function beAway(isOver: IsOver): Promise<void> {
  await database.end('SIGQUIT');
  await untilOver(isOver);
  await database.startAgain();
}

describe('A worker', () => {
  beforeEach(() => start('worker'));

  it.each([
    ['has no connections left', occupyConnections, 'too many clients'],
    ['is read-only', beReadOnly, 'in a read-only transaction'],
    ['is away', beAway, 'Connection terminated unexpectedly'],
  ])(
    'sends each mail once, without a restart, after the database %s for longer than a lease',
    async (fault, cause, message) => {
      const [before, received] = [await sentMails(), sink.mails.length];
      const stage = await createSendingStage(app, port, { name: fault });
      const addresses = Array.from({ length: count }, (_, index) => `user${index}@example.org`);
      await enqueue(app, ...addresses.map((address) => mailFrom(stage, address)));
      await expect.poll(() => sink.mails.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(received + 20);
      const least = performance.now() + 5000;
      await cause(() => performance.now() >= least && service.output.includes(message));
      const ended = performance.now();
      await expect.poll(sentMails, { timeout: 60_000 }).toBe(before + count);
      const seconds = (performance.now() - ended) / 1000;
      expect(seconds).toBeLessThan(30);
      expect(await statusOf('/-/health/ready/')).toBe(200);
      const recipients = sink.mails.slice(received).map(({ to }) => to);
      expect(recipients.sort()).toEqual([...addresses].sort());
      process.stdout.write(`the database ${fault}: all sent ${seconds.toFixed(1)} s after the fault\n`);
    },
    120_000,
  );
});

describe('An API process', () => {
  beforeEach(() => start('api'));

  it('serves other requests while 24 lists are slow and after their clients have left', async ({ annotate }) => {
    const [blocker, observer] = [await connect(), await connect()];
    await blocker.query('begin; lock table "invitation" in access exclusive mode');
    const waiting = async (): Promise<number> => {
      const { rowCount } = await observer.query(`select from pg_stat_activity where wait_event_type = 'Lock'`);
      return rowCount ?? 0;
    };
    const leave = new AbortController();
    const searches = Array.from({ length: 24 }, (_, index) =>
      fetch(`${url}/api/v3/stages/invitation/invitations/?search=${index}`, {
        headers: { authorization: `Bearer ${adminKey}` },
        signal: leave.signal,
      }).catch(() => 'left'),
    );
    await expect.poll(waiting, { timeout: 10_000 }).toBeGreaterThan(5);
    const since = performance.now();
    expect(await statusOf('/api/v3/flows/executor/default-recovery-flow/')).toBe(200);
    const seconds = (performance.now() - since) / 1000;
    expect(seconds).toBeLessThan(5);
    leave.abort();
    expect(new Set(await Promise.all(searches))).toEqual(new Set(['left']));
    await expect.poll(waiting, { timeout: 5_000 }).toBe(0);
    expect(await statusOf('/api/v3/stages/email/')).toBe(200);
    await blocker.query('rollback');
    await Promise.all([blocker.end(), observer.end()]);
    await annotate(`a flow was served in ${seconds.toFixed(2)} s meanwhile`);
  }, 60_000);
});
