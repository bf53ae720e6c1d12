import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { ApiClient } from '../support/api-client.js';
import { ServiceProcess } from '../support/service-process.js';
import { adminKey } from '../support/test-app.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let folder: string;
let service: ServiceProcess;
let url: string;

const settings = { BRAND_NAME: 'City Library', BRAND_COLOR: '204060', INVITATIONS_PER_USER: '1', EVENT_RETENTION: '0' };

async function configure(changes: Record<string, string>): Promise<void> {
  const lines = Object.entries({ ...settings, ...changes }).map(([name, value]) => `${name}='${value}'\n`);
  await writeFile(join(folder, '.env'), lines.join(''));
}

async function textOf(path: string): Promise<string> {
  return (await fetch(url + path)).text();
}

/** Returns how many invitations the administrator could create, of three. */
async function createInvitations(): Promise<number> {
  const api = new ApiClient(url, adminKey);
  const statuses: number[] = [];
  for (const name of ['one', 'two', 'three']) {
    statuses.push((await api.post('/stages/invitation/invitations/', { name, single_use: true })).status);
  }
  return statuses.filter((status) => status === 201).length;
}

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'email-stage-reload-'));
  await configure({});
  const environment = {
    DATABASE_URL: database.url,
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
    BOOTSTRAP_TOKEN: adminKey,
    DATA_DIR: folder,
    PORT: '0',
  };
  service = ServiceProcess.start(environment, undefined, folder);
  [, url = ''] = await service.prints(/(http:\/\/[\d.:]+)\/api\/v3\/docs/);
});
afterAll(async () => {
  service.signal('SIGTERM');
  expect(await service.ended()).toBe(0);
  await database.drop();
  await rm(folder, { recursive: true });
});

it('applies brand, limits and log level on SIGHUP, and names the settings that need a restart', async () => {
  expect(await textOf('/if/flow/default-authentication-flow/')).toContain('City Library');
  const oldStyle = await textOf('/static/pages/style.css');
  expect(await createInvitations()).toBe(1);

  await configure({
    BRAND_NAME: 'Town Library',
    BRAND_COLOR: '602040',
    INVITATIONS_PER_USER: '3',
    LOG_LEVEL: 'warn',
    EVENT_RETENTION: '10',
    REQUEST_TIMEOUT: '30',
    METRICS_TOKEN: 'a token that nobody sees'.replaceAll(' ', '-'),
  });
  service.signal('SIGHUP');
  const [line] = await service.prints(/.*Settings read again.*/);
  expect(JSON.parse(line)).toMatchObject({
    msg:
      'Settings read again; changed: LOG_LEVEL, BRAND_NAME, BRAND_COLOR, EVENT_RETENTION, INVITATIONS_PER_USER; ' +
      'restart needed for: REQUEST_TIMEOUT, METRICS_TOKEN',
  });
  expect(service.output).not.toContain('nobody-sees');

  expect(await textOf('/if/flow/default-authentication-flow/')).toContain('Town Library');
  const style = await textOf('/static/pages/style.css');
  expect([style.includes('#602040'), oldStyle.includes('#602040')]).toEqual([true, false]);
  expect(await createInvitations()).toBe(2);
  const events = await new ApiClient(url, adminKey).get('/events/events/?page_size=1');
  expect(events.body.results[0].expires).toMatch(/Z$/);
  expect(service.output.split('Settings read again')[1]).not.toContain('"level":30');
});

it('keeps the old configuration if the new one cannot be used, and says why in one line', async () => {
  await configure({ BRAND_NAME: 'Village Library', BRAND_COLOR: 'red', MAIL_RETENTION: '0' });
  service.signal('SIGHUP');
  const [line] = await service.prints(/.*BRAND_COLOR must be.*/);
  expect(JSON.parse(line)).toMatchObject({
    level: 50,
    msg: expect.stringMatching(/^Settings read again; nothing changed\. .*BRAND_COLOR must .* MAIL_RETENTION must /),
  });
  expect(await textOf('/if/flow/default-authentication-flow/')).toContain('Town Library');
});
