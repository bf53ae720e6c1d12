import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';

import { type LogLine, ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/** Code for a process to run before the service: it prints a warning, and throws where nothing catches it. */
const fault = (code: string): string => `--import=data:text/javascript,${encodeURIComponent(code)}`;

let database: TestDatabase;
let folder: string;
let settings: Record<string, string>;
const services: ServiceProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase('nothing');
  folder = await mkdtemp(join(tmpdir(), 'logs-'));
  settings = { DATABASE_URL: database.url, SECRET_KEY: 'secret-key-of-the-tests-0123456789', PORT: '0' };
  settings['DATA_DIR'] = join(folder, 'data');
});
afterEach(async () => {
  for (const service of services.splice(0)) {
    service.signal('SIGKILL');
    await service.ended();
  }
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

function start(more: Record<string, string> = {}): ServiceProcess {
  const service = ServiceProcess.start({ ...settings, ...more });
  services.push(service);
  return service;
}

/** The lines of level fatal. They need not be the last: a batch whose write had begun may come after them. */
const fatalLines = ({ log }: ServiceProcess): LogLine[] => log.filter(({ level }) => level === 60);

describe('Without a terminal, the log is one JSON object a line', () => {
  it('from the first start to the end, at the most detailed level', async () => {
    const service = start({ LOG_LEVEL: 'trace', EMAIL_HUST: 'misspelt' });
    const [, url = ''] = await service.prints(/"url":"(http[^"]+)"/);
    const response = await fetch(`${url}/api/v3/stages/email/`);
    expect(response.status).toBe(403);
    service.signal('SIGTERM');
    expect(await service.ended()).toBe(0);

    const { log } = service;
    expect(log.length).toBeGreaterThan(10);
    for (const line of log) {
      expect(line).toMatchObject({ level: expect.any(Number), msg: expect.any(String) });
      expect(new Date(line.time).toISOString()).toBe(line.time);
    }
    expect(log.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['Migrating the database', expect.stringMatching(/^EMAIL_HUST is set but/)]),
    );
    const request = response.headers.get('x-authentik-id');
    expect(log).toContainEqual(expect.objectContaining({ msg: 'request', request, status: 403, level: 30 }));
    expect(log).toContainEqual(expect.objectContaining({ context: 'NestApplication', level: 20 }));
    expect(log).toContainEqual(expect.objectContaining({ context: 'Jobs' }));
  });

  it('with the stack of an exception that nothing caught, after which the process exits with 1', async () => {
    const thrower = `process.on('SIGUSR2', () => { throw Object.assign(new Error('first line\\nsecond line'), { parameters: ['p4ss' + 'w0rd'] }) })`;
    const service = start({ NODE_OPTIONS: fault(thrower) });
    await service.prints(/is ready/);
    service.signal('SIGUSR2');
    expect(await service.ended()).toBe(1);
    expect(fatalLines(service)).toMatchObject([
      {
        msg: 'Uncaught exception: first line\nsecond line',
        stack: expect.stringMatching(/^Error: first line\nsecond line\n +at /),
      },
    ]);
    expect(service.output).not.toContain('p4ssw0rd');
  });

  it('with a promise that nothing caught, and with the warnings of Node.js', async () => {
    const rejecter = `process.on('SIGUSR2', () => { process.emitWarning('an old function'); setTimeout(() => Promise.reject('no reason')) })`;
    const service = start({ NODE_OPTIONS: fault(rejecter) });
    await service.prints(/is ready/);
    service.signal('SIGUSR2');
    expect(await service.ended()).toBe(1);
    expect(service.log).toContainEqual(expect.objectContaining({ level: 40, msg: 'an old function' }));
    expect(fatalLines(service)).toMatchObject([{ msg: expect.stringMatching(/^Uncaught exception: .*no reason/) }]);
  });

  it('with the reason of a failed start, also with LOG_LEVEL=silent', async () => {
    const service = start({ PORT: 'x', LOG_LEVEL: 'silent' });
    expect(await service.ended()).toBe(1);
    expect(service.log).toMatchObject([
      {
        level: 60,
        msg: 'email-stage cannot start: Settings that cannot be used:\n  PORT must be a whole number from 0 to 65535',
      },
    ]);
  });
});

// `script` of util-linux runs a program on a terminal of its own.
describe.skipIf(spawnSync('script', ['--version']).error !== undefined)('On a terminal', () => {
  it('the start prints the API token, the mailbox and a curl command that works', async () => {
    const fresh = await createTestDatabase();
    const dataDir = join(folder, 'terminal');
    const program = `exec '${process.execPath}' '${join(inject('compiledSources'), 'main.js')}'`;
    const { PATH = '' } = process.env;
    const child = spawn('script', ['--quiet', '--return', '--command', program, '/dev/null'], {
      env: { PATH, ...settings, DATABASE_URL: fresh.url, DATA_DIR: dataDir },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    while (!/curl .*\r?\n/.test(output)) await once(child.stdout, 'data');
    const [, key, url] = /Bearer (\w+)' (http\S+\/stages\/email\/)/.exec(output) ?? [];
    expect((await fetch(url!, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
    expect(output).toContain(`API token    ${key}`);
    expect(output).toMatch(/Mailbox +http\S+\/dev\/mailbox\/ \(superusers only/);
    expect(output).not.toMatch(/^\{/m);
    await expect(access(join(dataDir, 'api-token'))).rejects.toThrow('ENOENT');
    const ended = once(child, 'exit');
    child.stdin.write('\u0003');
    expect(await ended).toEqual([0, null]);
    await fresh.drop();
  });
});
