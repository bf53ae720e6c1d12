import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SMTPServerOptions } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { sendTestMail } from '../../src/commands/send-test-mail.js';
import { readSettings } from '../../src/config/read-settings.js';
import { AuthorizationServer, clientSecret } from '../support/authorization-server.js';
import { graphReply } from '../support/graph-api.js';
import { apiKey, providerApis } from '../support/mail-provider-apis.js';
import { MailProviderServer } from '../support/mail-provider-server.js';
import { authorityFile, credentials } from '../support/smtp/certificates.js';
import { CollectingServer } from '../support/smtp/collecting-server.js';
import { password } from '../support/smtp/transports.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const sender = 'books@library.example';
let app: TestApp;
let folder: string;
/** Mail servers with and without TLS. */
let secured: CollectingServer;
let plain: CollectingServer;
let authorization: AuthorizationServer;
let tokenUrl: string;
const provider = new MailProviderServer(() => 'closed');
let host: string;
/** The values of `EMAIL_URL` in README.md and docs/mail.md, by the name of the provider. */
const urls = new Map<string, string>();

/** Takes passwords and tokens. */
const onAuth: SMTPServerOptions['onAuth'] = ({ method, username, password: given, accessToken = '' }, _, done) => {
  const isValid = method === 'XOAUTH2' ? authorization.tokens.has(accessToken) : given === password;
  done(isValid ? null : new Error('5.7.3 Authentication unsuccessful'), { user: `${method} ${username}` });
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mail-providers-'));
  await chmod(folder, 0o755);
  const pem = credentials('oauth-client').key;
  const account = { client_email: 'mail@project.example', private_key: pem.slice(pem.indexOf('-----BEGIN PRIVATE')) };
  await writeFile(join(folder, 'account.json'), JSON.stringify(account));
  authorization = new AuthorizationServer();
  tokenUrl = await authorization.listen();
  const { cert, key } = credentials('localhost');
  const authMethods = ['XOAUTH2', 'PLAIN'];
  secured = await CollectingServer.start({ cert, key, disabledCommands: [], authMethods, onAuth });
  plain = await CollectingServer.start();
  host = await provider.listen();
  for (const file of ['README.md', 'docs/mail.md']) {
    const text = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
    for (const [, name = '', url = ''] of text.matchAll(/^\| ([^|`]*?) +\| `([a-z+]+:\/\/[^`]*)`/gm)) {
      if (!urls.has(name)) urls.set(name, url);
    }
  }
  app = await startTestApp({ ROLE: 'api', DATA_DIR: folder });
});
afterAll(async () => {
  await app.stop();
  await secured.stop();
  await plain.stop();
  provider.close();
  authorization.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  for (const { mails } of [secured, plain]) mails.length = 0;
  provider.calls.length = 0;
});

/** Returns the URL of a provider in the documentation with these values in place of what the reader fills in. */
function urlOf(name: string, values: Readonly<Record<string, string>>): string {
  const filled = (urls.get(name) ?? '').replace(/<([^>]+)>/g, (whole, placeholder: string) => {
    const value = values[placeholder];
    return value === undefined ? whole : encodeURIComponent(value);
  });
  expect(filled, name).toMatch(/^[a-z+]+:\/\/[^<>]+$/);
  return filled;
}

/** Sends a mail as `email:test` does. */
async function sendWith(url: string, wait = 30): Promise<{ isAccepted: boolean; output: string }> {
  const { settings } = readSettings({
    EMAIL_URL: url,
    EMAIL_FROM: sender,
    EMAIL_CA_FILE: authorityFile,
    DATABASE_URL: (app.dataSource.options as { url: string }).url,
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
    DATA_DIR: folder,
  });
  const lines: string[] = [];
  const fields = { to: 'ada@example.com', template: undefined, locale: undefined };
  const isAccepted = await sendTestMail(settings, { fields, stage: undefined, wait }, (line) => lines.push(line));
  return { isAccepted, output: lines.join('\n') };
}

async function expectAccepted(url: string, by: string): Promise<void> {
  const { isAccepted, output } = await sendWith(url);
  expect(output).toContain(`Attempt 1: accepted by ${by}`);
  expect(isAccepted).toBe(true);
  for (const secret of [apiKey, clientSecret, password]) expect(output).not.toContain(secret);
}

describe('email:test sends by the EMAIL_URL in the documentation, with only another host', { timeout: 60_000 }, () => {
  const oauth = { tenant: 'library.example', client_id: '4c1e', id: '4c1e', secret: clientSecret };

  it.each([
    ['Microsoft 365', 'smtp.office365.com:587', oauth, `XOAUTH2 ${sender}`],
    ['Google Workspace', 'smtp.gmail.com:587', {}, `XOAUTH2 ${sender}`],
  ])('of %s, with a token and over TLS', async (name, usual, values, user) => {
    const url = urlOf(name, values).replace(usual, `localhost:${secured.port}`).replace('/etc/mail', folder);
    await expectAccepted(`${url}&token_url=${encodeURIComponent(tokenUrl)}`, `localhost:${secured.port} (TLSv1.3)`);
    expect(secured.mails).toMatchObject([{ from: sender, to: ['ada@example.com'], secured: true, user }]);
  });

  it.each([
    ['Gmail', 'smtp.gmail.com:587', { address: sender, 'app password': password }],
    ['a mail server', 'mail.library.example:587', { user: sender, password }],
  ])('of %s, with a password and over TLS', async (name, usual, values) => {
    const url = urlOf(name, values).replace(usual, `localhost:${secured.port}`);
    await expectAccepted(url, `localhost:${secured.port} (TLSv1.3)`);
    expect(secured.mails).toMatchObject([{ secured: true, user: `PLAIN ${sender}` }]);
  });

  it('of Mailpit', async () => {
    await expectAccepted(urlOf('Mailpit, on your machine', {}).replace('1025', String(plain.port)), '127.0.0.1');
    expect(plain.mails).toHaveLength(1);
  });

  it.each([
    ['Amazon SES', 'ses+api', { 'key ID': 'AKIDEXAMPLE', secret: apiKey }, 'default'],
    ['Resend', 'resend', { 'API key': apiKey }, 'default'],
    ['Postmark', 'postmark', { 'server token': apiKey }, 'default'],
    ['SendGrid', 'sendgrid', { 'API key': apiKey }, 'default'],
    ['Mailgun', 'mailgun', { 'API key': apiKey }, 'default'],
    ['a service of your own', 'https', { secret: apiKey }, 'mail.library.example'],
  ])('of %s', async (name, scheme, values, usual) => {
    provider.handle = providerApis[scheme]!.api;
    await expectAccepted(urlOf(name, values).replace(`@${usual}`, `@${host}`), host);
    expect(provider.calls).toHaveLength(1);
  });

  it('of Microsoft Graph, with the addresses of a national cloud', async () => {
    provider.handle = (call) => graphReply(call, (token) => authorization.tokens.has(token), sender);
    const url = urlOf('Microsoft Graph', { 'client ID': '4c1e', secret: clientSecret, tenant: 'library.example' });
    const addresses = new URLSearchParams({ endpoint: `http://${host}`, token_url: tokenUrl });
    await expectAccepted(`${url}?${addresses.toString()}`, host);
    expect(provider.calls).toHaveLength(1);
  });

  it('of failover, by the second transport while the first one is down', async () => {
    provider.handle = providerApis['resend']!.api;
    const [written = ''] =
      /failover\(smtp.*?@default\)/.exec(await readFile(new URL('../../docs/mail.md', import.meta.url), 'utf8')) ?? [];
    const url = written
      .replace('mail.library.example:587', '127.0.0.1:1')
      .replace('re_123@default', `${encodeURIComponent(apiKey)}@${host}`);
    await expectAccepted(url, host);
    expect(provider.calls).toHaveLength(1);
  });

  it('is refused by the provider of a wrong key, and the output has no secret', async () => {
    provider.handle = providerApis['resend']!.api;
    const { isAccepted, output } = await sendWith(`resend://re_wrong-key@${host}`, 3);
    expect(isAccepted).toBe(false);
    expect(output).toContain('API key is invalid');
    expect(output).not.toContain('re_wrong-key');
  });
});
