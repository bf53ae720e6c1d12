import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { EventReader } from '../support/event-reader.js';
import { createSendingStage, enqueue, mailFrom, messageOf } from '../support/mails.js';
import { ServiceProcess } from '../support/service-process.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
/** An SMTP server that accepts connections and says nothing. */
let silent: Server;
const sockets = new Set<Socket>();
const services: ServiceProcess[] = [];

beforeAll(async () => {
  app = await startTestApp({ ROLE: 'api' });
  silent = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterAll(async () => {
  for (const service of services) service.signal('SIGKILL');
  await Promise.all(services.map((service) => service.ended()));
  for (const socket of sockets) socket.destroy();
  silent.close();
  await app.stop();
});

async function start(environment: Record<string, string>): Promise<{ service: ServiceProcess; url: string }> {
  const { url: database } = app.dataSource.options as { url: string };
  const service = ServiceProcess.start({
    PORT: '0',
    LOG_LEVEL: 'warn',
    DATABASE_URL: database,
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
    ...environment,
  });
  services.push(service);
  const [, url] = await service.prints(/(http:\/\/127\.0\.0\.1:\d+)/);
  return { service, url: url! };
}

async function request(url: string, agent?: Agent): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response;
}

/** Starts a worker, and waits until it has connected to the silent server to send a mail. */
async function startWaitingWorker(timeout: string): Promise<{ service: ServiceProcess; message: string }> {
  const stage = await createSendingStage(app, (silent.address() as AddressInfo).port, { timeout: 90 });
  const connected = once(silent, 'connection');
  const { service } = await start({ ROLE: 'worker', SHUTDOWN_DELAY: '0', SHUTDOWN_TIMEOUT: timeout });
  const [message] = await enqueue(app, mailFrom(stage, 'reader@example.org'));
  await connected;
  return { service, message: message! };
}

it('answers a request that arrives while the server closes as usual', async () => {
  const closing = await startTestApp({ ROLE: 'api' });
  const blocker = new Client({ connectionString: (closing.dataSource.options as { url: string }).url });
  await blocker.connect();
  await blocker.query('begin; lock table "event" in access exclusive mode');
  const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  const { hostname, port } = new URL(closing.url);
  const open = connect({ host: hostname, port: Number(port) });
  let answers = '';
  open.on('data', (chunk) => (answers += chunk.toString()));
  const send = (path: string): unknown =>
    open.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${adminKey}\r\n\r\n`);
  send('/api/v3/events/events/');
  await expect.poll(async () => (await blocker.query(waiting)).rowCount).toBe(1);
  const stopped = closing.stop();
  await expect.poll(() => request(closing.url).catch(String)).toContain('ECONNREFUSED');
  send('/-/health/live/');
  await blocker.end();
  await expect.poll(() => answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
  await stopped;
});

it('resets none of 100 keep-alive clients on SIGTERM, while readiness fails', async ({ annotate }) => {
  const { service, url } = await start({ ROLE: 'api', SHUTDOWN_DELAY: '5' });
  const live = `${url}/-/health/live/`;
  const ready = `${url}/-/health/ready/`;
  expect((await request(ready)).statusCode).toBe(200);
  let requests = 0;
  const clients = Array.from({ length: 100 }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (;;) {
      const { statusCode, headers } = await request(live, agent);
      requests += 1;
      expect(statusCode).toBe(200);
      if (headers.connection === 'close') {
        agent.destroy();
        return;
      }
    }
  });
  await expect.poll(() => requests, { timeout: 30_000 }).toBeGreaterThan(200);
  service.signal('SIGTERM');
  await expect.poll(async () => (await request(ready)).statusCode).toBe(503);
  expect((await request(live)).statusCode).toBe(200);
  const outcomes = await Promise.allSettled(clients);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(await service.ended(), service.output).toBe(0);
  await expect(request(live)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await annotate(`${requests} requests of 100 clients, no reset`);
});

it('ends on SIGTERM after SHUTDOWN_TIMEOUT although a mail server is silent, and leaves the mail to other workers', async ({
  annotate,
}) => {
  const { service, message } = await startWaitingWorker('2');
  const since = Date.now();
  service.signal('SIGTERM');
  expect(await service.ended(), service.output).toBe(0);
  const seconds = (Date.now() - since) / 1000;
  expect(seconds).toBeGreaterThanOrEqual(1.9);
  expect(seconds).toBeLessThan(10);
  const { state, deliveryAttempts } = await messageOf(app, message);
  expect(state).toBe('retrying');
  expect(deliveryAttempts).toMatchObject([{ outcome: 'deferred', reason: 'The service is shutting down.' }]);
  await annotate(`ended after ${seconds.toFixed(1)} s`);
});

it('ends at once on a second signal', async () => {
  const { service, message } = await startWaitingWorker('60');
  service.signal('SIGTERM');
  const since = Date.now();
  service.signal('SIGINT');
  expect(await service.ended(), service.output).toBe(0);
  expect(Date.now() - since).toBeLessThan(15_000);
  expect(await messageOf(app, message)).toMatchObject({ state: 'retrying' });
});

it('ends streams of events at once, also one that nobody reads', async () => {
  const { service, url } = await start({ ROLE: 'api', SHUTDOWN_DELAY: '0', SHUTDOWN_TIMEOUT: '60' });
  const reader = await EventReader.open({ url });
  const { hostname, port } = new URL(url);
  const stuck = connect({ host: hostname, port: Number(port) });
  stuck.on('error', () => undefined);
  const authorization = `authorization: Bearer ${adminKey}`;
  stuck.write(`GET /api/v3/events/stream/ HTTP/1.1\r\nhost: ${hostname}\r\n${authorization}\r\n\r\n`);
  await once(stuck, 'data');
  stuck.pause();
  await app.dataSource.query(
    `select "emit_event"('mail.sent', 'mail/1', jsonb_build_object('text', repeat('x', 20000))) from generate_series(1, 1000)`,
  );
  await expect.poll(() => reader.messages.length, { timeout: 20_000 }).toBe(1000);
  const since = Date.now();
  service.signal('SIGTERM');
  expect(await service.ended(), service.output).toBe(0);
  expect(Date.now() - since).toBeLessThan(15_000);
  expect(reader.response.complete).toBe(true);
  stuck.destroy();
});
