import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { SmtpSettings } from '../../src/mail/transport/smtp/smtp-settings.js';
import { type Moment, type Script, type ScriptedServer, silence } from '../support/smtp/scripted-server.js';
import { SmtpServers } from '../support/smtp/servers.js';
import { login, outgoingMail, smtpSettings, startTransports, type TestTransports } from '../support/smtp/transports.js';

/** Seconds. Longer than the steps before the silence take on a busy machine; all mails and checks of a group wait together. */
const timeout = 4;

let test: TestTransports;
const servers = new SmtpServers();

beforeAll(async () => {
  test = await startTransports();
});
afterAll(async () => {
  await servers.stop();
  await test.stop();
});

function send({ port }: { port: number }, changes: Partial<SmtpSettings> = {}) {
  return test.transports.send(smtpSettings(port, { timeout, ...changes }), outgoingMail());
}

function check({ port }: { port: number }, changes: Partial<SmtpSettings>) {
  return test.check.check(smtpSettings(port, { ...login, timeout, ...changes }), 'service@example.org');
}

describe('a silent server', () => {
  const moments: readonly [Moment, RegExp][] = [
    ['greeting', /did not answer within 4 s \(greeting\)/],
    ['EHLO', /did not answer within 4 s \(EHLO\)/],
    ['STARTTLS', /did not answer within 4 s \(STARTTLS\)/],
    ['handshake', /did not finish the TLS handshake within 4 s/],
    ['AUTH', /did not answer within 4 s \(AUTH PLAIN\)/],
    ['MAIL', /did not answer within 4 s after MAIL FROM/],
    ['RCPT', /did not answer within 4 s after RCPT TO/],
    ['DATA', /did not answer within 4 s after DATA/],
    ['message', /did not answer within 4 s after the message. It may have accepted the mail anyway/],
  ];
  const attempts = new Map<Moment, { server: ScriptedServer; outcome: ReturnType<typeof send> }>();

  beforeAll(async () => {
    for (const [moment] of moments) {
      const server = await servers.scripted({ tls: 'starttls', answers: { [moment]: silence } });
      attempts.set(moment, { server, outcome: send(server, { ...login, useTls: true }) });
    }
  });

  it('times out if it does not accept the connection', async () => {
    const server = await servers.deaf();
    expect(await send(server, { timeout: 0.4, host: '127.0.0.1' })).toEqual({
      kind: 'deferred',
      reason: expect.stringContaining(`127.0.0.1:${server.port} did not accept a connection within 0.4 s. Check host`),
      server: `127.0.0.1:${server.port}`,
      unreachable: true,
    });
  });

  it.each(moments)('times out at %s', async (moment, reason) => {
    const { server, outcome } = attempts.get(moment)!;
    expect(await outcome).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      reason: expect.stringMatching(reason),
    });
    await server.disconnected();
    expect(server.connections).toBe(1);
  });
});

describe('a slow server', () => {
  it('times out if it sends byte by byte', async () => {
    const timers: NodeJS.Timeout[] = [];
    let started = (): void => undefined;
    const mail = new Promise<void>((resolve) => (started = resolve));
    const server = await servers.raw((socket) => {
      socket.write('220 hello\r\n');
      socket
        .on('error', () => undefined)
        .on('data', (chunk) => {
          if (chunk.toString().startsWith('EHLO')) socket.write('250 hello\r\n');
          else {
            timers.push(setInterval(() => socket.write('2'), 10));
            started();
          }
        });
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const outcome = send(server, { timeout: 10 });
      await mail;
      vi.advanceTimersByTime(40_000);
      expect(await outcome).toMatchObject({
        kind: 'deferred',
        unreachable: true,
        reason: expect.stringContaining('took more than 40 s in total'),
      });
    } finally {
      vi.useRealTimers();
      timers.forEach((timer) => clearInterval(timer));
    }
  });
});

describe('a timeout verdict explains the problem and its fix', () => {
  const cases: readonly [string, Script, Partial<SmtpSettings>, RegExp][] = [
    [
      'unexpected implicit TLS',
      { tls: 'implicit' },
      {},
      /^localhost:\d+ expects implicit TLS on this port: set use_ssl \(in a URL: smtps:\/\/\) instead of use_tls \(in a URL: require_tls=true\)\.$/,
    ],
    [
      'implicit TLS instead of STARTTLS',
      { tls: 'implicit' },
      { useTls: true },
      /expects implicit TLS on this port: set use_ssl/,
    ],
    [
      'silence',
      { answers: { greeting: silence } },
      {},
      /did not answer within 4 s \(greeting\)\. A server with implicit TLS/,
    ],
    ['silence later', { answers: { AUTH: silence } }, {}, /did not answer within 4 s \(AUTH PLAIN\)/],
  ];
  const checks = new Map<string, { server: ScriptedServer; checking: ReturnType<typeof check> }>();

  beforeAll(async () => {
    for (const [name, script, changes] of cases) {
      const server = await servers.scripted(script);
      checks.set(name, { server, checking: check(server, changes) });
    }
  });

  it.each(cases)('%s', async (name, _script, _changes, verdict) => {
    const { server, checking } = checks.get(name)!;
    const result = await checking;
    expect(result).toMatchObject({ ok: false, verdict: expect.stringMatching(verdict) });
    expect(result.steps.at(-1)).toMatchObject({ ok: false });
    expect(server.verbs()).not.toContain('MAIL');
    await server.disconnected();
  });
});
