import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { SmtpSettings } from '../../src/mail/transport/smtp/smtp-settings.js';
import { hangUp, type Script } from '../support/smtp/scripted-server.js';
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

function check({ port }: { port: number }, changes: Partial<SmtpSettings> = {}) {
  return test.check.check(smtpSettings(port, changes), 'service@example.org');
}

describe('a server that accepts one mail per connection', () => {
  const manyMails = '421 4.7.0 too many messages in this session';

  it.each(['MAIL', 'RCPT', 'DATA', 'message'] as const)(
    'gets each mail once, over a new connection, if it ends the session with 421 at %s',
    async (moment) => {
      const server = await servers.scripted({
        answers: { [moment]: (_: unknown, times: number) => (times > 1 ? manyMails : undefined) },
      });
      for (let count = 0; count < 3; count += 1) expect(await send(server)).toMatchObject({ kind: 'accepted' });
      expect(server.connections).toBe(3);
    },
  );

  it('gets each mail if it offers PIPELINING', async () => {
    const server = await servers.scripted({
      extensions: ['PIPELINING'],
      answers: { MAIL: (_, times) => (times > 1 ? manyMails : undefined) },
    });
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => send(server)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 20 }, () => 'accepted'));
    expect(server.mails).toHaveLength(20);
  });

  it('gets each mail if it drops the connection at the next MAIL', async () => {
    const server = await servers.scripted({ answers: { MAIL: (_, times) => (times > 1 ? hangUp : undefined) } });
    for (let count = 0; count < 3; count += 1) expect(await send(server)).toMatchObject({ kind: 'accepted' });
    expect(server.connections).toBe(3);
  });

  it('gets no retry if it ends a new session with 421', async () => {
    const server = await servers.scripted({ answers: { MAIL: manyMails } });
    expect(await send(server)).toMatchObject({ kind: 'deferred', code: 421, unreachable: true });
    expect(server.connections).toBe(1);
  });
});

describe('a server that requires TLS', () => {
  const demand = '530 5.7.0 Must issue a STARTTLS command first';
  const oldTls = { tls: 'starttls', credentials: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } } as const;
  const script: Script = {
    ...oldTls,
    answers: { MAIL: ({ secured }) => (secured ? undefined : demand) },
  };

  it('gets an error that names the failed TLS with opportunistic TLS', async () => {
    const server = await servers.scripted(script);
    const reason = expect.stringMatching(/^localhost:\d+ requires TLS, which failed: /);
    expect(await send(server)).toMatchObject({ kind: 'deferred', code: 530, unreachable: false, reason });
    expect((await send(server)) as object).not.toHaveProperty('reason', expect.stringContaining('password'));
    expect(await check(server)).toMatchObject({
      ok: false,
      verdict: expect.stringMatching(/requires TLS, which failed: .* Its reply: "530 5\.7\.0 Must issue a STARTTLS/),
    });
  });

  it('gets an error that names the failed TLS at the login', async () => {
    const server = await servers.scripted(script);
    expect(await send(server, login)).toMatchObject({
      kind: 'deferred',
      reason: expect.stringMatching(
        /has no TLS, so the password was not sent\. TLS failed: .* Set use_tls \(in a URL: require_tls=true\) or use_ssl \(in a URL: smtps:\/\/\)/,
      ),
    });
  });

  it('gets an error that names the missing STARTTLS', async () => {
    const server = await servers.scripted({ answers: { MAIL: demand } });
    expect(await send(server)).toMatchObject({
      kind: 'deferred',
      reason: expect.stringMatching(/requires TLS, but does not offer STARTTLS\. Set use_ssl/),
    });
  });

  it.each(['530 5.7.0 Must issue a STARTTLS command first', '538 5.7.11 Encryption required'])(
    'gets an error that names required TLS if it answers the login with %s',
    async (reply) => {
      const server = await servers.scripted({ answers: { AUTH: reply } });
      const { verdict } = await check(server, login);
      expect(verdict).toMatch(
        /requires TLS for the authentication: .*Set use_tls \(in a URL: require_tls=true\) or use_ssl \(in a URL: smtps:\/\/\)/,
      );
      expect(verdict).not.toContain('Check user name');
    },
  );
});

describe('the client name in EHLO', () => {
  const refusal = '550 5.7.1 address literals are not accepted, give a name';
  const namesOnly: Script = { answers: { EHLO: ({ text }) => (text.includes('[') ? refusal : undefined) } };

  it('is that of the settings', async () => {
    const server = await servers.scripted(namesOnly);
    expect(await send(server, { clientName: 'id.library.example' })).toMatchObject({ kind: 'accepted' });
    expect(server.commands().filter((line) => line.startsWith('EHLO'))).toEqual(['EHLO id.library.example']);
    expect(await check(server, { clientName: 'id.library.example' })).toMatchObject({ ok: true });
  });

  it('is named in the error of a server that rejects it', async () => {
    const server = await servers.scripted(namesOnly);
    expect(await check(server, { clientName: '[192.0.2.1]' })).toMatchObject({
      ok: false,
      verdict: expect.stringMatching(
        /This service says that it is \[192\.0\.2\.1\]; set EMAIL_HELO if the server wants/,
      ),
    });
  });

  it.each(['500 what', '501 5.5.4 invalid argument', '502 no', '504 5.5.2 need a fully qualified name'])(
    'is sent with HELO after %s',
    async (reply) => {
      const server = await servers.scripted({ answers: { EHLO: reply } });
      expect(await send(server)).toMatchObject({ kind: 'accepted' });
      expect(await check(server)).toMatchObject({ ok: true });
    },
  );

  it('is sent with HELO to a server with implicit TLS', async () => {
    const server = await servers.scripted({ tls: 'implicit', answers: { EHLO: '502 no' } });
    expect(await send(server, { useSsl: true })).toMatchObject({ kind: 'accepted', tls: 'TLSv1.3' });
  });
});

describe('a server that offers an authentication mechanism but does not support it', () => {
  it('gets the next mechanism', async () => {
    const server = await servers.scripted({
      answers: { AUTH: ['504 5.7.4 Unrecognized authentication type', '235 welcome'] },
    });
    expect(await send(server, login)).toMatchObject({ kind: 'accepted' });
    expect(
      server
        .commands()
        .filter((line) => line.startsWith('AUTH'))
        .map((line) => line.split(' ')[1]),
    ).toEqual(['PLAIN', 'LOGIN']);
  });

  it('gets no other mechanism after a wrong password', async () => {
    const server = await servers.scripted({ answers: { AUTH: '535 5.7.8 wrong' } });
    expect(await send(server, login)).toMatchObject({ kind: 'deferred', code: 535 });
    expect(server.verbs().filter((verb) => verb === 'AUTH')).toHaveLength(1);
  });
});

describe('a reply without a code after the message', () => {
  it.each(['OK queued', '2nd mail queued', '25 queued', '2500 queued', 'queued as 250'])(
    'does not count as acceptance: %s',
    async (reply) => {
      const server = await servers.scripted({ answers: { message: reply } });
      expect(await send(server)).toEqual({
        kind: 'deferred',
        reason: `localhost:${server.port} sent no valid SMTP reply after the message. It may have accepted the mail anyway.`,
        server: `localhost:${server.port}`,
        tls: null,
        unreachable: false,
        isDoubtful: true,
      });
    },
  );
});

describe('a server that rejects the sender', () => {
  it('does not pass the check', async () => {
    const server = await servers.scripted({ answers: { MAIL: '553 5.7.1 not your address' } });
    expect(await check(server)).toMatchObject({
      ok: false,
      verdict: `localhost:${server.port} rejects the sender. Its reply: "553 5.7.1 not your address".`,
      steps: expect.arrayContaining([expect.objectContaining({ name: 'mail', ok: false })]),
    });
  });
});
