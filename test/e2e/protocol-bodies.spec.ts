import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createEmailStage } from '../factories/email-stage.js';
import { rawExchange, type RawResponse, rawRequest, type RawRequest } from '../support/raw-request.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let path: string;

const authorization = `Bearer ${adminKey}`;
const list = '/api/v3/stages/email/';
const json = { 'content-type': 'application/json' };

beforeAll(async () => {
  app = await startTestApp();
  path = `${list}${(await createEmailStage(app.api, { name: 'kept' })).pk}/`;
});
afterAll(() => app.stop());

function send(to: string, { headers, ...options }: RawRequest = {}): Promise<RawResponse> {
  return rawRequest(app.url, to, { method: 'POST', ...options, headers: { authorization, ...headers } });
}

/** Status and JSON value of the response to a body, which is the same for POST, PUT and PATCH. */
async function answers(body: string | Uint8Array, headers: Record<string, string> = json): Promise<[number, unknown]> {
  const all: [number, unknown][] = [];
  for (const [method, to] of [
    ['POST', list],
    ['PUT', path],
    ['PATCH', path],
  ] as const) {
    const answer = await send(to, { method, headers, body });
    all.push([answer.status, JSON.parse(answer.body)]);
  }
  expect(all).toEqual([all[0], all[0], all[0]]);
  return all[0]!;
}

describe('A JSON body', () => {
  it.each<[string, string]>([
    ['[]', 'Invalid data. Expected a dictionary, but got list.'],
    ['[{"name":"x"}]', 'Invalid data. Expected a dictionary, but got list.'],
    ['"x"', 'Invalid data. Expected a dictionary, but got str.'],
    ['""', 'Invalid data. Expected a dictionary, but got str.'],
    ['1', 'Invalid data. Expected a dictionary, but got int.'],
    ['-5', 'Invalid data. Expected a dictionary, but got int.'],
    ['1.5', 'Invalid data. Expected a dictionary, but got float.'],
    ['18446744073709551616', 'Invalid data. Expected a dictionary, but got float.'],
    ['true', 'Invalid data. Expected a dictionary, but got bool.'],
    ['false', 'Invalid data. Expected a dictionary, but got bool.'],
    ['null', 'No data provided'],
    [' null\n', 'No data provided'],
  ])('is refused with 400 unless it is an object: %s', async (body, message) => {
    expect(await answers(body)).toEqual([400, { non_field_errors: [message] }]);
  });

  it.each([
    ...[
      '{"name":',
      '{"name":"x"}}',
      '{"name":NaN}',
      '{"name":"\\ud800"}',
      "{'name':'x'}",
      '\ufeff{"name":"x"}',
      ' ',
      'x',
    ],
    ...['{"host":1e400}'],
  ])('is refused with 400 if malformed: %s', async (body) => {
    const [status, answer] = await answers(body);
    expect([status, answer]).toEqual([400, { detail: expect.stringMatching(/^JSON parse error - \w/) }]);
  });

  it('is refused with 400 if it is not UTF-8', async () => {
    const [status, answer] = await answers(Buffer.from('{"name":"\xfc"}', 'latin1'));
    expect([status, answer]).toEqual([400, { detail: 'JSON parse error - not UTF-8' }]);
  });

  it('may repeat a key; the last value is used', async () => {
    const { status, body } = await send(list, {
      headers: json,
      body: '{"name":"first","port":"x","name":"last","port":1}',
    });
    expect([status, JSON.parse(body)]).toEqual([201, expect.objectContaining({ name: 'last', port: 1 })]);
  });

  it('may contain keys with a special meaning in JavaScript, which are ignored', async () => {
    const odd = '{"__proto__":{"port":1},"constructor":{"prototype":{"port":2}},"hasOwnProperty":3,"name":"odd"}';
    const { status, body } = await send(list, { headers: json, body: odd });
    expect([status, JSON.parse(body)]).toEqual([201, expect.objectContaining({ name: 'odd', port: 25 })]);
    expect(({} as { port?: number }).port).toBeUndefined();
  });

  it('may have 1 MiB, and is refused with 413 above', async () => {
    const sized = (name: string, size: number): string => {
      const rest = JSON.stringify({ name, ignored: '' }).length;
      return JSON.stringify({ name, ignored: 'x'.repeat(size - rest) });
    };
    for (const chunked of [false, true]) {
      const fits = await send(list, { headers: json, body: sized(`fits ${chunked}`, 1_048_576), chunked });
      expect(fits.status).toBe(201);
      const large = await send(list, { headers: json, body: sized('large', 1_048_577), chunked });
      expect([large.status, large.headers['content-type']]).toEqual([413, 'application/json']);
      expect(JSON.parse(large.body)).toEqual({ detail: expect.any(String) });
    }
    expect((await app.api.get('/stages/email/?name=large')).body.results).toEqual([]);
  });

  it('may be chunked', async () => {
    const { status } = await send(list, { headers: json, body: '{"name":"in chunks"}', chunked: true });
    expect(status).toBe(201);
  });

  it('may wait for 100 Continue', async () => {
    const body = '{"name":"agreed"}';
    const head = [
      `POST ${list} HTTP/1.1`,
      'Host: localhost',
      `Authorization: ${authorization}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Expect: 100-continue',
      'Connection: close',
    ];
    const { hostname, port } = new URL(app.url);
    const answer = await new Promise<string>((resolve, reject) => {
      let received = '';
      const socket = connect(Number(port), hostname, () => socket.write(`${head.join('\r\n')}\r\n\r\n`));
      socket.on('error', reject).on('close', () => resolve(received));
      socket.on('data', (part) => {
        received += part.toString();
        if (received === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write(body);
      });
    });
    expect(answer).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 201 Created\r\n/);
  });

  it('stores nothing if truncated', async () => {
    const { hostname, port } = new URL(app.url);
    const head = `POST ${list} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\n`;
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`${head}Content-Length: 500\r\n\r\n{"name":"half"}`, () => socket.destroy());
      });
      socket.on('error', reject).on('close', () => resolve());
    });
    expect((await app.api.get('/stages/email/?name=half')).body.results).toEqual([]);
  });

  it('with Content-Length and Transfer-Encoding is refused with 400', async () => {
    const head = `POST ${list} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\n`;
    const smuggled = `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n`;
    expect(await rawExchange(app.url, smuggled)).toMatch(/^HTTP\/1.1 400 /);
  });
});

describe('An empty body', () => {
  const required = [400, { name: ['This field is required.'] }];

  it.each<[string, Record<string, string>]>([
    ['without a content type', {}],
    ['of type JSON', json],
    ['of another type', { 'content-type': 'text/plain' }],
    ['of an invalid type', { 'content-type': 'garbage' }],
    ['of a form', { 'content-type': 'multipart/form-data; boundary=x' }],
  ])('%s is treated as an empty object', async (_, headers) => {
    for (const chunked of [false, true]) {
      const post = await send(list, { headers, body: '', chunked });
      expect([post.status, JSON.parse(post.body)]).toEqual(required);
      const put = await send(path, { method: 'PUT', headers, body: '', chunked });
      expect([put.status, JSON.parse(put.body)]).toEqual(required);
      const patch = await send(path, { method: 'PATCH', headers, body: '', chunked });
      expect([patch.status, JSON.parse(patch.body)]).toEqual([200, expect.objectContaining({ name: 'kept' })]);
    }
  });

  it('may be missing', async () => {
    expect((await send(list)).status).toBe(400);
    expect((await send(path, { method: 'PATCH' })).status).toBe(200);
  });
});

describe('The content type of a body', () => {
  it.each([
    ...['application/json', 'application/json; charset=utf-8', 'application/json;charset=UTF-8', 'APPLICATION/JSON'],
    ...[' application/json ; a=b', 'application/json; charset=latin1'],
  ])('may be %j', async (type) => {
    const { status } = await send(path, { method: 'PATCH', headers: { 'content-type': type }, body: '{}' });
    expect(status).toBe(200);
  });

  it.each([
    ...[
      'text/plain',
      'text/plain; charset=utf-8',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ],
    ...[
      'application/vnd.api+json',
      'application/merge-patch+json',
      'application/json2',
      'application/*',
      'json',
      'garbage',
    ],
    ...['application/json, text/plain', ';', ''],
  ])('is refused with 415 if it is %j', async (type) => {
    expect(await answers('{"name":"x"}', { 'content-type': type })).toEqual([
      415,
      { detail: `Unsupported media type "${type}" in request.` },
    ]);
  });

  it('is required', async () => {
    expect(await answers('{"name":"x"}', {})).toEqual([415, { detail: 'Unsupported media type "" in request.' }]);
  });

  it('is ignored for methods without a body', async () => {
    const { pk } = await createEmailStage(app.api);
    for (const headers of [json, { 'content-type': 'garbage' }, {}]) {
      const body = '{"malformed';
      expect((await send(list, { method: 'GET', headers, body })).status).toBe(200);
      expect((await send(`${list}x/`, { method: 'DELETE', headers, body })).status).toBe(404);
    }
    const deleted = await send(`${list}${pk}/`, { method: 'DELETE', headers: json, body: '{"malformed' });
    expect(deleted.status).toBe(204);
  });
});
