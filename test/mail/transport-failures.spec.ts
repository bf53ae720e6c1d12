import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { SmtpSettings } from '../../src/mail/transport/smtp-settings.js';
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

describe('a reply that ends a try', () => {
  const temporary = ['450 4.2.1 later', '451 4.3.0 later', '452 4.2.2 later'];
  const permanent = ['550 5.1.1 no', '552 5.3.4 no', '553 5.1.3 no', '554 5.7.1 no'];
  const moments: readonly [Moment, string][] = [
    ['MAIL', 'the sender'],
    ['RCPT', 'the recipient'],
    ['DATA', 'the mail'],
    ['message', 'the mail'],
  ];

  describe.each(moments)('at %s', (moment, what) => {
    it.each(temporary)('defers the mail for %s, and the next one goes over the same connection', async (reply) => {
      const server = await servers.scripted({ answers: { [moment]: [reply, usual(moment)] } });
      expect(await send(server)).toEqual({
        kind: 'deferred',
        reason: `localhost:${server.port} does not take ${what} now.`,
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

    it.each(permanent)('refuses the mail for %s', async (reply) => {
      const server = await servers.scripted({ answers: { [moment]: reply } });
      expect(await send(server)).toEqual({
        kind: 'refused',
        reason: `localhost:${server.port} refuses ${what}.`,
        code: Number(reply.slice(0, 3)),
        reply: reply.slice(4),
        server: `localhost:${server.port}`,
        tls: null,
      });
    });

    it('defers it for 421, which is about the server', async () => {
      const server = await servers.scripted({ answers: { [moment]: ['421 4.3.2 closing', usual(moment)] } });
      expect(await send(server)).toMatchObject({ kind: 'deferred', code: 421, unreachable: true });
      expect(await send(server)).toMatchObject({ kind: 'accepted' });
      expect(server.connections).toBe(2);
    });

    it('defers it for 503, which is about the session', async () => {
      const server = await servers.scripted({ answers: { [moment]: '503 bad sequence' } });
      expect(await send(server)).toMatchObject({ kind: 'deferred', code: 503, unreachable: false });
    });

    it('defers it for 530, which an administrator can put right', async () => {
      const server = await servers.scripted({ answers: { [moment]: '530 5.7.0 authentication required' } });
      expect(await send(server)).toMatchObject({
        kind: 'deferred',
        code: 530,
        unreachable: false,
        reason: expect.stringContaining('wants a login first'),
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
  ])('defers the mail at %s for %s, and so is the server', async (moment, reply) => {
    const server = await servers.scripted({ answers: { [moment]: reply } });
    const code = Number(reply.slice(0, 3));
    expect(await send(server, login)).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      code,
      // Nothing is quoted before the server has answered EHLO.
      reply: moment === 'AUTH' ? reply.slice(4) : '',
    });
    expect(server.verbs()).not.toContain('MAIL');
  });

  it.each([
    ['refuses DATA too', '503 5.5.1 no valid recipients'],
    ['takes DATA all the same', '354 go ahead'],
  ])('is that to RCPT, even if a server with PIPELINING %s', async (_, answer) => {
    const server = await servers.scripted({
      extensions: ['PIPELINING'],
      answers: { RCPT: '550 5.1.1 no', DATA: answer },
    });
    expect(await send(server)).toMatchObject({ kind: 'refused', code: 550, reply: '5.1.1 no' });
    expect(server.mails.join()).toBe('');
  });

  it('is told in one line of 500 characters at most, without control characters', async () => {
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

describe('a reply that answers nothing', () => {
  it('is not held against the mail', async () => {
    const server = await servers.raw((socket) => {
      socket.on('error', () => undefined).write('220 hello\r\n');
      socket.on('data', (chunk) => {
        if (chunk.toString().startsWith('EHLO')) socket.write('250 hello\r\n');
        // The last line of a connection may come without its end.
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

describe('a server that says nothing', () => {
  const timeout = 0.4;

  it('is given up when it does not take the connection', async () => {
    const server = await servers.deaf();
    expect(await send(server, { timeout, host: '127.0.0.1' })).toEqual({
      kind: 'deferred',
      reason: expect.stringContaining(`127.0.0.1:${server.port} did not accept a connection within 0.4 s. Check host`),
      server: `127.0.0.1:${server.port}`,
      unreachable: true,
    });
  });

  it.each<[Moment, RegExp]>([
    ['greeting', /did not answer within 0.4 s \(greeting\)/],
    ['EHLO', /did not answer within 0.4 s \(EHLO\)/],
    ['STARTTLS', /did not answer within 0.4 s \(STARTTLS\)/],
    ['handshake', /did not finish the TLS handshake within 0.4 s/],
    ['AUTH', /did not answer within 0.4 s \(AUTH PLAIN\)/],
    ['MAIL', /did not answer within 0.4 s after MAIL FROM/],
    ['RCPT', /did not answer within 0.4 s after RCPT TO/],
    ['DATA', /did not answer within 0.4 s after DATA/],
    ['message', /did not answer within 0.4 s after the whole mail. It may have accepted the mail all the same/],
  ])('is given up at %s', async (moment, reason) => {
    const server = await servers.scripted({ tls: 'starttls', answers: { [moment]: silence } });
    const outcome = await send(server, { ...login, useTls: true, timeout });
    expect(outcome).toMatchObject({ kind: 'deferred', unreachable: true, reason: expect.stringMatching(reason) });
    await server.silent();
    expect(server.connections).toBe(1);
  });

  it('is given up as well when it says so byte by byte', async () => {
    const timers: NodeJS.Timeout[] = [];
    const server = await servers.raw((socket) => {
      socket.write('220 hello\r\n');
      socket
        .on('error', () => undefined)
        .on('data', (chunk) => {
          if (chunk.toString().startsWith('EHLO')) socket.write('250 hello\r\n');
          else timers.push(setInterval(() => socket.write('2'), 10));
        });
    });
    expect(await send(server, { timeout })).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      reason: expect.stringContaining('took more than 1.6 s altogether'),
    });
    timers.forEach((timer) => clearInterval(timer));
  });
});

describe('a connection that breaks', () => {
  it.each<[Moment, RegExp]>([
    ['greeting', /closed the connection|broke/],
    ['EHLO', /closed the connection|broke/],
    ['AUTH', /closed the connection|broke/],
    ['MAIL', /broke after MAIL FROM/],
    ['RCPT', /broke after RCPT TO/],
    ['DATA', /broke after DATA/],
  ])('at %s defers the mail', async (moment, reason) => {
    const server = await servers.scripted({ answers: { [moment]: hangUp } });
    expect(await send(server, login)).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      reason: expect.stringMatching(reason),
    });
    expect(server.connections).toBe(1);
  });

  it('after the mail defers it without a second try of its own: the server may have it', async () => {
    const server = await servers.scripted({ answers: { message: hangUp } });
    expect(await send(server)).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      reason: expect.stringMatching(/broke after the whole mail\. It may have accepted/),
    });
    expect(server.mails).toHaveLength(1);
    expect(server.connections).toBe(1);
  });

  it('when the session is handed on defers it too', async () => {
    const server = await servers.scripted({ answers: { EHLO: ['250 scripted.example.org', hangUp] } });
    expect(await send(server)).toMatchObject({ kind: 'deferred', unreachable: true });
    expect(server.connections).toBe(1);
  });

  it('while it is not used is no failure', async () => {
    const server = await servers.scripted();
    expect(await send(server)).toMatchObject({ kind: 'accepted' });
    server.hangUp();
    expect(await send(server)).toMatchObject({ kind: 'accepted' });
    expect(server.connections).toBe(2);
  });
});

describe('a server that is not there', () => {
  it('defers the mail until it is', async () => {
    const first = await servers.scripted();
    expect(await send(first)).toMatchObject({ kind: 'accepted' });
    await first.stop();
    for (let count = 0; count < 3; count += 1) {
      expect(await send(first)).toEqual({
        kind: 'deferred',
        reason: `localhost:${first.port} refuses connections. Check host and port, and that the mail server runs.`,
        server: `localhost:${first.port}`,
        unreachable: true,
      });
    }
    const second = await servers.scripted({}, first.port);
    expect(await send(second)).toMatchObject({ kind: 'accepted' });
  });

  it('defers the mail if its name is not known', async () => {
    expect(await send({ port: 25 }, { host: 'no-such-host.invalid' })).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      reason: expect.stringMatching(/"no-such-host\.invalid"/),
    });
  });

  it('defers the mail after totalTimeout, whatever the timeout of a step is', async () => {
    const server = await servers.scripted({ answers: { MAIL: silence } });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const heard = server.heard('MAIL');
      const outcome = send(server, { timeout: 3600, totalTimeout: 60 });
      await heard;
      vi.advanceTimersByTime(60_000);
      expect(await outcome).toMatchObject({ reason: expect.stringContaining('took more than 60 s altogether') });
    } finally {
      vi.useRealTimers();
    }
  });

  it('is not taken for one that speaks something else', async () => {
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
