import { MailerService } from '@nestjs-modules/mailer';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { silence } from '../support/smtp/scripted-server.js';
import { smtpServers } from '../support/smtp/servers.js';
import { login, outgoingMail, smtpSettings, startTransports, type TestTransports } from '../support/smtp/transports.js';

let test: TestTransports;
const servers = smtpServers();

beforeEach(async () => {
  test = await startTransports({ SHUTDOWN_TIMEOUT: '5' });
});
afterEach(async () => {
  await test.stop();
  vi.useRealTimers();
});

function send(port: number, changes: Parameters<typeof smtpSettings>[1] = {}, subject = 'Hello') {
  return test.transports.send(smtpSettings(port, changes), outgoingMail({ subject }));
}

describe('mails to one server', () => {
  it('use at most five connections', async () => {
    const server = await servers.collecting();
    const subjects = Array.from({ length: 100 }, (_, index) => `Mail ${index}`);
    const outcomes = await Promise.all(subjects.map((subject) => send(server.port, {}, subject)));
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(server.mails.map(({ parsed }) => parsed.subject).sort()).toEqual(subjects.sort());
    expect(server.connections).toBeLessThanOrEqual(5);
  });

  it('use one connection if they are sent one by one', async () => {
    const server = await servers.collecting();
    for (let count = 0; count < 20; count += 1) expect(await send(server.port)).toMatchObject({ kind: 'accepted' });
    expect(server.connections).toBe(1);
  });

  it('are not affected by a failed mail before them', async () => {
    const server = await servers.scripted({ answers: { RCPT: ['550 no', '250 ok', '451 later', '250 ok'] } });
    const kinds = [];
    for (let count = 0; count < 5; count += 1) kinds.push((await send(server.port)).kind);
    expect(kinds).toEqual(['refused', 'accepted', 'deferred', 'accepted', 'accepted']);
    expect(server.connections).toBe(1);
  });

  it('are not delayed by mails to another server', async () => {
    const [hanging, working] = await Promise.all([
      servers.scripted({ answers: { MAIL: silence } }),
      servers.collecting(),
    ]);
    const slow = Array.from({ length: 12 }, () => send(hanging.port, { timeout: 0.3 }));
    const fast = await Promise.all(Array.from({ length: 12 }, () => send(working.port)));
    expect(fast.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect((await Promise.all(slow)).every(({ kind }) => kind === 'deferred')).toBe(true);
    expect(hanging.connections).toBe(12);
  });
});

describe('every mail', () => {
  it('is passed to the mailer as raw bytes', async () => {
    const server = await servers.collecting();
    const sendMail = vi.spyOn(test.module.get(MailerService), 'sendMail');
    await send(server.port, {}, '{{subject}}');
    const options = sendMail.mock.calls[0]![0];
    // Raw bytes, so that the mailer cannot treat anything as a template, path or address.
    expect(Object.keys(options).sort()).toEqual(['envelope', 'messageId', 'raw', 'signal', 'transporterName']);
    expect(options.raw).toBeInstanceOf(Buffer);
    expect(server.mails[0]!.parsed.subject).toBe('{{subject}}');
  });

  it('with malformed values is deferred as an internal error', async () => {
    const server = await servers.collecting();
    const html = { path: '/etc/passwd' } as never;
    expect(await test.transports.send(smtpSettings(server.port), outgoingMail({ html }))).toMatchObject({
      kind: 'deferred',
      unreachable: false,
      reason: expect.stringContaining('Internal error'),
    });
    expect(server.mails).toEqual([]);
  });
});

describe('connections', () => {
  it('are replaced after a password change', async () => {
    const server = await servers.collecting();
    expect(await send(server.port, { ...login, password: 'wrong' })).toMatchObject({ kind: 'deferred', code: 535 });
    expect(await send(server.port, login)).toMatchObject({ kind: 'accepted' });
    await expect.poll(() => server.open).toBe(1);
    const closed = vi.waitFor(() => expect(server.open).toBe(0), { timeout: 20_000 });
    expect(await send(server.port, { ...login, password: 'wrong again' })).toMatchObject({
      kind: 'deferred',
      code: 535,
    });
    await closed;
    expect(await send(server.port, login)).toMatchObject({ kind: 'accepted' });
    expect(server.mails.map(({ user }) => user)).toEqual(['ada', 'ada']);
  });

  it('with the old password finish their current mail', async () => {
    const server = await servers.scripted({ extensions: ['AUTH PLAIN'] });
    const received = server.received('MAIL');
    const first = send(server.port, { username: 'ada', password: 'old' });
    await received;
    expect(await send(server.port, { username: 'ada', password: 'new' })).toMatchObject({ kind: 'accepted' });
    expect(await first).toMatchObject({ kind: 'accepted' });
    await expect.poll(() => server.open).toBe(1);
  });

  it('are not shared between different settings', async () => {
    const server = await servers.collecting();
    await send(server.port, login);
    await send(server.port, { ...login, username: 'grace' });
    await send(server.port);
    expect(server.mails.map(({ user }) => user)).toEqual(['ada', 'grace', undefined]);
    expect(server.connections).toBe(3);
  });

  it('send QUIT when idle for half of the timeout', async () => {
    const server = await servers.scripted();
    await send(server.port, { timeout: 0.1 });
    await server.disconnected();
    expect(server.verbs().at(-1)).toBe('QUIT');
  });
});

describe('on shutdown', () => {
  it('finishes mails in flight, closes connections and defers new mails', async () => {
    const server = await servers.scripted();
    const received = server.received('MAIL');
    const pending = send(server.port);
    await received;
    await test.stop();
    expect(await pending).toMatchObject({ kind: 'accepted' });
    await server.disconnected();
    expect(await send(server.port)).toEqual({
      kind: 'deferred',
      reason: 'The service is shutting down.',
      unreachable: false,
    });
    expect(server.connections).toBe(1);
  });

  it('defers mails that hang or wait after five seconds', async () => {
    const server = await servers.scripted({ answers: { MAIL: silence } });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const received = server.received('MAIL');
    const pending = Array.from({ length: 8 }, () => send(server.port, { timeout: 60 }));
    await received;
    const stopped = test.stop();
    await vi.advanceTimersByTimeAsync(5000);
    await stopped;
    for (const outcome of await Promise.all(pending)) {
      expect(outcome).toMatchObject({ kind: 'deferred', unreachable: false, reason: 'The service is shutting down.' });
    }
    await server.disconnected();
    expect(server.connections).toBeLessThanOrEqual(5);
  });

  it('drops a session that is being opened', async () => {
    const server = await servers.scripted({ answers: { EHLO: silence } });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const received = server.received('EHLO');
    const pending = send(server.port, { timeout: 60 });
    await received;
    const stopped = test.stop();
    await vi.advanceTimersByTimeAsync(5000);
    await stopped;
    expect(await pending).toMatchObject({ kind: 'deferred', reason: 'The service is shutting down.' });
    await server.disconnected();
  });
});
