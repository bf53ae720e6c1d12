import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { SmtpSettings } from '../../src/mail/transport/smtp/smtp-settings.js';
import { type CertificateName, credentials } from '../support/smtp/certificates.js';
import { type Script, type ScriptedServer, silence } from '../support/smtp/scripted-server.js';
import { smtpServers } from '../support/smtp/servers.js';
import { login, outgoingMail, smtpSettings, startTransports, type TestTransports } from '../support/smtp/transports.js';

const modes = [
  { name: 'use_tls', tls: 'starttls', settings: { useTls: true } },
  { name: 'use_ssl', tls: 'implicit', settings: { useSsl: true } },
] as const;

let test: TestTransports;
const servers = smtpServers();

beforeAll(async () => {
  test = await startTransports();
});
afterAll(() => test.stop());

function send(server: ScriptedServer, changes: Partial<SmtpSettings>, { transports } = test) {
  return transports.send(smtpSettings(server.port, { ...login, ...changes }), outgoingMail());
}

/** Commands that must not be sent without TLS. */
const sensitive = /^(AUTH|MAIL|RCPT|DATA)/;

describe.each(modes)('$name', ({ tls, settings }) => {
  it('encrypts authentication and mail', async () => {
    const server = await servers.scripted({ tls });
    expect(await send(server, settings)).toMatchObject({ kind: 'accepted', tls: 'TLSv1.3', code: 250 });
    const lines = server.lines.filter(({ text }) => sensitive.test(text));
    expect(lines.map(({ text }) => text.split(' ')[0])).toEqual(['AUTH', 'MAIL', 'RCPT', 'DATA']);
    expect(lines.every(({ secured }) => secured)).toBe(true);
  });

  it('accepts a certificate for an IP address', async () => {
    const server = await servers.scripted({ tls });
    expect(await send(server, { ...settings, host: '127.0.0.1' })).toMatchObject({ kind: 'accepted', tls: 'TLSv1.3' });
  });

  it('reports TLS 1.2', async () => {
    const server = await servers.scripted({ tls, credentials: { ...credentials('localhost'), maxVersion: 'TLSv1.2' } });
    expect(await send(server, settings)).toMatchObject({ kind: 'accepted', tls: 'TLSv1.2' });
  });

  it('rejects versions before 1.2', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const server = await servers.scripted({ tls, credentials: { ...credentials('localhost'), ...old } });
    expect(await send(server, settings)).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      reason: expect.stringContaining('does not support TLS 1.2 or newer'),
    });
    expect(server.commands().join()).not.toMatch(/AUTH|MAIL/);
  });

  it.each<[CertificateName, RegExp]>([
    ['expired', /^The certificate of localhost:\d+ or of its issuer has expired\. Renew it/],
    [
      'wrong-host',
      /^The certificate of localhost:\d+ is not valid for this host but for mail\.example\.org, smtp\.example\.org\. Set/,
    ],
  ])('sends nothing to a server whose certificate is %s', async (certificate, reason) => {
    const server = await servers.scripted({ tls, credentials: credentials(certificate) });
    const outcome = await send(server, settings);
    expect(outcome).toMatchObject({ kind: 'deferred', unreachable: true, reason: expect.stringMatching(reason) });
    expect(outcome).not.toHaveProperty('tls');
    expect(server.commands().join()).not.toMatch(/AUTH|MAIL/);
    await server.disconnected();
  });

  it('does not trust an unknown private CA', async () => {
    const server = await servers.scripted({ tls });
    const untrusting = await startTransports({ EMAIL_CA_FILE: '' });
    expect(await send(server, settings, untrusting)).toMatchObject({
      kind: 'deferred',
      reason: expect.stringContaining('was issued by an untrusted CA'),
    });
    expect(server.commands().join()).not.toMatch(/AUTH|MAIL/);
    expect(untrusting.log.join('\n')).not.toContain('EMAIL_TLS_INSECURE');
    await untrusting.stop();
  });

  it('accepts any certificate with EMAIL_TLS_INSECURE, and logs warnings', async () => {
    const insecure = await startTransports({ EMAIL_CA_FILE: '', EMAIL_TLS_INSECURE: 'true' });
    expect(insecure.log.join('\n')).toContain('certificates of mail servers are not verified');
    const server = await servers.scripted({ tls, credentials: credentials('expired') });
    expect(await send(server, settings, insecure)).toMatchObject({ kind: 'accepted', tls: 'TLSv1.3' });
    expect(insecure.log.join('\n')).toContain(`The certificate of localhost:${server.port} is not verified`);
    await insecure.stop();
  });
});

describe('a server without the required TLS', () => {
  it.each([
    ['does not offer STARTTLS', {}, 'does not offer STARTTLS, so nothing was sent'],
    ['has it stripped', { extensions: ['XXXXXXXA', 'AUTH PLAIN'] }, 'does not offer STARTTLS'],
    ['rejects it', { tls: 'starttls', answers: { STARTTLS: '454 not now' } }, 'rejects STARTTLS: "454 not now".'],
    [
      'does not implement it',
      { tls: 'starttls', answers: { STARTTLS: '502 what?' } },
      'rejects STARTTLS: "502 what?".',
    ],
    ['does not implement EHLO', { answers: { EHLO: '502 what?' } }, 'does not offer STARTTLS'],
  ] satisfies [string, Script, string][])('gets neither credentials nor mail if it %s', async (_, script, reason) => {
    const server = await servers.scripted(script);
    expect(await send(server, { useTls: true })).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      reason: expect.stringContaining(reason),
    });
    await server.disconnected();
    expect(server.verbs()).not.toContain('AUTH');
    expect(server.verbs()).not.toContain('MAIL');
    expect(server.connections).toBe(1);
  });

  it('is detected if it lacks implicit TLS', async () => {
    const server = await servers.scripted();
    expect(await send(server, { useSsl: true })).toMatchObject({
      kind: 'deferred',
      reason: expect.stringContaining('does not use implicit TLS on this port'),
    });
    await server.disconnected();
    expect(server.mails).toEqual([]);
  });

  it('times out if it expects implicit TLS instead of STARTTLS', async () => {
    const server = await servers.scripted({ tls: 'implicit' });
    expect(await send(server, { useTls: true, timeout: 0.2 })).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      reason: expect.stringContaining('did not answer within 0.2 s (greeting)'),
    });
  });

  it('is not contacted if the settings are contradictory', async () => {
    const server = await servers.scripted({ tls: 'starttls' });
    expect(await send(server, { useTls: true, useSsl: true })).toEqual({
      kind: 'refused',
      reason: expect.stringContaining('Both use_tls and use_ssl are set'),
    });
    expect(server.connections).toBe(0);
  });
});

describe('a man in the middle', () => {
  it.each([
    ['a whole reply', '220 go ahead\r\n250-evil.example\r\n250 AUTH PLAIN'],
    ['the beginning of a reply', '220 go ahead\r\n250-evil.example'],
    ['some bytes', '220 go ahead\r\nx'],
  ])('cannot inject %s into the TLS session', async (_, answer) => {
    const server = await servers.scripted({ tls: 'starttls', answers: { STARTTLS: answer } });
    expect(await send(server, { useTls: true })).toMatchObject({
      kind: 'deferred',
      reason: expect.stringContaining('sent unsolicited data'),
    });
    await server.disconnected();
    expect(server.commands()).toEqual([expect.stringMatching(/^EHLO/), 'STARTTLS']);
  });

  it('cannot inject replies ahead of commands', async () => {
    const server = await servers.scripted({ answers: { greeting: '220 hello\r\n250-evil.example\r\n250 AUTH PLAIN' } });
    expect(await send(server, {})).toMatchObject({
      kind: 'deferred',
      reason: expect.stringContaining('unsolicited data'),
    });
    expect(server.commands()).toEqual([]);
  });

  it('cannot carry extensions over into the TLS session', async () => {
    const secured = '250-scripted.example.org\r\n250 8BITMIME';
    const clear = '250-scripted.example.org\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN';
    const server = await servers.scripted({ tls: 'starttls', answers: { EHLO: [clear, secured] } });
    expect(await send(server, { useTls: true })).toMatchObject({
      kind: 'deferred',
      unreachable: false,
      reason: expect.stringContaining('does not offer authentication, but a user name is set'),
    });
    expect(server.verbs()).not.toContain('AUTH');
  });
});

describe('with opportunistic TLS', () => {
  it('uses STARTTLS if offered, with any certificate', async () => {
    const server = await servers.scripted({ tls: 'starttls', credentials: credentials('wrong-host') });
    expect(await send(server, {})).toMatchObject({ kind: 'accepted', tls: 'TLSv1.3' });
    expect(server.lines.filter(({ text }) => sensitive.test(text)).every(({ secured }) => secured)).toBe(true);
  });

  it.each([
    ['does not offer it', {}],
    ['rejects it', { tls: 'starttls', answers: { STARTTLS: '454 not now' } }],
    ['fails at it', { tls: 'starttls', answers: { handshake: silence } }],
  ] satisfies [string, Script][])('sends mails unencrypted to a server that %s', async (_, script) => {
    const server = await servers.scripted(script);
    const settings = smtpSettings(server.port, { timeout: 1 });
    expect(await test.transports.send(settings, outgoingMail())).toMatchObject({ kind: 'accepted', tls: null });
    expect(server.mails).toHaveLength(1);
  });

  it('authenticates without TLS to a loopback server that does not offer it', async () => {
    const server = await servers.scripted();
    expect(await send(server, {})).toMatchObject({ kind: 'accepted', tls: null });
    expect(server.verbs()).toContain('AUTH');
  });

  it.each([
    ['rejects it', { tls: 'starttls', answers: { STARTTLS: '454 not now' } }],
    ['fails at it', { tls: 'starttls', answers: { handshake: silence } }],
  ] satisfies [string, Script][])('never sends the password to a server that offers it and %s', async (_, script) => {
    const server = await servers.scripted(script);
    expect(await send(server, { timeout: 1 })).toMatchObject({
      kind: 'deferred',
      unreachable: false,
      reason: expect.stringMatching(/has no TLS, so the password was not sent.*EMAIL_ALLOW_CLEAR_LOGIN=true/),
    });
    await server.disconnected();
    expect(server.verbs()).not.toContain('AUTH');
    expect(server.mails).toEqual([]);
  });

  it('authenticates without TLS with EMAIL_ALLOW_CLEAR_LOGIN', async () => {
    const allowing = await startTransports({ EMAIL_ALLOW_CLEAR_LOGIN: 'true' });
    const server = await servers.scripted({ tls: 'starttls', answers: { STARTTLS: '454 not now' } });
    expect(await send(server, {}, allowing)).toMatchObject({ kind: 'accepted', tls: null });
    expect(server.verbs()).toContain('AUTH');
    await allowing.stop();
  });
});

describe('EMAIL_CA_FILE', () => {
  const folder = mkdtempSync(join(tmpdir(), 'authorities-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['cannot be read', undefined, /EMAIL_CA_FILE cannot be read: ENOENT/],
    ['contains no certificate', 'hello', /EMAIL_CA_FILE: no PEM certificate/],
    [
      'contains a malformed certificate',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      /EMAIL_CA_FILE: .* cannot be read/,
    ],
  ])('that %s stops the start', async (_, content, message) => {
    const file = join(folder, `${content?.length}.pem`);
    if (content !== undefined) writeFileSync(file, content);
    await expect(startTransports({ EMAIL_CA_FILE: file })).rejects.toThrow(message);
  });
});
