import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
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
  it('logs its address and where the API token is, and the next start keeps the data', async () => {
    const first = start();
    const [, url] = await first.prints(/"url":"(http:\/\/127\.0\.0\.1:\d+)"/);
    expect(first.output).toMatch(/Installing PostgreSQL/);
    expect(first.output).toMatch(/Migrating the database/);
    const file = join(dataDir, 'api-token');
    const texts = first.log.map(({ msg }) => msg);
    expect(texts).toContain(
      `The API token of the administrator is in ${file}. Delete the file when you have it. \`email-stage token akadmin\` creates another one.`,
    );
    expect(texts.at(-1)).toBe(`email-stage ${url} is ready; Swagger UI ${url}/api/v3/docs/`);
    const key = (await readFile(file, 'utf8')).trim();
    const listed = (base: string): Promise<Response> =>
      fetch(`${base}/api/v3/stages/email/`, { headers: { authorization: `Bearer ${key}` } });
    expect((await listed(url!)).status).toBe(200);
    first.signal('SIGTERM');
    expect(await first.ended()).toBe(0);
    expect(await findEmbeddedDatabase(dataDir)).toBeUndefined();

    const second = start();
    const [, again] = await second.prints(/"url":"(http:\/\/127\.0\.0\.1:\d+)"/);
    expect(second.output).not.toMatch(/Installing|Migrating|API token/);
    expect((await listed(again!)).status).toBe(200);
    for (const { output } of [first, second]) expect(output).not.toContain(key);
  });

  it('keeps its secrets in files that only their owner can read', async () => {
    for (const name of ['secret.key', 'database.json', 'api-token', 'mailbox.key']) {
      expect((await stat(join(dataDir, name))).mode & 0o777, name).toBe(0o600);
    }
    expect(await readdir(dataDir)).toContain('secret.key');
  });
});

describe('A start without a mail server', () => {
  it('logs the address of the mailbox, which the key in a file opens, and which answers 404 without it', async () => {
    const service = start();
    await service.prints(/is ready/);
    const [address = '', key = ''] = String(service.log.at(-1)!['mailbox']).split('?key=');
    const file = join(dataDir, 'mailbox.key');
    expect(key).toBe(`<the key in ${file}> (until EMAIL_HOST is set)`);
    expect((await fetch(address)).status).toBe(404);
    const entered = await fetch(`${address}?key=${(await readFile(file, 'utf8')).trim()}`, { redirect: 'manual' });
    expect(entered.status).toBe(303);
    const cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect((await fetch(address, { headers: { cookie } })).status).toBe(200);
    expect(service.output).not.toContain('NOBODY');
  });

  it('warns that mails are not delivered, and names no key, with a public address', async () => {
    const service = start({ PUBLIC_URL: 'https://id.example.org' });
    await service.prints(/"mailbox":"https:\/\/id\.example\.org\/dev\/mailbox\/ \(superusers only/);
    expect(service.log).toContainEqual(
      expect.objectContaining({ level: 40, msg: expect.stringMatching(/^No mail server is set \(EMAIL_HOST\)/) }),
    );
    expect(service.output).not.toContain('?key=');
  });

  it('names the process that serves the mailbox in a worker', async () => {
    const service = start({ ROLE: 'worker' });
    await service.prints(/"mailbox":"\/dev\/mailbox\/\?key=<the key in [^>]+> of the process with ROLE=api/);
  });
});

describe('BOOTSTRAP_TOKEN', () => {
  it('becomes the administrator’s key and is never printed', async () => {
    const BOOTSTRAP_TOKEN = 'chosen-by-the-operator-0123456789';
    const first = start({ BOOTSTRAP_TOKEN });
    const [, url] = await first.prints(/"url":"(http[^"]+)"/);
    const headers = { authorization: `Bearer ${BOOTSTRAP_TOKEN}` };
    expect((await fetch(`${url}/api/v3/stages/email/`, { headers })).status).toBe(200);
    first.signal('SIGTERM');
    await first.ended();
    const second = start({ BOOTSTRAP_TOKEN });
    await second.prints(/is ready/);
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
    expect(service.log.map(({ msg }) => msg)).toEqual([
      `email-stage cannot start: 127.0.0.1:${port} is already in use. Set PORT to a free port.`,
    ]);
  });

  it('that lists all invalid settings', async () => {
    const service = start({ PORT: 'x', ROLE: 'y' });
    expect(await service.ended()).toBe(1);
    expect(service.log.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/^email-stage cannot start: Settings that cannot be used:\n {2}PORT .*\n {2}ROLE .*$/),
    ]);
  });
});
