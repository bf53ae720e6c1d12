import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { reloadSettings } from '../../src/config/reload-settings.js';
import { SETTINGS, type Settings } from '../../src/config/settings.js';
import { createPlainUser } from '../support/plain-user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const password = 'password-of-the-server-0123456789';

let app: TestApp;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'));
  await writeFile(join(folder, 'password'), password);
  app = await startTestApp({
    EMAIL_HOST: '127.0.0.1',
    EMAIL_USERNAME: 'books',
    EMAIL_PASSWORD_FILE: join(folder, 'password'),
    EMAIL_USE_TLS: 'yes',
    ALLOWED_REDIRECTS: 'https://a.example,https://b.example',
  });
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true });
});

async function settings(): Promise<Record<string, any>> {
  const { status, body } = await app.api.get('/root/settings/');
  expect(status).toBe(200);
  return Object.fromEntries(body.map((setting: { name: string }) => [setting.name, setting]));
}

describe('/root/settings/', () => {
  it('has every setting of .env.example, with its description', async () => {
    const example = readFileSync('.env.example', 'utf8');
    const names = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    const shown = await settings();
    expect(Object.keys(shown)).toEqual(names);
    for (const { name, description } of Object.values(shown)) expect(description, name).toMatch(/\w/);
    expect(shown['MAIL_RETENTION']).toEqual({
      name: 'MAIL_RETENTION',
      description: 'Days that sent and failed mails are kept in the list of messages',
      ...{ value: '30', default: '30', source: 'default', is_secret: false, is_set: true, reloadable: true },
    });
  });

  it('has the values in use, and where they come from', async () => {
    const shown = await settings();
    expect(shown['EMAIL_USE_TLS']).toMatchObject({ value: 'true', default: 'false', source: 'environment' });
    expect(shown['ALLOWED_REDIRECTS']).toMatchObject({ value: 'https://a.example, https://b.example' });
    expect(shown['EMAIL_REPLY_TO']).toMatchObject({ value: null, source: 'default', is_set: false });
  });

  it('shows no secret', async () => {
    const shown = await settings();
    expect(shown['EMAIL_PASSWORD']).toMatchObject({ value: null, source: 'file', is_secret: true, is_set: true });
    expect(shown['DATABASE_URL']).toMatchObject({ value: null, default: null, is_set: true, is_secret: true });
    const text = JSON.stringify(shown);
    for (const secret of [password, 'secret-key-of-the-tests', 'administrator-of-the-tests', 'postgres://postgres']) {
      expect(text).not.toContain(secret);
    }
  });

  it('shows what a reload has changed', async () => {
    const used = app.nest.get<Settings>(SETTINGS);
    const given = { DATABASE_URL: used.databaseUrl, SECRET_KEY: used.secretKey, MAIL_RETENTION: '7', EMAIL_PORT: '26' };
    reloadSettings(used, given);
    const shown = await settings();
    expect(shown['MAIL_RETENTION']).toMatchObject({ value: '7', source: 'environment' });
    expect(shown['EMAIL_PORT']).toMatchObject({ value: '25', source: 'default' });
    expect(shown['EMAIL_HOST']).toMatchObject({ value: '127.0.0.1', source: 'environment' });
  });

  it('is for superusers', async () => {
    const user = app.client(await createPlainUser(app.dataSource, ['authentik_mail.view_mailmessage']));
    expect((await user.get('/root/settings/')).status).toBe(403);
    expect((await app.client(undefined).get('/root/settings/')).status).toBe(403);
  });
});
