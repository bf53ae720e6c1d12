import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';

import { EventLog } from '../../src/events/event-log.js';
import { ServiceProcess } from '../support/service-process.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const key = randomBytes(32);

interface Message {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

let app: TestApp;
let hook: string;
let workers: ServiceProcess[];
let received: Message[];
/** Decides the status of an answer; 0: there is none. */
let status: () => number;

const receiver = createServer((request, response) => {
  void text(request).then((body) => {
    received.push({ headers: request.headers, text: body });
    const code = status();
    if (code > 0) response.writeHead(code, { location: '/elsewhere' }).end();
  });
});

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks/secret-path`;
  app = await startTestApp({ ROLE: 'api' });
});
beforeEach(() => {
  workers = [];
  received = [];
  status = () => 204;
});
afterEach(async () => {
  for (const worker of workers) worker.signal('SIGKILL');
  await Promise.all(workers.map((worker) => worker.ended()));
  // The lease of a killed worker.
  await app.dataSource.query('update "event_shipping" set not_before = now()');
});
afterAll(async () => {
  receiver.close();
  receiver.closeAllConnections();
  await app.stop();
});

function startWorker(environment: Record<string, string>): ServiceProcess {
  const { url } = app.dataSource.options as { url: string };
  const settings = { DATABASE_URL: url, SECRET_KEY: 'secret-key-of-the-tests-0123456789', ROLE: 'worker', PORT: '0' };
  const worker = ServiceProcess.start({ ...settings, ...environment });
  workers.push(worker);
  return worker;
}

const webhook = (): Record<string, string> => ({
  EVENT_WEBHOOK_URL: hook,
  EVENT_WEBHOOK_SECRET: `whsec_${key.toString('base64')}`,
});

async function write(...names: string[]): Promise<void> {
  const log = app.nest.get(EventLog, { strict: false });
  for (const name of names) {
    await log.write(app.dataSource.manager, { action: 'login', app: 'test', context: { name } });
  }
}

/** Returns the ids of all events in order, or of those that are not shipped. */
async function idsOf(condition = 'true'): Promise<string[]> {
  const rows = await app.dataSource.query<{ id: string }[]>(
    `select event_uuid as id from "event" where ${condition} order by created, event_uuid`,
  );
  return rows.map(({ id }) => id);
}

const receivedIds = (): unknown[] => received.map(({ headers }) => headers['webhook-id']);

it('ships events to a webhook in order, signed, one worker at a time, and repeats one that is not taken', async () => {
  await write('first', 'second', 'third');
  const ids = await idsOf();
  const failures = [503, 307];
  status = () => (received.length > 2 ? (failures.shift() ?? 200) : 200);
  const worker = startWorker(webhook());
  startWorker(webhook());
  await expect.poll(() => idsOf('shipped is null'), { timeout: 30_000 }).toEqual([]);

  // The third one was sent three times.
  expect(receivedIds()).toEqual([...ids.slice(0, 3), ids[2], ids[2], ...ids.slice(3)]);
  for (const { headers, text: body } of received) {
    const timestamp = String(headers['webhook-timestamp']);
    const signed = `${String(headers['webhook-id'])}.${timestamp}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(60);
  }
  const { body } = await app.api.get(`/events/events/${ids.at(-1)}/`);
  expect(JSON.parse(received.at(-1)!.text)).toEqual({ type: 'event.login', timestamp: body.created, data: body });
  expect(workers.map(({ output }) => output).join('')).toMatch(/cannot ship events to 127[^"]* in 1 s: .*status 503/);
  expect(worker.output).not.toContain('secret-path');
});

it('ships an event again, with the same id, if the worker was killed before the answer', async () => {
  await write('killed');
  status = () => 0;
  const worker = startWorker(webhook());
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(1);
  worker.signal('SIGKILL');
  await worker.ended();

  status = () => 204;
  await app.dataSource.query('update "event_shipping" set not_before = now()');
  startWorker(webhook());
  await expect.poll(() => idsOf('shipped is null'), { timeout: 20_000 }).toEqual([]);
  expect(receivedIds()).toEqual([received[0]?.headers['webhook-id'], received[0]?.headers['webhook-id']]);
});

it('writes events as JSON lines on the standard output, at any level of the log', async () => {
  await app.dataSource.query('update "event" set shipped = null');
  await write(...Array.from({ length: 250 }, (_, number) => `event ${number}`));
  const worker = startWorker({ EVENT_LOG: 'stdout', LOG_LEVEL: 'silent' });
  await expect.poll(() => idsOf('shipped is null'), { timeout: 20_000 }).toEqual([]);
  worker.signal('SIGTERM');
  expect(await worker.ended()).toBe(0);
  const events = worker.output.split('\n').filter((line) => line.startsWith('{"type":"event.'));
  const ids = events.map((line) => (JSON.parse(line) as { data: { pk: string } }).data.pk);
  expect(ids).toEqual(await idsOf());
});
