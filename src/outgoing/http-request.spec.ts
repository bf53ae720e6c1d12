import { Resolver } from 'node:dns';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { type DnsServer, startDnsServer, type ZoneRecords } from '../../test/support/dns-server.js';
import { RequestFailedError, type RequestLimits, sendRequest } from './http-request.js';
import { OutgoingNetworks, type Resolve } from './outgoing-networks.js';

/** The one address that the guard of these tests allows. */
const allowed = '127.0.0.2';

let server: Server;
let port: number;
let dns: DnsServer;
let guard: OutgoingNetworks;
/** `<local address> <path>` of each request that the server has received. */
let received: string[];
let answer: RequestListener;

beforeEach(async () => {
  received = [];
  answer = (_, response) => response.end('taken');
  server = createServer((request, response) => {
    received.push(`${request.socket.localAddress ?? ''} ${request.url ?? ''}`);
    answer(request, response);
  });
  await once(server.listen(0, '0.0.0.0'), 'listening');
  ({ port } = server.address() as AddressInfo);
  dns = await startDnsServer({});
  guard = new OutgoingNetworks([allowed], 'WEBHOOK_ALLOW', resolveWith(dns.address));
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await dns.stop();
});

/** Looks names up at a name server. */
function resolveWith(address: string): Resolve {
  const resolver = new Resolver();
  resolver.setServers([address]);
  return (host, _, callback) => {
    resolver.resolve4(host, (error, addresses) => {
      callback(error, error === null ? addresses.map((found) => ({ address: found, family: 4 })) : []);
    });
  };
}

/** A name whose server gives another answer to each question; the last one stays. */
function answering(...answers: readonly string[][]): ZoneRecords {
  const left = [...answers];
  return {
    get a() {
      return (left.length > 1 ? left.shift() : left[0]) ?? [];
    },
  };
}

function post(
  host: string,
  limits: Partial<RequestLimits> = {},
  path = '/',
): Promise<{ status: number; body: string }> {
  const { signal } = new AbortController();
  const url = new URL(`http://${host}:${port}${path}`);
  const request = { method: 'POST', url, headers: {}, body: '{}' } as const;
  return sendRequest(request, { timeoutMs: 5000, signal, guard, ...limits });
}

/** The message of a failed request. */
async function failureOf(request: Promise<unknown>): Promise<RequestFailedError> {
  const error: unknown = await request.catch((reason: unknown) => reason);
  if (error instanceof RequestFailedError) return error;
  throw new Error(`no failure: ${JSON.stringify(error)}`);
}

describe('A guarded request', () => {
  it('connects to the address that was checked, even if the name server answers differently the next time', async () => {
    dns.zone['rebind.example'] = answering([allowed], ['127.0.0.1']);
    await expect(post('rebind.example', {}, '/first')).resolves.toMatchObject({ status: 200, body: 'taken' });
    const failure = await failureOf(post('rebind.example', {}, '/second'));
    expect(failure).toMatchObject({
      message: 'rebind.example has no address that is public or in WEBHOOK_ALLOW.',
      isDoubtful: false,
    });
    expect(received).toEqual([`${allowed} /first`]);
  });

  it('looks a host up once for all requests at a time', async () => {
    let lookups = 0;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const open = new OutgoingNetworks([allowed], 'WEBHOOK_ALLOW', (host, options, callback) => {
      lookups += 1;
      void released.then(() => resolveWith(dns.address)(host, options, callback));
    });
    dns.zone['shared.example'] = { a: [allowed] };
    const asked = vi.spyOn(open, 'lookup');
    const requests = Array.from({ length: 20 }, () => post('shared.example', { guard: open }));
    await expect.poll(() => asked.mock.calls.length, { interval: 5 }).toBe(20);
    release();
    await Promise.all(requests);
    expect(lookups).toBe(1);
    expect(received).toHaveLength(20);
    await post('shared.example', { guard: open });
    expect(lookups).toBe(2);
  });

  it('skips the refused addresses among several', async () => {
    dns.zone['both.example'] = { a: ['127.0.0.1', '10.0.0.1', allowed] };
    await post('both.example');
    expect(received).toEqual([`${allowed} /`]);
  });

  it('never uses a connection that was made without the guard', async () => {
    dns.zone['shared.example'] = answering([allowed], ['127.0.0.1']);
    const open = new OutgoingNetworks(['127.0.0.0/8'], 'WEBHOOK_ALLOW', resolveWith(dns.address));
    await post('shared.example', { guard: open });
    await failureOf(post('shared.example'));
    await expect(post('127.0.0.1', { guard: undefined })).resolves.toMatchObject({ status: 200 });
    await failureOf(post('127.0.0.1'));
    expect(received).toHaveLength(2);
  });

  it.each(['127.0.0.1', '2130706433', '0x7f000001', '0177.1', '[::ffff:127.0.0.1]'])(
    'does not reach %s',
    async (host) => {
      expect((await failureOf(post(host))).message).toMatch(
        /^\S+ has no address that is public or in WEBHOOK_ALLOW\.$/,
      );
      expect(received).toEqual([]);
    },
  );

  it('follows no redirect', async () => {
    answer = (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    await expect(post(allowed)).resolves.toMatchObject({ status: 302 });
    expect(received).toEqual([`${allowed} /`]);
  });

  it('ends when a response takes too long, at its head or its body', async () => {
    answer = () => undefined;
    expect((await failureOf(post(allowed, { timeoutMs: 200 }))).message).toContain('did not answer within');
    answer = (_, response) => {
      const drip = setInterval(() => response.write('.'), 20);
      response.once('close', () => clearInterval(drip));
    };
    const failure = await failureOf(post(allowed, { timeoutMs: 200 }));
    expect(failure).toMatchObject({
      message: expect.stringContaining('did not answer within') as string,
      isDoubtful: true,
    });
  });

  it('reads at most 64 kB, and less if less is of interest', async () => {
    answer = (_, response) => {
      const chunk = 'é'.repeat(32 * 1024);
      const pour = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', pour);
      pour();
    };
    expect((await failureOf(post(allowed))).message).toContain('longer than 64 kB');
    const { status, body } = await post(allowed, { cutAt: 4096 });
    expect([status, body]).toEqual([200, 'é'.repeat(2048)]);
  });
});
