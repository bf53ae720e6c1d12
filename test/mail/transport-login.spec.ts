import { createHmac } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Moment } from '../support/smtp/scripted-server.js';
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
const servers = smtpServers();

beforeAll(async () => {
  test = await startTransports();
});
afterAll(() => test.stop());

function send({ port }: { port: number }) {
  return test.transports.send(smtpSettings(port, login), outgoingMail());
}

describe('authentication', () => {
  const payload = Buffer.from(`\0ada\0${password}`).toString('base64');
  const encoded = Buffer.from(password).toString('base64');
  const digest = createHmac('md5', password).update('<1.2@x>').digest('hex');

  it.each([
    ['PLAIN', [`AUTH PLAIN ${payload}`]],
    ['LOGIN', ['AUTH LOGIN', 'YWRh', encoded]],
    ['CRAM-MD5', ['AUTH CRAM-MD5', Buffer.from(`ada ${digest}`).toString('base64')]],
  ])('supports %s', async (mechanism, commands) => {
    const server = await servers.scripted({ extensions: [`AUTH ${mechanism} SOMETHING-NEW`] });
    expect(await send(server)).toMatchObject({ kind: 'accepted' });
    expect(server.commands().slice(1, 1 + commands.length)).toEqual(commands);
  });

  it.each([
    [['AUTH XOAUTH2'], 'offers no supported authentication mechanism, only XOAUTH2'],
    [[], 'does not offer authentication, but a user name is set'],
  ])('is not attempted, and the mail not sent, if the server offers %j', async (extensions, reason) => {
    const server = await servers.scripted({ extensions });
    expect(await send(server)).toMatchObject({
      kind: 'deferred',
      unreachable: false,
      reason: expect.stringContaining(reason),
    });
    await server.disconnected();
    expect(server.verbs()).toEqual(['EHLO']);
  });

  it.each<[Moment, string]>([
    ['AUTH', `535 5.7.8 unknown AUTH PLAIN ${payload}`],
    ['AUTH', `535 5.7.8 wrong password "${password}"`],
    ['AUTH', `454-4.7.0 ${encoded}\r\n454 4.7.0 later`],
    ['MAIL', `550 5.7.1 ada, ${password}, may not send`],
    ['RCPT', `451 4.7.1 ${payload.replace(/=+$/, '')}`],
    ['message', `250 2.0.0 taken, ${password}`],
  ])('never leaks the password, even if the server echoes it at %s: %s', async (moment, reply) => {
    const server = await servers.scripted({ answers: { [moment]: reply } });
    const outcome = JSON.stringify(await send(server));
    for (const secret of [password, encoded.replace(/=+$/, ''), payload.replace(/=+$/, '')]) {
      expect(outcome).not.toContain(secret);
      expect(test.log.join('\n')).not.toContain(secret);
    }
    expect(outcome).toContain('***');
  });

  it.each(['454 4.7.0 not now', '535 5.7.8 wrong', '534 5.7.9 app password needed', '504 5.5.4 unknown'])(
    'defers the mail for %s, which does not concern the mail',
    async (reply) => {
      const server = await servers.scripted({ answers: { AUTH: reply } });
      expect(await send(server)).toMatchObject({
        kind: 'deferred',
        unreachable: false,
        code: Number(reply.slice(0, 3)),
        reason: expect.stringMatching(/rejects the authentication/),
      });
      expect(server.verbs()).not.toContain('MAIL');
    },
  );
});
