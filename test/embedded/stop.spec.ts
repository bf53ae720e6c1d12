import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';

import { findEmbeddedDatabase } from '../../src/database/embedded-database.js';
import { ServiceProcess } from '../support/service-process.js';

const BOOTSTRAP_TOKEN = 'key-of-the-process-tests-0123456789';
const headers = { authorization: `Bearer ${BOOTSTRAP_TOKEN}`, 'content-type': 'application/json' };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'email-stage-'));
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(more: Record<string, string> = {}): Promise<{ service: ServiceProcess; url: string }> {
  const service = ServiceProcess.start({ DATA_DIR: join(folder, 'data'), PORT: '0', BOOTSTRAP_TOKEN, ...more });
  // Of a failed test: the next one starts on the same folder.
  onTestFinished(() => service.signal('SIGKILL'));
  const [, url] = await service.prints(/email-stage +(http:\S+)/);
  return { service, url: url! };
}

function create(url: string, name: string): Promise<Response> {
  return fetch(`${url}/api/v3/stages/email/`, { method: 'POST', headers, body: JSON.stringify({ name }) });
}

async function namesAt(url: string): Promise<string[]> {
  const response = await fetch(`${url}/api/v3/stages/email/?page_size=1000`, { headers });
  const page = (await response.json()) as { results: { name: string }[] };
  return page.results.map(({ name }) => name);
}

/** Sends the first part of a request that creates a stage; `finish` sends the rest and returns the response. */
async function startRequest(url: string, name: string): Promise<{ socket: Socket; finish: () => Promise<string> }> {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ name });
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const head = ['POST /api/v3/stages/email/ HTTP/1.1', `host: ${hostname}`, `content-length: ${body.length}`];
  const more = Object.entries(headers).map(([field, value]) => `${field}: ${value}`);
  await new Promise((resolve) =>
    socket.write(`${[...head, ...more].join('\r\n')}\r\n\r\n${body.slice(0, 5)}`, resolve),
  );
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  const finish = async (): Promise<string> => {
    socket.write(body.slice(5));
    await once(socket, 'close');
    return answer;
  };
  return { socket, finish };
}

it('answers requests in progress after SIGTERM, then exits with 0 within ten seconds', async () => {
  const { service, url } = await start();
  const idle = await fetch(`${url}/-/health/live/`);
  await idle.text();
  const { finish } = await startRequest(url, 'started before the signal');
  // Once the server has answered a later request, it has received this one's first part.
  await (await fetch(`${url}/-/health/live/`)).text();
  const since = Date.now();
  service.signal('SIGTERM');
  await expect
    .poll(() =>
      fetch(url).then(
        () => 'open',
        () => 'closed',
      ),
    )
    .toBe('closed');
  expect(await finish()).toMatch(/^HTTP\/1.1 201 /);
  expect(await service.ended()).toBe(0);
  expect(Date.now() - since).toBeLessThan(10_000);
});

it('loses no acknowledged change when the process is killed, and adopts the database server', async () => {
  const { service, url } = await start();
  const answered: string[] = [];
  const requests = Array.from({ length: 200 }, async (_, index) => {
    const response = await create(url, `stage ${index}`).catch(() => undefined);
    if (response?.status !== 201) return;
    answered.push(`stage ${index}`);
    if (answered.length === 50) service.signal('SIGKILL');
  });
  await Promise.all(requests);
  expect(await service.ended()).toBeNull();
  expect(answered.length).toBeGreaterThanOrEqual(50);

  const next = await start();
  expect(next.service.output).toMatch(/already running/);
  expect(await namesAt(next.url)).toEqual(expect.arrayContaining(answered));
  next.service.signal('SIGTERM');
  expect(await next.service.ended()).toBe(0);
});

it('leaves no database server running on SIGTERM while a mail waits for a silent server', async () => {
  const silent = createServer((socket) => socket.on('error', () => undefined));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const { service, url } = await start({ SHUTDOWN_TIMEOUT: '1' });
  const body = JSON.stringify({ name: 'silent', host: '127.0.0.1', port, timeout: 90 });
  const created = await fetch(`${url}/api/v3/stages/email/`, { method: 'POST', headers, body });
  const { pk } = (await created.json()) as { pk: string };
  const connected = once(silent, 'connection');
  const to = JSON.stringify({ to: 'reader@example.org' });
  const { status } = await fetch(`${url}/api/v3/stages/email/${pk}/test/`, { method: 'POST', headers, body: to });
  expect(status).toBe(202);
  const [socket] = (await connected) as [Socket];
  const since = Date.now();
  service.signal('SIGTERM');
  expect(await service.ended(), service.output).toBe(0);
  expect(Date.now() - since).toBeLessThan(10_000);
  expect(await findEmbeddedDatabase(join(folder, 'data'))).toBeUndefined();
  socket.destroy();
  silent.close();
});

it('leaves no database server running on SIGTERM during the start', async () => {
  const data = join(folder, 'begun');
  const begin = (): ServiceProcess => ServiceProcess.start({ DATA_DIR: data, PORT: '0', BOOTSTRAP_TOKEN });
  const first = begin();
  await first.prints(/email-stage +http/);
  first.signal('SIGTERM');
  await first.ended();
  const service = begin();
  await service.prints(/Starting PostgreSQL/);
  await expect.poll(() => connectionsTo(data), { interval: 5, timeout: 30_000 }).toBeGreaterThan(0);
  service.signal('SIGTERM');
  expect(await service.ended()).toBe(0);
  expect(await findEmbeddedDatabase(data)).toBeUndefined();
});

/** Returns the number of connections to the service's database. */
async function connectionsTo(dataDir: string): Promise<number> {
  const url = await findEmbeddedDatabase(dataDir, 'postgres');
  if (url === undefined) return 0;
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int from pg_stat_activity where datname = 'email_stage'`,
  );
  await client.end();
  return rows[0]?.count ?? 0;
}
