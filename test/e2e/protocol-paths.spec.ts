import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { rawExchange, type RawResponse, rawRequest, type RawRequest } from '../support/raw-request.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const authorization = `Bearer ${adminKey}`;
const list = '/api/v3/stages/email/';
const json = { 'content-type': 'application/json' };

function send(path: string, { headers, ...options }: RawRequest = {}): Promise<RawResponse> {
  return rawRequest(app.url, path, { ...options, headers: { authorization, ...headers } });
}

describe('An unknown path', () => {
  it.each([
    ...['/api/v3/', '/api/v3/nope/', '/api/v3/stages/nope/', '/api/v3/stages/emails/', '/api/v3//stages/email/'],
    ...['/api/v3/stages/email/a/b/', '/api/v3/stages/email/x/used_by/y/'],
    ...[`${list}a.b/`, `${list}./`, `${list}a%2Eb/`, `${list}a%2Fb/`, '/api/v3/flows/instances/a.b/used_by/'],
    ...[`${list}%`, `${list}%zz/`, `${list}%ff/`, `${list}%C3%28/`, `${list}%ED%A0%80/`],
  ])('of the API gets a JSON 404: %s', async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY']) {
      const { status, headers, body } = await send(path, { method });
      expect([status, body]).toEqual([404, '{"detail":"Not found."}']);
      expect(headers['content-type']).toMatch(/^application\/json/);
    }
  });

  it.each([
    ...['providers/oauth2/', 'sources/all/?page=1', 'admin/version/', 'core/applications/x/', 'outposts/instances/'],
    ...['stages/authenticator/totp/', 'propertymappings/all'],
  ])('names the authentik resource that this service does not have: %s', async (path) => {
    const { status, body } = await send(`/api/v3/${path}`);
    const { detail } = JSON.parse(body) as { detail: string };
    const resource = /^(core|events|stages)/.test(path) ? path.split('/').slice(0, 2).join('/') : path.split('/')[0];
    expect([status, detail]).toEqual([
      404,
      `email-stage does not have authentik's resource ${resource ?? ''}/. /api/v3/schema/ lists those that it has.`,
    ]);
  });

  it.each([
    ...['/nope', '/if/nope/', '/static/nope.css', '/media/nope.png', '/dev/nope/', '/if/%FF/'],
    ...['/api/v3', '/api/v4/stages/email/', '/API/V3/stages/email/', `/${list}`],
  ])('outside of the API gets the same HTML 404 as an unknown flow, with a link to the home page: %s', async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { status, headers, body } = await send(path, { method });
      expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
      expect(body).toContain('<h1>Page not found</h1>');
      expect(body).toContain('<a class="button main" href="/">Go to homepage</a>');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    }
  });
});

describe('An unsupported method', () => {
  it.each([list, `${list}b6f3d1a0-0000-4000-8000-000000000001/?x=1`, '/api/v3/core/users'])(
    'gets a 405 with the allowed methods: %s',
    async (path) => {
      const { headers } = await send(path, { method: 'OPTIONS' });
      for (const method of ['QUERY', 'PROPFIND', 'LOCK']) {
        const answer = await send(path, { method, headers: json, body: '{}' });
        expect([answer.status, answer.body, answer.headers.allow]).toEqual([
          405,
          `{"detail":"Method \\"${method}\\" not allowed."}`,
          headers.allow,
        ]);
      }
    },
  );

  it('gets a 403 without credentials', async () => {
    expect((await rawRequest(app.url, list, { method: 'QUERY' })).status).toBe(403);
  });
});

describe('An unknown object', () => {
  it.each([
    ...[
      'stages/email/b6f3d1a0-0000-4000-8000-000000000001/',
      'stages/email/x/',
      'stages/email/5/',
      'stages/email/%00/',
    ],
    ...['stages/email/b6f3d1a0-0000-4000-8000-00000000000g/', 'stages/email/%20/'],
    ...['stages/all/x/', 'flows/bindings/x/', 'flows/bindings/b6f3d1a0-0000-4000-8000-000000000001/'],
    ...[
      'flows/instances/nope/',
      'flows/instances/a%00b/',
      'flows/instances/a%20b/',
      `flows/instances/${'a'.repeat(5000)}/`,
    ],
    ...['flows/instances/%C3%A4/', "flows/instances/'/", 'stages/all/%00/used_by/', 'stages/email/__proto__/'],
  ])('gets a JSON 404: %s', async (path) => {
    const methods = path.endsWith('used_by/') ? ['GET'] : ['GET', 'DELETE'];
    for (const method of methods) {
      const { status, headers, body } = await send(`/api/v3/${path}`, { method });
      expect([status, headers['content-type'], body]).toEqual([404, 'application/json', '{"detail":"Not found."}']);
    }
  });
});

it.each(['stages/email', 'flows/instances'])('A key of 5,000 characters gets a 404: %s', async (resource) => {
  const { status, body } = await send(`/api/v3/${resource}/${'a'.repeat(5000)}/`);
  expect([status, body]).toEqual([404, '{"detail":"Not found."}']);
});

describe('A missing trailing slash', () => {
  it('makes no difference for any method', async () => {
    const created = await send('/api/v3/stages/email', { method: 'POST', headers: json, body: '{"name":"slash"}' });
    expect(created.status).toBe(201);
    const { pk } = JSON.parse(created.body) as { pk: string };
    const path = `${list}${pk}`;
    const change = { headers: json, body: '{"name":"slash"}' };
    expect((await send('/api/v3/stages/email?name=slash')).body).toContain(pk);
    expect((await send(path)).body).toBe(created.body);
    expect((await send(path, { method: 'PUT', ...change })).body).toBe(created.body);
    expect((await send(path, { method: 'PATCH', ...change })).body).toBe(created.body);
    expect((await send(`${path}/used_by`)).body).toBe('[]');
    expect((await send(path, { method: 'OPTIONS' })).status).toBe(200);
    expect((await send(path, { method: 'HEAD' })).status).toBe(200);
    expect((await send(path, { method: 'POST' })).status).toBe(405);
    expect((await send(path, { method: 'DELETE' })).status).toBe(204);
  });
});

describe('The format of a response', () => {
  it.each([
    ...['*/*', 'application/*', 'application/json', 'APPLICATION/JSON', 'application/json; charset=utf-8'],
    ...[
      'application/json;indent=4',
      'text/html, */*;q=0.1',
      'text/html,application/json;q=0.5',
      'application/json;q=0.001',
    ],
    ...['image/*, application/json ; version=2 ; q=0.3'],
  ])('may be requested with Accept: %j', async (accept) => {
    const { status, headers } = await send(list, { headers: { accept } });
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
  });

  it('does not require an Accept header', async () => {
    expect((await send(list)).status).toBe(200);
  });

  it.each(['text/html', 'text/*', 'application/xml', 'application/vnd.api+json', 'json', '', 'application/json;q=0'])(
    'is refused with 406 for Accept: %j',
    async (accept) => {
      for (const method of ['GET', 'POST', 'PUT', 'OPTIONS']) {
        const { status, body } = await send(list, { method, headers: { accept } });
        expect([status, body]).toEqual([406, '{"detail":"Could not satisfy the request Accept header."}']);
      }
    },
  );

  it.each(['format=json', 'format=', 'format=xml&format=json'])('may be requested with ?%s', async (query) => {
    expect((await send(`${list}?${query}`)).status).toBe(200);
  });

  it.each(['format=xml', 'format=api', 'format=JSON', 'format=json&format=xml', 'format=%00', 'format=__proto__'])(
    'is refused with 404 for ?%s',
    async (query) => {
      const { status, body } = await send(`${list}?${query}`);
      expect([status, body]).toEqual([404, '{"detail":"Not found."}']);
    },
  );
});

describe('HEAD', () => {
  it.each([
    '/api/v3/stages/email/',
    '/api/v3/stages/email/x/',
    '/api/v3/stages/all/types/',
    '/api/v3/nope/',
    `${list}?page=9`,
  ])('gets the response of GET without the body: %s', async (path) => {
    const [get, head] = [await send(path), await send(path, { method: 'HEAD' })];
    const comparable = ({ status, headers }: RawResponse): object => {
      return { status, headers: { ...headers, date: '', 'x-authentik-id': '' } };
    };
    expect(comparable(head)).toEqual(comparable(get));
    expect([head.body, head.headers['content-length']]).toEqual(['', String(Buffer.byteLength(get.body))]);
  });

  it('gets a 403 without credentials, like GET', async () => {
    const { status } = await rawRequest(app.url, list, { method: 'HEAD' });
    expect(status).toBe(403);
  });
});

describe('OPTIONS', () => {
  it('describes a path to authenticated callers', async () => {
    const { slug } = await createFlow(app.api);
    const { pk } = await createEmailStage(app.api);
    for (const path of [list, `${list}${pk}/`, '/api/v3/stages/all/', `/api/v3/flows/instances/${slug}/`]) {
      const { status, body } = await send(path, { method: 'OPTIONS' });
      expect(status).toBe(200);
      expect(JSON.parse(body)).toMatchObject({
        name: expect.any(String),
        description: expect.any(String),
        renders: ['application/json'],
        parses: ['application/json'],
      });
      expect((await rawRequest(app.url, path, { method: 'OPTIONS' })).status).toBe(403);
    }
  });
});

describe('A request line', () => {
  it('may have 12 kB, and is refused with 431 at 20 kB', async () => {
    expect((await send(`${list}?other=${'x'.repeat(12_000)}`)).status).toBe(200);
    expect((await send(`${list}?search=${'x'.repeat(20_000)}`)).status).toBe(431);
  });

  it('may contain an absolute URL', async () => {
    const lines = `GET http://example.com${list} HTTP/1.1\r\nHost: example.com\r\nAuthorization: ${authorization}\r\n`;
    expect(await rawExchange(app.url, `${lines}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  });

  it('is refused with 400 if malformed, and later requests are served', async () => {
    expect(await rawExchange(app.url, 'what is this\r\n\r\n')).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect((await send(list)).status).toBe(200);
  });
});
