import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { MailProviderServer } from '../../../../test/support/mail-provider-server.js';
import { credentials } from '../../../../test/support/smtp/certificates.js';
import { OutgoingNetworks } from '../../../outgoing/outgoing-networks.js';
import { SnsHost } from './sns-host.js';

let server: MailProviderServer;
let url: URL;
beforeEach(async () => {
  server = new MailProviderServer(() => ({ status: 200, body: credentials('client').cert }));
  url = new URL(`http://${await server.listen()}/certificate.pem`);
});
afterEach(() => server.close());

const hostWith = (...networks: readonly string[]): SnsHost =>
  new SnsHost(new OutgoingNetworks(networks, 'WEBHOOK_ALLOW'), { proxy: undefined });

describe('SnsHost', () => {
  it('fetches a certificate once', async () => {
    const host = hostWith('127.0.0.1');
    const [first, second] = [await host.certificate(url), await host.certificate(url)];
    expect(first.subject).toBe('CN=email_stage');
    expect(second).toBe(first);
    expect(server.calls).toHaveLength(1);
  });

  it('reaches no address that the guard refuses', async () => {
    await expect(hostWith().certificate(url)).rejects.toMatchObject({ code: 'providerUnavailable' });
    expect(server.calls).toEqual([]);
  });

  it.each([
    ['an error', { status: 500, body: credentials('client').cert }],
    ['a redirect', { status: 302, headers: { location: 'https://library.example/' } }],
    ['a page', { status: 200, body: '<html>Maintenance</html>' }],
    ['a long response', { status: 200, body: 'x'.repeat(100_000) }],
  ])('keeps no certificate from %s', async (_, reply) => {
    const host = hostWith('127.0.0.1');
    server.handle = () => reply;
    await expect(host.certificate(url)).rejects.toMatchObject({ code: 'providerUnavailable' });
    server.handle = () => ({ status: 200, body: credentials('client').cert });
    await expect(host.certificate(url)).resolves.toBeDefined();
  });

  it('sends at most four requests at a time', async () => {
    server.handle = () => 'silent';
    const host = hostWith('127.0.0.1');
    const waiting = Promise.allSettled(Array.from({ length: 4 }, () => host.get(url)));
    await expect(host.get(url)).rejects.toMatchObject({ code: 'overloaded' });
    await expect.poll(() => server.calls.length, { timeout: 20_000 }).toBe(4);
    server.close();
    await waiting;
    server = new MailProviderServer(() => ({ status: 200, body: 'again' }));
    await expect(host.get(new URL(`http://${await server.listen()}/`))).resolves.toBe('again');
  });
});
