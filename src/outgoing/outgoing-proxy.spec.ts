import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createServer, type Server } from 'node:tls';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startHttpProxy, startSocksProxy } from '../../test/support/proxies.js';
import { credentials } from '../../test/support/smtp/certificates.js';
import { sendRequest } from './http-request.js';
import { OutgoingProxy } from './outgoing-proxy.js';

const stopping = new AbortController();
let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer(credentials('localhost'), (socket) => socket.on('error', () => undefined));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());

describe.each([
  ['SOCKS5', startSocksProxy],
  ['HTTP CONNECT', startHttpProxy],
])('A request over %s', (_, start) => {
  it('verifies the certificate of the server behind the proxy, and has not sent it anything', async () => {
    const proxy = await start();
    const request = { method: 'GET', url: new URL(`https://mail.test:${port}/`), headers: {} } as const;
    const limits = { timeoutMs: 5000, signal: stopping.signal, proxy: new OutgoingProxy(proxy.url) };
    await expect(sendRequest(request, limits)).rejects.toMatchObject({
      message: `The request to mail.test:${port} failed: UNABLE_TO_VERIFY_LEAF_SIGNATURE.`,
      isDoubtful: false,
    });
    expect(proxy.destinations).toEqual([`mail.test:${port}`]);
    await proxy.stop();
  });
});

it.each(['socks5', 'http'])('A silent proxy, %s://, holds nothing up', async (scheme) => {
  const silent = createTcpServer((socket) => socket.on('error', () => undefined));
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const proxy = new OutgoingProxy(`${scheme}://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  const request = { method: 'GET', url: new URL('http://mail.test:25/'), headers: {} } as const;
  await expect(sendRequest(request, { timeoutMs: 200, signal: stopping.signal, proxy })).rejects.toMatchObject({
    message: 'mail.test:25 did not answer within 0 s.',
    isDoubtful: false,
  });
  const stopped = new AbortController();
  const connecting = proxy.connect({ host: 'mail.test', port: 25 }, { timeoutMs: 60_000, signal: stopped.signal });
  stopped.abort(new Error('The service is shutting down.'));
  await expect(connecting).rejects.toThrow('The service is shutting down.');
  silent.close();
});
