import 'reflect-metadata';

import { Writable } from 'node:stream';

import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readSettings } from '../../src/config/read-settings.js';
import { type App, createApp } from '../../src/configure-app.js';
import { BootstrapService } from '../../src/core/bootstrap/bootstrap.service.js';
import { dataSourceOptions } from '../../src/data-source.js';
import { createToken, keyOf } from '../factories/token.js';
import { createUser } from '../factories/user.js';
import { ApiClient } from '../support/api-client.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const adminKey = 'administrators-key-of-this-test-2b9d';
const secretKey = 'secret-key-of-this-test-0123456789-abcdef';

let database: TestDatabase;
let app: App;
let url: string;
const log: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const { settings } = readSettings({
    DATABASE_URL: database.url,
    SECRET_KEY: secretKey,
    BOOTSTRAP_TOKEN: adminKey,
  });
  const sink = new Writable({
    write(line: Buffer, _, done) {
      log.push(line.toString());
      done();
    },
  });
  const options = {
    dataSource: dataSourceOptions(database.url),
    secretKey,
    connect: true,
    migrateAtStart: true,
    report: () => undefined,
  };
  app = await createApp(settings, options, pino({ level: 'trace' }, sink));
  await app.nest.get(BootstrapService).run();
  await app.nest.listen(0, '127.0.0.1');
  url = await app.nest.getUrl();
});
afterAll(async () => {
  await app.nest.close();
  await database.drop();
});

describe('Keys of tokens and passwords of users', () => {
  it('appear in no log line, and in no response except those meant to return them', async () => {
    const api = new ApiClient(url, adminKey);
    const secrets = [
      'set-key-41d0a7-0123456789-0123456789',
      'refused-key-90ce13',
      'unknown-key-7e5521',
      'password-of-a-user-c0ffee',
    ];
    const [set, refused, unknown, password] = secrets as [string, string, string, string];
    const user = await createUser(api);
    const token = await createToken(api, { user: user.pk });
    const generated = await keyOf(api, token.identifier);
    const path = `/core/tokens/${token.identifier}/`;
    const { body: account } = await api.post('/core/users/service_account/', { name: 'robot' });
    const answers = [
      token,
      user,
      await new ApiClient(url, generated).get('/core/users/me/'),
      await api.post(`${path}set_key/`, { key: set }),
      await api.post(`${path}set_key/`, { key: [refused] }),
      await api.request('POST', `${path}set_key/`, {
        headers: { 'content-type': 'application/json' },
        raw: `{"key":"${refused}" oops`,
      }),
      await new ApiClient(url, set).get('/core/tokens/'),
      await new ApiClient(url, generated).get('/core/users/me/'),
      await new ApiClient(url, unknown).get('/core/users/me/'),
      await api.post(`/core/users/${user.pk}/set_password/`, { password }),
      await api.post(`/core/users/${user.pk}/set_password/`, { password: [refused] }),
      await api.get(`${path}used_by/`),
      await api.get('/core/tokens/'),
      await api.get('/core/users/'),
      await api.get(`/core/users/${user.pk}/`),
      await api.get('/events/events/'),
    ];
    expect(log.length).toBeGreaterThan(answers.length);
    const texts = [JSON.stringify(answers), log.join('')];
    for (const secret of [...secrets, generated, account.token, adminKey, secretKey]) {
      for (const text of texts) expect(text).not.toContain(secret);
    }
    for (const text of texts) expect(text).not.toMatch(/\bv1\.[\w-]{20,}|\$argon2/);
  });
});
