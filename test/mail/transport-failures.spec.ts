import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { SmtpSettings } from '../../src/mail/transport/smtp/smtp-settings.js';
import { hangUp, type Moment, silence } from '../support/smtp/scripted-server.js';
import { smtpServers } from '../support/smtp/servers.js';
import { login, outgoingMail, smtpSettings, startTransports, type TestTransports } from '../support/smtp/transports.js';

let test: TestTransports;
const servers = smtpServers();

beforeAll(async () => {
  test = await startTransports();
});
afterAll(() => test.stop());

function send({ port }: { port: number }, changes: Partial<SmtpSettings> = {}) {
  return test.transports.send(smtpSettings(port, changes), outgoingMail());
}

describe('an error reply', () => {
  const temporary = ['450 4.2.1 later', '451 4.3.0 later', '452 4.2.2 later'];
  const permanent = ['550 5.1.1 no', '552 5.3.4 no', '553 5.1.3 no', '554 5.7.1 no'];
  const moments: readonly [Moment, string][] = [
    ['MAIL', 'the sender'],
    ['RCPT', 'the recipient'],
    ['DATA', 'the mail'],
    ['message', 'the mail'],
  ];

  describe.each(moments)('at %s', (moment, what) => {
    it.each(temporary)('defers the mail for %s, and reuses the connection for the next one', async (reply) => {
      const server = await servers.scripted({ answers: { [moment]: [reply, usual(moment)] } });
      expect(await send(server)).toEqual({
        kind: 'deferred',
        reason: `localhost:${server.port} temporarily rejects ${what}.`,
        code: Number(reply.slice(0, 3)),
        reply: reply.slice(4),
        server: `localhost:${server.port}`,
        tls: null,
        unreachable: false,
      });
      expect(await send(server)).toMatchObject({ kind: 'accepted' });
      expect(server.connections).toBe(1);
      expect(server.mails.at(-1)).toContain('Subject: Confirm your address');
    });

    it.each(permanent)('fails the mail permanently for %s', async (reply) => {
      const server = await servers.scripted({ answers: { [moment]: reply } });
      expect(await send(server)).toEqual({
        kind: 'refused',
        reason: `localhost:${server.port} rejects ${what}.`,
        code: Number(reply.slice(0, 3)),
        reply: reply.slice(4),
        server: `localhost:${server.port}`,
        tls: null,
      });
    });

    it('defers the mail for 421 and marks the server unreachable', async () => {
      const server = await servers.scripted({ answers: { [moment]: ['421 4.3.2 closing', usual(moment)] } });
      expect(await send(server)).toMatchObject({ kind: 'deferred', code: 421, unreachable: true });
      expect(await send(server)).toMatchObject({ kind: 'accepted' });
      expect(server.connections).toBe(2);
    });

    it('defers the mail for 503, which concerns the session', async () => {
      const server = await servers.scripted({ answers: { [moment]: '503 bad sequence' } });
      expect(await send(server)).toMatchObject({ kind: 'deferred', code: 503, unreachable: false });
    });

    it('defers the mail for 530, which an administrator can fix', async () => {
      const server = await servers.scripted({ answers: { [moment]: '530 5.7.0 authentication required' } });
      expect(await send(server)).toMatchObject({
        kind: 'deferred',
        code: 530,
        unreachable: false,
        reason: expect.stringContaining('requires authentication'),
      });
    });
  });

  it.each<[Moment, string]>([
    ['greeting', '421 too busy'],
    ['greeting', '450 later'],
    ['greeting', '554 no service for you'],
    ['EHLO', '421 too busy'],
    ['EHLO', '451 later'],
    ['EHLO', '550 go away'],
    ['AUTH', '421 too busy'],
  ])('at %s defers the mail for %s and marks the server unreachable', async (moment, reply) => {
    const server = await servers.scripted({ answers: { [moment]: reply } });
    const code = Number(reply.slice(0, 3));
    expect(await send(server, login)).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      code,
      // Replies are not quoted before the server has accepted EHLO.
      reply: moment === 'AUTH' ? reply.slice(4) : '',
    });
    expect(server.verbs()).not.toContain('MAIL');
  });

  it.each([
    ['rejects DATA too', '503 5.5.1 no valid recipients'],
    ['accepts DATA anyway', '354 go ahead'],
  ])('to RCPT decides even if a server with PIPELINING %s', async (_, answer) => {
    const server = await servers.scripted({
      extensions: ['PIPELINING'],
      answers: { RCPT: '550 5.1.1 no', DATA: answer },
    });
    expect(await send(server)).toMatchObject({ kind: 'refused', code: 550, reply: '5.1.1 no' });
    expect(server.mails.join()).toBe('');
  });

  it('is reported in one line of at most 500 characters, without control characters', async () => {
    const reply = `550-5.1.1 no\x1b[31m\r\n550-\u202e${'x'.repeat(600)}\r\n550 end`;
    const server = await servers.scripted({ answers: { RCPT: reply } });
    const outcome = await send(server);
    expect(outcome).toMatchObject({
      kind: 'refused',
      code: 550,
      reply: expect.stringMatching(/^5\.1\.1 no \[31m x+…$/),
    });
    expect((outcome as { reply: string }).reply).toHaveLength(500);
  });
});

describe('a reply without a command', () => {
  it('defers the mail', async () => {
    const server = await servers.raw((socket) => {
      socket.on('error', () => undefined).write('220 hello\r\n');
      socket.on('data', (chunk) => {
        if (chunk.toString().startsWith('EHLO')) socket.write('250 hello\r\n');
        // The last line before the connection closes may lack its line end.
        else socket.end('554 5.3.0 sorry, I am going');
      });
    });
    expect(await send(server)).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      code: 554,
      reason: `localhost:${server.port} ended the session.`,
    });
  });
});

describe('a lost connection', () => {
  it.each<[Moment, RegExp]>([
    ['greeting', /closed the connection|was lost/],
    ['EHLO', /closed the connection|was lost/],
    ['AUTH', /closed the connection|was lost/],
    ['MAIL', /was lost after MAIL FROM/],
    ['RCPT', /was lost after RCPT TO/],
    ['DATA', /was lost after DATA/],
  ])('at %s defers the mail', async (moment, reason) => {
    const server = await servers.scripted({ answers: { [moment]: hangUp } });
    const outcome = await send(server, login);
    expect(outcome).toMatchObject({ kind: 'deferred', unreachable: true, reason: expect.stringMatching(reason) });
    expect(outcome).not.toHaveProperty('isDoubtful');
    expect(server.connections).toBe(1);
  });

  it('after the message defers the mail without an immediate retry, as the server may have accepted it', async () => {
    const server = await servers.scripted({ answers: { message: hangUp } });
    expect(await send(server)).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      isDoubtful: true,
      reason: expect.stringMatching(/was lost after the message\. It may have accepted/),
    });
    expect(server.mails).toHaveLength(1);
    expect(server.connections).toBe(1);
  });

  it('at a second EHLO is not met: a session without TLS has one', async () => {
    const server = await servers.scripted({ answers: { EHLO: ['250 scripted.example.org', hangUp] } });
    expect(await send(server)).toMatchObject({ kind: 'accepted' });
    expect(server.connections).toBe(1);
  });

  it('while idle is reopened', async () => {
    const server = await servers.scripted();
    expect(await send(server)).toMatchObject({ kind: 'accepted' });
    server.hangUp();
    expect(await send(server)).toMatchObject({ kind: 'accepted' });
    expect(server.connections).toBe(2);
  });
});

describe('an unavailable server', () => {
  it('defers mails until it is available', async () => {
    const first = await servers.scripted();
    expect(await send(first)).toMatchObject({ kind: 'accepted' });
    await first.stop();
    for (let count = 0; count < 3; count += 1) {
      expect(await send(first)).toEqual({
        kind: 'deferred',
        reason: `localhost:${first.port} refuses connections. Check host and port, and that the mail server is running.`,
        server: `localhost:${first.port}`,
        unreachable: true,
      });
    }
    const second = await servers.scripted({}, first.port);
    expect(await send(second)).toMatchObject({ kind: 'accepted' });
  });

  it('defers the mail if its host name does not resolve', async () => {
    expect(await send({ port: 25 }, { host: 'no-such-host.invalid' })).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      reason: expect.stringMatching(/"no-such-host\.invalid"/),
    });
  });

  it('defers the mail after totalTimeout, regardless of the step timeout', async () => {
    const server = await servers.scripted({ answers: { MAIL: silence } });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const received = server.received('MAIL');
      const outcome = send(server, { timeout: 3600, totalTimeout: 60 });
      await received;
      vi.advanceTimersByTime(60_000);
      expect(await outcome).toMatchObject({ reason: expect.stringContaining('took more than 60 s in total') });
    } finally {
      vi.useRealTimers();
    }
  });

  it('defers the mail if it speaks another protocol', async () => {
    const server = await servers.scripted({ answers: { greeting: 'HTTP/1.1 400 Bad Request' } });
    expect(await send(server)).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      reason: `localhost:${server.port} does not speak SMTP. Check host and port.`,
    });
  });
});

function usual(moment: Moment): string {
  return moment === 'DATA' ? '354 go ahead' : '250 ok';
}
