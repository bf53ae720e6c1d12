import { afterAll, beforeAll, expect, it } from 'vitest';

import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

function start(environment: Record<string, string>): ServiceProcess {
  const settings = { DATABASE_URL: database.url, SECRET_KEY: 'secret-key-of-the-tests-0123456789', PORT: '0' };
  return ServiceProcess.start({ ...settings, LOG_LEVEL: 'fatal', ...environment });
}

it('refuses the first start with one line if BOOTSTRAP_PASSWORD violates a rule, but not later starts', async () => {
  const refused = start({ BOOTSTRAP_PASSWORD: 'akadmin1' });
  expect(await refused.ended()).toBe(1);
  expect(refused.log.map(({ msg }) => msg)).toEqual([
    'email-stage cannot start: BOOTSTRAP_PASSWORD cannot be used: Do not use your name, user name or email address, ' +
      'or the name of this service, as the password.',
  ]);

  const first = start({ BOOTSTRAP_PASSWORD: 'a new secret' });
  await first.prints(/api\/v3\/docs/);
  first.signal('SIGTERM');
  await first.ended();

  const later = start({ BOOTSTRAP_PASSWORD: 'akadmin1' });
  await later.prints(/api\/v3\/docs/);
  later.signal('SIGTERM');
  expect(await later.ended()).toBe(0);
}, 120_000);

it.each([
  [
    { EMAIL_URL: 'pigeon://mail.example.org' },
    /^\{"level":60,.*"msg":"email-stage cannot start: EMAIL_URL must start with one of smtp:[^"]*"\}\n$/,
  ],
  [
    { EMAIL_URL: 'smtp://ada:secret@mail.example.org', EMAIL_HOST: 'mail.example.com' },
    /^\{"level":60,.*"msg":"email-stage cannot start: EMAIL_URL and EMAIL_HOST are both set and differ; set one or the other\."\}\n$/,
  ],
])('refuses the start with one line for %j', async (settings, line) => {
  const refused = start(settings);
  expect(await refused.ended()).toBe(1);
  expect(refused.output).toMatch(line);
});
