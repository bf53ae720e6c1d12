import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { findEmbeddedDatabase } from '../../src/database/embedded-database.js';
import { ServiceProcess } from '../support/service-process.js';

let folder: string;
let dataDir: string;
const started: ServiceProcess[] = [];

function start(environment: Record<string, string> = {}): ServiceProcess {
  const service = ServiceProcess.start({ DATA_DIR: dataDir, PORT: '0', ...environment });
  started.push(service);
  return service;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'email stage '));
  await chmod(folder, 0o755);
  dataDir = join(folder, 'data dir');
});

afterEach(async () => {
  for (const service of started.splice(0)) {
    service.signal('SIGTERM');
    await service.ended();
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('A start without settings', () => {
  it('prints a working curl command, and the next start keeps the data', async () => {
    const first = start();
    const [, key, url] = await first.prints(/Bearer (\w+)' (http\S+\/stages\/email\/)/);
    expect(first.output).toMatch(/Installing PostgreSQL/);
    expect(first.output).toMatch(/Migrating the database/);
    expect(first.output).toMatch(/Swagger UI +http:\/\/127\.0\.0\.1:\d+\/api\/v3\/docs\//);
    const answer = await fetch(url!, { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(200);
    first.signal('SIGTERM');
    expect(await first.ended()).toBe(0);
    expect(await findEmbeddedDatabase(dataDir)).toBeUndefined();

    const second = start();
    const [, again] = await second.prints(/curl .* (http\S+)\n/);
    expect(second.output).not.toMatch(/Installing|Migrating/);
    expect(second.output).not.toContain(key!);
    expect((await fetch(again!, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
  });

  it('keeps its secrets in files that only their owner can read', async () => {
    for (const name of ['secret.key', 'database.json']) {
      expect((await stat(join(dataDir, name))).mode & 0o777, name).toBe(0o600);
    }
    expect(await readdir(dataDir)).toContain('secret.key');
  });
});

describe('A start without a mail server', () => {
  it('prints a link that opens the mailbox, which answers 404 without it', async () => {
    const service = start();
    const [, link = ''] = await service.prints(/Mailbox +(http\S+\/dev\/mailbox\/\?key=[\w-]{64}) /);
    expect((await fetch(link.replace(/\?.*/, ''))).status).toBe(404);
    const entered = await fetch(link, { redirect: 'manual' });
    expect(entered.status).toBe(303);
    const cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect((await fetch(link.replace(/\?.*/, ''), { headers: { cookie } })).status).toBe(200);
    expect(service.output).not.toContain('NOBODY');
  });

  it('warns that mails are not delivered, and prints no key, with a public address', async () => {
    const service = start({ PUBLIC_URL: 'https://id.example.org' });
    await service.prints(/Mailbox +https:\/\/id\.example\.org\/dev\/mailbox\/ \(superusers only/);
    await service.prints(/"level":40.*No mail server is set \(EMAIL_HOST\): no mail is sent/);
    expect(service.output).not.toContain('?key=');
  });

  it('prints a link for the process that serves pages in a worker', async () => {
    const service = start({ ROLE: 'worker' });
    await service.prints(/Mailbox +\/dev\/mailbox\/\?key=[\w-]{64} of the process with ROLE=api/);
  });
});

describe('BOOTSTRAP_TOKEN', () => {
  it('becomes the administrator’s key and is never printed', async () => {
    const BOOTSTRAP_TOKEN = 'chosen-by-the-operator-0123456789';
    const first = start({ BOOTSTRAP_TOKEN });
    const [, url] = await first.prints(/Bearer <API token>' (http\S+)\n/);
    expect(first.output).toContain('API token    the one in BOOTSTRAP_TOKEN');
    expect((await fetch(url!, { headers: { authorization: `Bearer ${BOOTSTRAP_TOKEN}` } })).status).toBe(200);
    first.signal('SIGTERM');
    await first.ended();
    const second = start({ BOOTSTRAP_TOKEN });
    await second.prints(/Try it/);
    for (const { output } of [first, second]) expect(output).not.toContain(BOOTSTRAP_TOKEN);
  });
});

describe('A failed start exits with 1 and an explanation', () => {
  let other: Server;
  beforeAll(async () => {
    other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => other.close());

  it('of one line if the port is taken', async () => {
    const { port } = other.address() as { port: number };
    const service = start({ PORT: String(port) });
    expect(await service.ended()).toBe(1);
    expect(service.output).toBe(
      `email-stage cannot start: 127.0.0.1:${port} is already in use. Set PORT to a free port.\n`,
    );
  });

  it('that lists all invalid settings', async () => {
    const service = start({ PORT: 'x', ROLE: 'y' });
    expect(await service.ended()).toBe(1);
    expect(service.output).toMatch(
      /^email-stage cannot start: Settings that cannot be used:\n {2}PORT .*\n {2}ROLE .*\n$/,
    );
  });
});
