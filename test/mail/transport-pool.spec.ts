import { MailerService } from '@nestjs-modules/mailer';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { silence } from '../support/smtp/scripted-server.js';
import { smtpServers } from '../support/smtp/servers.js';
import { login, outgoingMail, smtpSettings, startTransports, type TestTransports } from '../support/smtp/transports.js';

let test: TestTransports;
const servers = smtpServers();

beforeEach(async () => {
  test = await startTransports();
});
afterEach(async () => {
  await test.stop();
  vi.useRealTimers();
});

function send(port: number, changes: Parameters<typeof smtpSettings>[1] = {}, subject = 'Hello') {
  return test.transports.send(smtpSettings(port, changes), outgoingMail({ subject }));
}

describe('many mails to one server', () => {
  it('go over five connections at most', async () => {
    const server = await servers.collecting();
    const subjects = Array.from({ length: 100 }, (_, index) => `Mail ${index}`);
    const outcomes = await Promise.all(subjects.map((subject) => send(server.port, {}, subject)));
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(server.mails.map(({ parsed }) => parsed.subject).sort()).toEqual(subjects.sort());
    expect(server.connections).toBeLessThanOrEqual(5);
  });

  it('go over one connection if they come one by one', async () => {
    const server = await servers.collecting();
    for (let count = 0; count < 20; count += 1) expect(await send(server.port)).toMatchObject({ kind: 'accepted' });
    expect(server.connections).toBe(1);
  });

  it('do not keep a bad one from going, nor are kept by it', async () => {
    const server = await servers.scripted({ answers: { RCPT: ['550 no', '250 ok', '451 later', '250 ok'] } });
    const kinds = [];
    for (let count = 0; count < 5; count += 1) kinds.push((await send(server.port)).kind);
    expect(kinds).toEqual(['refused', 'accepted', 'deferred', 'accepted', 'accepted']);
    expect(server.connections).toBe(1);
  });

  it('wait for each other, not for those to another server', async () => {
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
  it('goes through the mailer, without anything that it would fill in or read', async () => {
    const server = await servers.collecting();
    const sendMail = vi.spyOn(test.module.get(MailerService), 'sendMail');
    await send(server.port, {}, '{{subject}}');
    const given = sendMail.mock.calls[0]![0];
    // Bytes, so that there is nothing that it could fill in, look up or read.
    expect(Object.keys(given).sort()).toEqual(['envelope', 'messageId', 'raw', 'signal', 'transporterName']);
    expect(given.raw).toBeInstanceOf(Buffer);
    expect(server.mails[0]!.parsed.subject).toBe('{{subject}}');
  });

  it('that is not made of what it should be is no end of the process', async () => {
    const server = await servers.collecting();
    const html = { path: '/etc/passwd' } as never;
    expect(await test.transports.send(smtpSettings(server.port), outgoingMail({ html }))).toMatchObject({
      kind: 'deferred',
      unreachable: false,
      reason: expect.stringContaining('Something failed here'),
    });
    expect(server.mails).toEqual([]);
  });
});

describe('connections', () => {
  it('are made anew with a new password, and those with the old one are closed', async () => {
    const server = await servers.collecting();
    expect(await send(server.port, { ...login, password: 'wrong' })).toMatchObject({ kind: 'deferred', code: 535 });
    expect(await send(server.port, login)).toMatchObject({ kind: 'accepted' });
    await vi.waitFor(() => expect(server.open).toBe(1));
    const closed = vi.waitFor(() => expect(server.open).toBe(0));
    expect(await send(server.port, { ...login, password: 'wrong again' })).toMatchObject({
      kind: 'deferred',
      code: 535,
    });
    await closed;
    expect(await send(server.port, login)).toMatchObject({ kind: 'accepted' });
    expect(server.mails.map(({ user }) => user)).toEqual(['ada', 'ada']);
  });

  it('with the old password end the mail that they carry first', async () => {
    const server = await servers.scripted({ extensions: ['AUTH PLAIN'] });
    const heard = server.heard('MAIL');
    const first = send(server.port, { username: 'ada', password: 'old' });
    await heard;
    expect(await send(server.port, { username: 'ada', password: 'new' })).toMatchObject({ kind: 'accepted' });
    expect(await first).toMatchObject({ kind: 'accepted' });
    await vi.waitFor(() => expect(server.open).toBe(1));
  });

  it('are not shared by different settings', async () => {
    const server = await servers.collecting();
    await send(server.port, login);
    await send(server.port, { ...login, username: 'grace' });
    await send(server.port);
    expect(server.mails.map(({ user }) => user)).toEqual(['ada', 'grace', undefined]);
    expect(server.connections).toBe(3);
  });

  it('say goodbye when they are not used for half of their time', async () => {
    const server = await servers.scripted();
    await send(server.port, { timeout: 0.1 });
    await server.silent();
    expect(server.verbs().at(-1)).toBe('QUIT');
  });
});

describe('when the service stops', () => {
  it('mails under way are ended, connections closed, and new mails put off', async () => {
    const server = await servers.scripted();
    const heard = server.heard('MAIL');
    const under = send(server.port);
    await heard;
    await test.stop();
    expect(await under).toMatchObject({ kind: 'accepted' });
    await server.silent();
    expect(await send(server.port)).toEqual({
      kind: 'deferred',
      reason: 'The service is being stopped.',
      unreachable: false,
    });
    expect(server.connections).toBe(1);
  });

  it('mails that do not end are put off after five seconds, those that wait for them too', async () => {
    const server = await servers.scripted({ answers: { MAIL: silence } });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const heard = server.heard('MAIL');
    const under = Array.from({ length: 8 }, () => send(server.port, { timeout: 60 }));
    await heard;
    const stopped = test.stop();
    await vi.advanceTimersByTimeAsync(5000);
    await stopped;
    for (const outcome of await Promise.all(under)) {
      expect(outcome).toMatchObject({ kind: 'deferred', unreachable: false, reason: 'The service is being stopped.' });
    }
    await server.silent();
    expect(server.connections).toBeLessThanOrEqual(5);
  });

  it('a session that is being opened is dropped', async () => {
    const server = await servers.scripted({ answers: { EHLO: silence } });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const heard = server.heard('EHLO');
    const under = send(server.port, { timeout: 60 });
    await heard;
    const stopped = test.stop();
    await vi.advanceTimersByTimeAsync(5000);
    await stopped;
    expect(await under).toMatchObject({ kind: 'deferred', reason: 'The service is being stopped.' });
    await server.silent();
  });
});
