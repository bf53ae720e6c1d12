import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { SmtpSettings } from '../../src/mail/transport/smtp/smtp-settings.js';
import { credentials } from '../support/smtp/certificates.js';
import { hangUp, type Script, silence } from '../support/smtp/scripted-server.js';
import { smtpServers } from '../support/smtp/servers.js';
import {
  login,
  outgoingMail,
  password,
  smtpSettings,
  startTransports,
  type TestTransports,
} from '../support/smtp/transports.js';

let test: TestTransports;
let untrusting: TestTransports;
const servers = smtpServers();

beforeAll(async () => {
  [test, untrusting] = await Promise.all([startTransports(), startTransports({ EMAIL_CA_FILE: '' })]);
});
afterAll(() => Promise.all([test.stop(), untrusting.stop()]));

function check(server: { port: number }, changes: Partial<SmtpSettings> = {}, { check: checker } = test) {
  return checker.check(smtpSettings(server.port, { ...login, timeout: 5, ...changes }), 'service@example.org');
}

describe('a working server', () => {
  it('gets a success verdict with all steps and the transcript', async () => {
    const server = await servers.scripted({ tls: 'starttls' });
    const result = await check(server, { useTls: true });
    expect(result).toEqual({
      ok: true,
      verdict: `localhost:${server.port} accepts the login. Connections are secured with TLSv1.3.`,
      steps: [
        step('connect', `127.0.0.1 port ${server.port}`),
        step('greeting', 'scripted.example.org ESMTP'),
        step('ehlo', 'scripted.example.org STARTTLS AUTH PLAIN LOGIN'),
        step('tls', expect.stringMatching(/^TLSv1\.3, \w+, certificate verified$/)),
        step('ehlo', 'scripted.example.org AUTH PLAIN LOGIN'),
        step('auth', 'PLAIN'),
        step('mail', 'sender ok'),
      ],
      transcript: [
        'S: 220 scripted.example.org ESMTP',
        expect.stringMatching(/^C: EHLO \S+$/),
        'S: 250-scripted.example.org',
        'S: 250-STARTTLS',
        'S: 250 AUTH PLAIN LOGIN',
        'C: STARTTLS',
        'S: 220 go ahead',
        expect.stringMatching(/^\* TLSv1\.3, \w+, certificate verified$/),
        expect.stringMatching(/^C: EHLO \S+$/),
        'S: 250-scripted.example.org',
        'S: 250 AUTH PLAIN LOGIN',
        'C: AUTH PLAIN ***',
        'S: 235 welcome',
        'C: MAIL FROM:<service@example.org>',
        'S: 250 sender ok',
        'C: RSET',
        'S: 250 reset',
        'C: QUIT',
      ],
    });
    await server.disconnected();
    expect(server.verbs()).toEqual(['EHLO', 'STARTTLS', 'EHLO', 'AUTH', 'MAIL', 'RSET', 'QUIT']);
  });

  it('gets a success verdict with implicit TLS', async () => {
    const server = await servers.scripted({ tls: 'implicit' });
    const result = await check(server, { useSsl: true });
    expect(result).toMatchObject({ ok: true, verdict: expect.stringContaining('accepts the login') });
    expect(result.steps.map(({ name }) => name)).toEqual(['connect', 'tls', 'greeting', 'ehlo', 'auth', 'mail']);
  });

  it('gets a success verdict without authentication if no user name is set', async () => {
    const server = await servers.scripted({ tls: 'implicit' });
    expect(await check(server, { useSsl: true, username: '' })).toMatchObject({
      ok: true,
      verdict: expect.stringContaining('No user name is set, so authentication was skipped'),
    });
    expect(server.verbs()).not.toContain('AUTH');
  });

  it('gets a success verdict, and then accepts a mail', async () => {
    const server = await servers.collecting();
    expect(await check(server)).toMatchObject({ ok: true });
    expect(await test.transports.send(smtpSettings(server.port, login), outgoingMail())).toMatchObject({
      kind: 'accepted',
    });
  });

  it('gets a warning if nothing is encrypted', async () => {
    const server = await servers.scripted();
    expect(await check(server)).toMatchObject({
      ok: true,
      verdict: expect.stringContaining(
        'Warning: mails and the password are sent unencrypted. Set use_tls (in a URL: require_tls=true) or use_ssl (in a URL: smtps://)',
      ),
    });
  });

  it('gets a hint if TLS is opportunistic', async () => {
    const server = await servers.scripted({ tls: 'starttls', credentials: credentials('expired') });
    expect(await check(server)).toMatchObject({
      ok: true,
      verdict: expect.stringContaining('TLS is opportunistic: the certificate is not verified. Set use_tls'),
    });
  });

  it('gets a warning if certificates are not verified', async () => {
    const insecure = await startTransports({ EMAIL_TLS_INSECURE: '1' });
    const server = await servers.scripted({ tls: 'starttls', credentials: credentials('expired') });
    expect(await check(server, { useTls: true }, insecure)).toMatchObject({
      ok: true,
      verdict: expect.stringContaining('EMAIL_TLS_INSECURE is set'),
    });
    await insecure.stop();
  });
});

describe('an error verdict explains the problem and its fix', () => {
  it.each<[string, Script, Partial<SmtpSettings>, RegExp]>([
    [
      'missing implicit TLS',
      {},
      { useSsl: true },
      /does not use implicit TLS on this port\. Set use_tls \(in a URL: require_tls=true\) instead of use_ssl/,
    ],
    ['no STARTTLS', {}, { useTls: true }, /does not offer STARTTLS, so nothing was sent\. If it uses implicit TLS/],
    [
      'an expired certificate',
      { tls: 'starttls', credentials: credentials('expired') },
      { useTls: true },
      /has expired\. It was issued for localhost, 127\.0\.0\.1 by email-stage tests, and is valid from .* 2020 GMT to .* 2021 GMT\. Renew it/,
    ],
    [
      'an expired certificate with implicit TLS',
      { tls: 'implicit', credentials: credentials('expired') },
      { useSsl: true },
      /has expired\. It was issued for localhost, .* Renew it/,
    ],
    [
      'a certificate for another host',
      { tls: 'starttls', credentials: credentials('wrong-host') },
      { useTls: true },
      /is not valid for this host but for mail\.example\.org, smtp\.example\.org\..* Set the host to a name in the certificate/,
    ],
    [
      'a wrong password',
      { answers: { AUTH: '535 5.7.8 wrong' } },
      {},
      /rejects the authentication: "535 5\.7\.8 wrong"\. Check user name and password/,
    ],
    [
      'no authentication',
      { extensions: [] },
      {},
      /does not offer authentication, but a user name is set\. Many servers offer authentication only over TLS/,
    ],
    [
      'a server that declines service',
      { answers: { greeting: '554 blocked' } },
      {},
      /declines service \(code 554\)\. Ask its administrators/,
    ],
    [
      'another protocol',
      { answers: { greeting: 'SSH-2.0-OpenSSH_9.2' } },
      {},
      /does not speak SMTP\. Check host and port/,
    ],
    ['a lost connection', { answers: { EHLO: hangUp } }, {}, /closed the connection|was lost/],
  ])('%s', async (_, script, changes, verdict) => {
    const server = await servers.scripted(script);
    const result = await check(server, changes);
    expect(result).toMatchObject({ ok: false, verdict: expect.stringMatching(verdict) });
    expect(result.steps.at(-1)).toMatchObject({ ok: false });
    expect(server.verbs()).not.toContain('MAIL');
    await server.disconnected();
  });

  it('an untrusted CA', async () => {
    const server = await servers.scripted({ tls: 'starttls' });
    const { verdict } = await check(server, { useTls: true }, untrusting);
    expect(verdict).toMatch(/was issued by an untrusted CA\. It was issued for localhost, .* Set EMAIL_CA_FILE/);
    expect(server.verbs()).not.toContain('AUTH');
  });

  it.each([
    ['Redis', "-ERR unknown command 'EHLO' secret-of-redis"],
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\nserver: secret-of-http'],
    ['SSH', 'SSH-2.0-secret_of_ssh'],
  ])('quotes nothing of a %s server', async (_, greeting) => {
    const server = await servers.scripted({ answers: { greeting } });
    const result = await check(server);
    expect(result).toMatchObject({ ok: false, transcript: [] });
    expect(JSON.stringify(result)).not.toMatch(/secret|ERR|HTTP|SSH-/);
  });

  it.each<[string, NonNullable<Script['answers']>]>([
    ['FTP', { greeting: '220 secret FTP', EHLO: '500 secret command', HELO: '500 secret command' }],
    ['busy FTP', { greeting: '421 secret users' }],
    ['FTP that requires a login', { greeting: '220-secret\r\n220 banner', EHLO: '530 secret login' }],
    ['an unknown service that closes the connection', { greeting: '220 secret', EHLO: hangUp }],
  ])('quotes nothing of a server for %s that has not accepted EHLO', async (_, answers) => {
    const server = await servers.scripted({ answers });
    const result = await check(server);
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toMatch(/secret|banner/);
    const outcome = await test.transports.send(smtpSettings(server.port, login), outgoingMail());
    expect(outcome.kind).toBe('deferred');
    expect(JSON.stringify(outcome)).not.toMatch(/secret|banner/);
  });

  it('times out after 60 s, regardless of the timeout in the settings', async () => {
    const server = await servers.scripted({ answers: { EHLO: silence } });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const received = server.received('EHLO');
      const result = check(server, { timeout: 3600 });
      await received;
      vi.advanceTimersByTime(60_000);
      expect(await result).toMatchObject({ ok: false, verdict: expect.stringContaining('more than 60 s in total') });
    } finally {
      vi.useRealTimers();
    }
  });

  it('a refused connection', async () => {
    const server = await servers.scripted();
    await server.stop();
    expect(await check(server)).toMatchObject({
      ok: false,
      verdict: `localhost:${server.port} refuses connections. Check host and port, and that the mail server is running.`,
      steps: [{ name: 'connect', ok: false }],
      transcript: [],
    });
  });

  it('a connection timeout', async () => {
    const server = await servers.deaf();
    const { verdict } = await check(server, { host: '127.0.0.1', timeout: 0.5 });
    expect(verdict).toMatch(/did not accept a connection within 0\.5 s\. Check host, port and firewalls/);
  });

  it('an unknown host name', async () => {
    const { verdict } = await check({ port: 25 }, { host: 'no-such-host.invalid' });
    expect(verdict).toMatch(/^(Host|DNS lookup of) "no-such-host\.invalid".* (Correct|Check) /);
  });

  it('contradictory settings, without connecting', async () => {
    const server = await servers.scripted();
    expect(await check(server, { useTls: true, useSsl: true })).toEqual({
      ok: false,
      verdict: expect.stringContaining('Both use_tls and use_ssl are set'),
      steps: [],
      transcript: [],
    });
    expect(server.connections).toBe(0);
  });
});

describe('secrets', () => {
  const encoded = Buffer.from(password).toString('base64');
  const payload = Buffer.from(`\0ada\0${password}`).toString('base64');

  it.each(['PLAIN', 'LOGIN', 'CRAM-MD5'])('are not in the result of the check with %s', async (mechanism) => {
    const reply = `535 you said ${password}, ${encoded}, ${payload}`;
    const server = await servers.scripted({ extensions: [`AUTH ${mechanism}`], answers: { AUTH: reply } });
    const result = await check(server);
    expect(result.ok).toBe(false);
    const response = server.commands().at(-1)!.replace('AUTH PLAIN ', '');
    const output = JSON.stringify([result, test.log]);
    for (const secret of [password, encoded, payload, response]) expect(output).not.toContain(secret);
    expect(output).toContain('***');
  });
});

function step(name: string, detail: unknown) {
  return { name, ok: true, milliseconds: expect.any(Number), detail };
}
