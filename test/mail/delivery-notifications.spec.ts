import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readSettings } from '../../src/config/read-settings.js';
import { globalTransports } from '../../src/mail/transport/global-transport.js';
import type { TransportSettings } from '../../src/mail/transport/mail-transport.js';
import { smtpServers } from '../support/smtp/servers.js';
import { outgoingMail, startTransports, type TestTransports } from '../support/smtp/transports.js';

const servers = smtpServers();
let test: TestTransports;
beforeAll(async () => (test = await startTransports()));
afterAll(() => test.stop());

const pk = '7d0c5a52-3f0a-4e6b-9a55-6c8a4f4e1a01';

/** Returns the transport of a URL with this query, to a server of the test. */
function transportTo({ port }: { readonly port: number }, query: string): TransportSettings {
  const { settings } = readSettings({ EMAIL_URL: `smtp://127.0.0.1:${port}${query}` });
  const [transport] = globalTransports(settings);
  return transport!;
}

describe('Delivery status notifications', () => {
  it.each([
    ['?dsn=failure,delay', 'RET=HDRS', 'NOTIFY=FAILURE,DELAY'],
    ['?dsn=success,failure&dsn_return=full', 'RET=FULL', 'NOTIFY=SUCCESS,FAILURE'],
    ['?dsn=never', 'RET=HDRS', 'NOTIFY=NEVER'],
  ])('are asked for with %s, and their ENVID is the key of the message', async (query, returned, notify) => {
    const server = await servers.scripted({ extensions: ['DSN'] });
    await test.transports.send(transportTo(server, query), outgoingMail({ pk }));
    expect(server.commands().filter((line) => /^(MAIL|RCPT)/.test(line))).toEqual([
      `MAIL FROM:<service@example.org> ${returned} ENVID=${pk}`,
      `RCPT TO:<ada@example.com> ${notify}`,
    ]);
  });

  it.each([
    ['without the setting', '', ['DSN']],
    ['of a server that does not offer DSN', '?dsn=failure', ['SIZE 1000000']],
    ['of a server whose name contains DSN', '?dsn=failure', ['SIZE 1000000', 'XNAME mail-dsn DSN']],
  ])('are not asked for %s', async (_, query, extensions) => {
    const server = await servers.scripted({ extensions });
    expect(await test.transports.send(transportTo(server, query), outgoingMail({ pk }))).toMatchObject({
      kind: 'accepted',
    });
    expect(server.commands().join('\n')).not.toMatch(/RET=|ENVID=|NOTIFY=/);
  });

  it('reach a complete mail server as parameters of the envelope', async () => {
    const envelopes: unknown[] = [];
    const server = await servers.collecting({
      hideDSN: false,
      onRcptTo: ({ dsn }, { envelope }, done) => {
        envelopes.push(envelope.dsn, dsn);
        done();
      },
    });
    await test.transports.send(transportTo(server, '?dsn=failure,delay'), outgoingMail({ pk }));
    expect(server.mails).toHaveLength(1);
    expect(envelopes).toEqual([{ ret: 'HDRS', envid: pk }, { notify: ['FAILURE', 'DELAY'] }]);
  });
});
