import { connect, type Socket } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage } from '../factories/prompt.js';
import { PageBrowser } from '../support/page-browser.js';
import { rawExchange } from '../support/raw-request.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ REQUEST_TIMEOUT: '2', MAX_CONNECTIONS: '60', BODY_MEMORY: '1' });
});
afterAll(() => app.stop());

const path = '/api/v3/flows/executor/none/?query=';
const stages = '/api/v3/stages/email/';
const flowError = 'ak-stage-flow-error';

function head(length: number, to = path, ...more: string[]): string {
  const lines = [`POST ${to} HTTP/1.1`, 'Host: x', 'Content-Type: application/json', `Content-Length: ${length}`];
  return `${[...lines, ...more].join('\r\n')}\r\n\r\n`;
}

/** A connection that has sent these bytes, from a loopback address. */
async function opened(bytes: string, localAddress = '127.0.0.1', to = app.url): Promise<Socket> {
  const { hostname, port } = new URL(to);
  const socket = connect({ port: Number(port), host: hostname, localAddress });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  return socket;
}

/** The data received over a connection until it is closed. */
function received(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    socket.on('data', (part) => (answer += part.toString())).on('close', () => resolve(answer));
  });
}

/** Slug of a flow of a form with these fields. */
async function formWith(...fields: Parameters<typeof createPromptStage>[1]): Promise<string> {
  const form = await createPromptStage(app.api, fields);
  return (await createFlowWith(app.api, [form.pk], { designation: 'enrollment' })).flow.slug;
}

describe('A request', () => {
  it('is ended with 408 if its body is incomplete after REQUEST_TIMEOUT, even while bytes keep arriving', async () => {
    const socket = await opened(head(60_000));
    const trickle = setInterval(() => socket.write('x'), 100);
    const answer = await received(socket);
    clearInterval(trickle);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('is ended with 408 if its headers are incomplete after REQUEST_TIMEOUT', async () => {
    const socket = await opened('GET / HTTP/1.1\r\nHost: x\r\n');
    const trickle = setInterval(() => socket.write('x-a: b\r\n'), 100);
    const answer = await received(socket);
    clearInterval(trickle);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('is refused with 503 and Retry-After while other bodies fill BODY_MEMORY, unless its body is small', async () => {
    const part = 'x'.repeat(250_000);
    const headers = { authorization: `Bearer ${adminKey}` };
    const large = head(300_000, stages, `Authorization: ${headers.authorization}`) + part;
    const held = await opened(large);
    // Both have sent the same size; the service keeps the first one.
    const refused = await rawExchange(app.url, large);
    expect(refused).toMatch(/^HTTP\/1\.1 503 [^]*\r\nretry-after: \d+\r\n/i);
    const post = async (body: string): Promise<number> =>
      (await fetch(`${app.url}${stages}`, { method: 'POST', headers, body })).status;
    expect(await post('x')).toBe(415);
    held.destroy();
    await expect.poll(() => post(part)).toBe(415);
  });

  it.each([
    ['without credentials', '', 'Authentication credentials were not provided.'],
    ['with an unknown token', 'Authorization: Bearer unknown', 'Token invalid/expired'],
    ['with an unknown session', 'Cookie: authentik_session=unknown', 'Authentication credentials were not provided.'],
  ])('%s is refused with 403 before a body above 64 kB has arrived', async (_, credentials, detail) => {
    const more = credentials === '' ? [] : [credentials];
    const announced = head(300_000, stages, 'Connection: close', ...more);
    const chunked = announced.replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked');
    const chunk = `${(70_000).toString(16)}\r\n${'x'.repeat(70_000)}\r\n`;
    for (const bytes of [announced, chunked + chunk]) {
      const answer = await rawExchange(app.url, bytes);
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
      expect(answer).toContain(JSON.stringify({ detail }));
    }
  });

  it('to an unknown route is answered with 404 before the body has arrived', async () => {
    const answer = await rawExchange(app.url, head(300_000, '/api/v3/unknown/', 'Connection: close'));
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });
});

describe('Clients', () => {
  const incomplete = 'GET / HTTP/1.1\r\n';

  /** Opens connections with incomplete requests. @returns how many of them are kept until they time out */
  async function kept(from: readonly string[], to = app.url): Promise<number> {
    const sockets = await Promise.all(from.map((address) => opened(incomplete, address, to)));
    const answers = await Promise.all(sockets.map(received));
    const isRefused = (answer: string): boolean => answer === '';
    expect(answers.filter((answer) => !isRefused(answer) && !answer.startsWith('HTTP/1.1 408'))).toEqual([]);
    return answers.filter((answer) => !isRefused(answer)).length;
  }

  it('can open at most MAX_CONNECTIONS in total', async () => {
    // Earlier requests may have left idle connections.
    const count = await kept(Array.from({ length: 90 }, (_, index) => `127.0.1.${1 + (index % 10)}`));
    expect(count).toBeLessThanOrEqual(60);
    expect(count).toBeGreaterThan(50);
  });

  it('can open at most a quarter of MAX_CONNECTIONS each, so that other clients are served', async () => {
    const flood = kept(Array<string>(40).fill('127.0.0.9'));
    const other = await opened('GET /-/health/live/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '127.0.0.10');
    expect(await received(other)).toMatch(/^HTTP\/1\.1 2/);
    expect(await flood).toBe(15);
    // Closed connections do not count.
    expect(await kept(['127.0.0.9'])).toBe(1);
  });

  it('can open all of MAX_CONNECTIONS through a trusted proxy', async () => {
    const behind = await startTestApp({ REQUEST_TIMEOUT: '2', MAX_CONNECTIONS: '8', TRUST_PROXY: '127.0.0.7/32' });
    try {
      expect(await kept(Array<string>(8).fill('127.0.0.7'), behind.url)).toBe(8);
      expect(await kept(Array<string>(8).fill('127.0.0.8'), behind.url)).toBe(2);
    } finally {
      await behind.stop();
    }
  });
});

describe('A connection', () => {
  it('is closed if it pipelines more than 16 requests', async () => {
    const ask = (count: number): Promise<string> => {
      const request = 'GET /-/health/live/ HTTP/1.1\r\nHost: x\r\n';
      return rawExchange(app.url, `${`${request}\r\n`.repeat(count - 1)}${request}Connection: close\r\n\r\n`);
    };
    expect((await ask(16)).match(/HTTP\/1\.1 \d/g)).toHaveLength(16);
    const cut = await ask(40).catch(() => 'reset');
    expect(cut.match(/HTTP\/1\.1 \d/g) ?? []).not.toHaveLength(40);
  });
});

describe('A response to a challenge', () => {
  it('is refused above 64 kB by the executor and by pages', async () => {
    const slug = await formWith({ field_key: 'notes', type: 'text_area' });
    const notes = 'x'.repeat(65_000);
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    const tooLong = {
      response_errors: { notes: [{ string: 'Ensure this field has no more than 10000 characters.' }] },
    };
    expect(await visitor.answer(slug, { notes })).toMatchObject(tooLong);
    expect(await visitor.answer(slug, { notes: `${notes}${'x'.repeat(1_000)}` })).toMatchObject({
      component: flowError,
    });
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${slug}/`);
    expect((await browser.submit({ notes: 'x'.repeat(66_000) })).status).toBe(413);
    expect((await browser.open(`/if/flow/${slug}/`)).status).toBe(200);
    expect((await browser.submit({ notes: 'x'.repeat(9_000) })).status).toBe(200);
  });

  it('can be larger only in a run with a file field', async () => {
    const slug = await formWith({ field_key: 'file', type: 'file' });
    const other = await formWith({ field_key: 'name' });
    const file = `data:text/plain;base64,${'A'.repeat(200_000)}`;
    const visitor = new Visitor(app.url);
    await visitor.see(other);
    expect(await visitor.answer(slug, { file })).toMatchObject({ component: flowError });
    await visitor.see(slug);
    expect(await visitor.answer(other, { name: 'a', more: file })).toMatchObject({ component: flowError });
    await visitor.see(slug);
    expect(await visitor.answer(slug, { file })).toMatchObject({ component: 'xak-flow-redirect' });
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${slug}/`);
    expect((await browser.submit({ file: new Blob(['x'.repeat(200_000)]) })).address).toBe('/');
  });

  it('is refused with 400 on pages if it has more than 500 fields', async () => {
    const slug = await formWith({ field_key: 'name' });
    const fields = Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`f${index}`, 'x']));
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${slug}/`);
    expect((await browser.submit(fields)).status).toBe(400);
    await browser.open(`/if/flow/${slug}/`);
    expect((await browser.submit({ ...fields, f0: new Blob(['x']) })).status).toBe(400);
  });
});
