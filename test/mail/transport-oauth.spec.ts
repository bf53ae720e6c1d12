import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { readSettings } from '../../src/config/read-settings.js';
import { globalTransports } from '../../src/mail/transport/global-transport.js';
import type { TransportSettings } from '../../src/mail/transport/mail-transport.js';
import {
  AuthorizationServer,
  clientSecret,
  expiredSecret,
  firstRefreshToken,
} from '../support/authorization-server.js';
import { credentials, fileOf } from '../support/smtp/certificates.js';
import type { CollectingServer } from '../support/smtp/collecting-server.js';
import { smtpServers } from '../support/smtp/servers.js';
import { outgoingMail, startTransports, type TestTransports } from '../support/smtp/transports.js';

const servers = smtpServers();
const mailbox = 'books@library.example';
let test: TestTransports;
let authorization: AuthorizationServer;
let folder: string;
let accountFile: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oauth-'));
  accountFile = join(folder, 'account.json');
  const { key } = credentials('oauth-client');
  const privateKey = key.slice(key.indexOf('-----BEGIN PRIVATE KEY'));
  const account = { client_email: 'mail@project.example', private_key: privateKey, private_key_id: 'key-1' };
  writeFileSync(accountFile, JSON.stringify({ type: 'service_account', ...account }));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  authorization = new AuthorizationServer();
  await authorization.listen();
  test = await startTransports();
});
afterEach(async () => {
  await test.stop();
  authorization.close();
});

/** Starts a mail server that takes valid tokens of the mailbox. @param rejected tokens that it does not take */
function mailServer(rejected: (token: string) => 'at once' | 'after a challenge' | undefined = () => undefined) {
  const onAuth: SMTPServerOptions['onAuth'] = ({ username, accessToken = '' }, _, done) => {
    const isValid = username === mailbox && authorization.tokens.has(accessToken);
    const how = isValid ? rejected(accessToken) : 'at once';
    if (how === 'at once') done(new Error('5.7.3 Authentication unsuccessful'));
    else done(null, how === undefined ? { user: `${username} by ${accessToken}` } : { data: { status: '400' } });
  };
  return servers.collecting({ authMethods: ['XOAUTH2', 'PLAIN'], onAuth });
}

/** Settings of EMAIL_URL with these parameters, for this server and the authorization server of the test. */
function settings({ port }: Pick<CollectingServer, 'port'>, parameters: Record<string, string>): TransportSettings {
  const query = new URLSearchParams({ require_tls: 'false', token_url: authorization.url, ...parameters });
  const url = `smtp://${encodeURIComponent(mailbox)}@127.0.0.1:${port}?${query.toString()}`;
  const [transport] = globalTransports(readSettings({ EMAIL_URL: url, EMAIL_TIMEOUT: '5' }).settings);
  return transport!;
}

const microsoft = { oauth: 'microsoft', tenant: 'library.example', client_id: '4c1e', client_secret: clientSecret };

/** Returns the owner of the token of the latest login. */
function owner(server: CollectingServer): string {
  const [, token = ''] = server.mails.at(-1)?.user?.split(' by ') ?? [];
  return Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
}

describe('A token for a login', () => {
  const cases: [string, () => Record<string, string>, string][] = [
    ['of Microsoft with a secret', () => microsoft, '4c1e with https://outlook.office365.com/.default'],
    [
      'of Microsoft with a certificate',
      () => ({ ...microsoft, client_secret: '', key_file: fileOf('oauth-client') }),
      '4c1e with https://outlook.office365.com/.default',
    ],
    [
      'of Microsoft with a certificate in the URL',
      () => ({ ...microsoft, client_secret: '', key: readFileSync(fileOf('oauth-client'), 'base64') }),
      '4c1e with https://outlook.office365.com/.default',
    ],
    [
      'of a Google service account whose key is in the URL',
      () => ({ oauth: 'google', key: readFileSync(accountFile, 'base64url') }),
      `mail@project.example for ${mailbox}`,
    ],
    [
      'of a Google service account, for the mailbox',
      () => ({ oauth: 'google', key_file: accountFile }),
      `mail@project.example for ${mailbox}`,
    ],
    [
      'of Google with a refresh token',
      () => ({ oauth: 'google', client_id: 'g1', client_secret: clientSecret, refresh_token: firstRefreshToken }),
      'g1',
    ],
    [
      'of another server',
      () => ({ oauth: 'other', client_id: 'c1', client_secret: clientSecret, scope: 'mail' }),
      'c1 with mail',
    ],
  ];
  it.each(cases)('%s is accepted', async (_, parameters, expected) => {
    const server = await mailServer();
    expect(await test.transports.send(settings(server, parameters()), outgoingMail())).toMatchObject({
      kind: 'accepted',
    });
    expect(owner(server)).toBe(expected);
  });

  it('is sent as XOAUTH2 describes, and in no other mechanism', async () => {
    const server = await servers.scripted({ extensions: ['AUTH PLAIN LOGIN XOAUTH2'] });
    await test.transports.send(settings(server, microsoft), outgoingMail());
    const [token = ''] = authorization.tokens;
    const sent = Buffer.from(`user=${mailbox}\x01auth=Bearer ${token}\x01\x01`).toString('base64');
    expect(server.commands().filter((line) => line.startsWith('AUTH'))).toEqual([`AUTH XOAUTH2 ${sent}`]);
  });

  it('is fetched once for mails that are sent at the same time', async () => {
    const server = await mailServer();
    let release: () => void = () => undefined;
    authorization.hold = new Promise((resolve) => (release = resolve));
    const mails = Array.from({ length: 20 }, () => test.transports.send(settings(server, microsoft), outgoingMail()));
    const check = test.check.check(settings(server, microsoft), mailbox);
    await expect.poll(() => authorization.requests.length).toBe(1);
    release();
    expect((await Promise.all(mails)).map(({ kind }) => kind)).toEqual(mails.map(() => 'accepted'));
    expect((await check).ok).toBe(true);
    expect(authorization.requests).toHaveLength(1);
  });

  it.each(['at once', 'after a challenge'] as const)('is replaced once if the server rejects it %s', async (how) => {
    const first = (token: string) => (token === [...authorization.tokens][0] ? how : undefined);
    const server = await mailServer(first);
    expect(await test.transports.send(settings(server, microsoft), outgoingMail())).toMatchObject({ kind: 'accepted' });
    expect(authorization.requests).toHaveLength(2);
    expect([server.connections, server.mails.length]).toEqual([1, 1]);
  });

  it.each(['at once', 'after a challenge'] as const)(
    'that the server keeps rejecting %s defers mails without asking for one each time',
    async (how) => {
      const server = await mailServer(() => how);
      const outcomes = [];
      for (let count = 0; count < 3; count += 1) {
        outcomes.push(await test.transports.send(settings(server, microsoft), outgoingMail()));
      }
      expect(outcomes.map(({ kind }) => kind)).toEqual(['deferred', 'deferred', 'deferred']);
      expect(outcomes[0]).toMatchObject({
        code: 535,
        unreachable: false,
        reason: expect.stringMatching(/rejects the authentication: "535 .*SMTP\.SendAsApp/),
      });
      expect(authorization.requests).toHaveLength(2);
    },
  );

  it('is not sent in clear to a server that offers TLS', async () => {
    const server = await servers.scripted({
      tls: 'starttls',
      extensions: ['AUTH XOAUTH2'],
      answers: { STARTTLS: '454 no' },
    });
    expect(await test.transports.send(settings(server, microsoft), outgoingMail())).toMatchObject({ kind: 'deferred' });
    expect(server.verbs()).not.toContain('AUTH');
  });

  it('defers the mail if the server does not take tokens', async () => {
    const server = await servers.scripted({ extensions: ['AUTH PLAIN LOGIN'] });
    const reason = expect.stringContaining('offers no supported authentication mechanism, only PLAIN, LOGIN');
    expect(await test.transports.send(settings(server, microsoft), outgoingMail())).toMatchObject({ reason });
    expect(server.verbs()).not.toContain('AUTH');
  });
});

describe('A token that cannot be obtained', () => {
  it('defers the mail with the words of the provider and what to do', async () => {
    const server = await mailServer();
    authorization.refusal = expiredSecret;
    const { host } = new URL(authorization.url);
    expect(await test.transports.send(settings(server, microsoft), outgoingMail())).toMatchObject({
      kind: 'deferred',
      unreachable: false,
      reason:
        `${host} says that the client secret has expired: "invalid_client: AADSTS7000222: The provided client secret keys ` +
        `for app '4c1e' are expired. Visit the Azure portal to create new keys for your app.". Create a new secret in ` +
        'Microsoft Entra (App registrations, Certificates & secrets), and set it as client_secret.',
    });
    expect(server.connections).toBe(0);
  });

  it('is not asked for again by each mail, but is after a while', async () => {
    const server = await mailServer();
    authorization.refusal = { status: 503, body: 'Down' };
    const send = () => test.transports.send(settings(server, microsoft), outgoingMail());
    const outcomes = [await send(), await send(), await send()];
    const { host } = new URL(authorization.url);
    const reason = `${host} gives no token now: status 503.`;
    expect(outcomes).toEqual(outcomes.map(() => expect.objectContaining({ kind: 'deferred', reason })));
    expect(authorization.requests).toHaveLength(1);
  });

  it('shows no secret, in the outcome, in the check or in the log', async () => {
    const server = await mailServer();
    const wrong = settings(server, { ...microsoft, client_secret: 'another~secret' });
    const outcome = await test.transports.send(wrong, outgoingMail());
    const report = await test.check.check(wrong, mailbox);
    expect(outcome).toMatchObject({ reason: expect.stringContaining('the client secret is wrong') });
    expect(report.verdict).toContain('Set client_secret to the value of the secret, not to its ID.');
    const good = await test.check.check(settings(server, microsoft), mailbox);
    const shown = JSON.stringify([outcome, report, good, test.log]);
    for (const secret of ['another~secret', clientSecret, ...authorization.tokens]) expect(shown).not.toContain(secret);
  });
});

it('A check obtains a token, logs in and shows neither', async () => {
  const server = await mailServer();
  const report = await test.check.check(settings(server, microsoft), mailbox);
  expect(report).toMatchObject({ ok: true, verdict: expect.stringContaining('accepts the login') });
  expect(report.steps.map(({ name }) => name)).toEqual(['token', 'connect', 'greeting', 'ehlo', 'auth', 'mail']);
  expect(report.transcript).toContain('C: AUTH XOAUTH2 ***');
});
