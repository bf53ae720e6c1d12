import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createBinding } from '../factories/binding.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createPlainUser } from '../support/plain-user.js';
import { type RawResponse, rawRequest, type RawRequest } from '../support/raw-request.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
/** Keys of callers without permissions and with view permission, and the path of an existing stage. */
let plain: string;
let viewer: string;
let known: string;

const list = '/api/v3/stages/email/';
const unknown = `${list}b6f3d1a0-0000-4000-8000-000000000001/`;

beforeAll(async () => {
  app = await startTestApp();
  plain = await createPlainUser(app.dataSource);
  viewer = await createPlainUser(app.dataSource, ['authentik_stages_email.view_emailstage']);
  known = `${list}${(await createEmailStage(app.api)).pk}/`;
});
afterAll(() => app.stop());

interface Options extends RawRequest {
  /** The caller's key; the administrator's by default, none if null. */
  readonly as?: string | null;
}

function send(path: string, { as = adminKey, headers, ...options }: Options = {}): Promise<RawResponse> {
  const authorization: Record<string, string> = as === null ? {} : { authorization: `Bearer ${as}` };
  return rawRequest(app.url, path, { ...options, headers: { ...authorization, ...headers } });
}

const malformed = { headers: { 'content-type': 'application/json' }, body: '{"name":' };
const untyped = { headers: { 'content-type': 'text/plain' }, body: '{"name":' };
const html = { accept: 'text/html' };

async function statusAndDetail(path: string, options: Options): Promise<[number, string]> {
  const { status, headers, body } = await send(path, options);
  if (headers['content-type']?.startsWith('text/html')) return [status, 'a page'];
  const { detail } = JSON.parse(body) as { detail?: string };
  return [status, detail ?? body];
}

describe('Of several errors in a request', () => {
  const anonymous = 'Authentication credentials were not provided.';
  const invalid = 'Token invalid/expired';
  const denied = 'You do not have permission to perform this action.';
  const notAcceptable = 'Could not satisfy the request Accept header.';

  it.each<[string, string, () => [string, Options], [number, string]]>([
    ['an unknown path', '406', () => ['/api/v3/nope/', { headers: html }], [404, 'Not found.']],
    ['an unknown path', 'no credentials', () => ['/api/v3/nope/', { as: null }], [404, 'Not found.']],
    ['a key with a dot', '406', () => [`${list}a.b/`, { headers: html, as: null }], [404, 'Not found.']],
    ['an unknown format', '406', () => [`${list}?format=xml`, { headers: html }], [404, 'Not found.']],
    ['an unknown format', 'no credentials', () => [`${list}?format=xml`, { as: null }], [404, 'Not found.']],
    ['406', 'no credentials', () => [list, { headers: html, as: null }], [406, notAcceptable]],
    ['406', 'an invalid token', () => [list, { headers: html, as: 'nope' }], [406, notAcceptable]],
    ['406', 'no permission', () => [list, { headers: html, as: plain }], [406, notAcceptable]],
    ['406', 'an unsupported method', () => [list, { method: 'DELETE', headers: html }], [406, notAcceptable]],
    ['406', 'an unknown object', () => [unknown, { headers: html }], [406, notAcceptable]],
    ['no credentials', 'an unsupported method', () => [list, { method: 'PUT', as: null }], [403, anonymous]],
    ['no credentials', 'malformed JSON', () => [list, { method: 'POST', as: null, ...malformed }], [403, anonymous]],
    ['no credentials', 'an unknown object', () => [unknown, { as: null }], [403, denied]],
    ['an invalid token', 'an unsupported method', () => [list, { method: 'PUT', as: 'nope' }], [403, invalid]],
    ['an invalid token', 'an invalid body', () => [list, { method: 'POST', as: 'nope', ...untyped }], [403, invalid]],
    ['no permission', 'an unsupported method', () => [list, { method: 'DELETE', as: plain }], [403, denied]],
    ['no permission', 'an unknown object', () => [unknown, { as: plain }], [403, denied]],
    ['no permission', 'malformed JSON', () => [list, { method: 'POST', as: viewer, ...malformed }], [403, denied]],
    ['no permission', '415', () => [list, { method: 'POST', as: plain, ...untyped }], [403, denied]],
    ['no permission', 'an invalid filter', () => [`${list}?port=x`, { as: plain }], [403, denied]],
    ['no permission', 'an invalid page', () => [`${list}?page=x`, { as: plain }], [403, denied]],
    [
      'an unsupported method',
      'an unknown object',
      () => [unknown, { method: 'POST' }],
      [405, 'Method "POST" not allowed.'],
    ],
    ['an unsupported method', '415', () => [list, { method: 'PUT', ...untyped }], [405, 'Method "PUT" not allowed.']],
    [
      'an unsupported method',
      'malformed JSON',
      () => [known, { method: 'POST', ...malformed }],
      [405, 'Method "POST" not allowed.'],
    ],
    [
      'an unknown object',
      'no change permission',
      () => [unknown, { method: 'PATCH', as: viewer }],
      [404, 'Not found.'],
    ],
    ['an unknown object', 'malformed JSON', () => [unknown, { method: 'PATCH', ...malformed }], [404, 'Not found.']],
    ['an unknown object', '415', () => [unknown, { method: 'PUT', ...untyped }], [404, 'Not found.']],
    ['an unknown key', 'malformed JSON', () => [`${list}x/`, { method: 'PUT', ...malformed }], [404, 'Not found.']],
    [
      'no change permission',
      'malformed JSON',
      () => [known, { method: 'PATCH', as: viewer, ...malformed }],
      [403, denied],
    ],
    ['no change permission', '415', () => [known, { method: 'PUT', as: viewer, ...untyped }], [403, denied]],
    [
      'no delete permission',
      'an invalid body',
      () => [known, { method: 'DELETE', as: viewer, ...untyped }],
      [403, denied],
    ],
    [
      '415',
      'malformed JSON',
      () => [list, { method: 'POST', ...untyped }],
      [415, 'Unsupported media type "text/plain" in request.'],
    ],
    [
      'an invalid filter',
      'an invalid page',
      () => [`${list}?port=x&page=99`, {}],
      [400, '{"port":["Enter a number."]}'],
    ],
  ])('%s is reported before %s', async (_, __, request, expected) => {
    expect(await statusAndDetail(...request())).toEqual(expected);
  });
});

describe('The header Allow', () => {
  const ofList = 'GET, POST, HEAD, OPTIONS';
  const ofDetail = 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS';
  const readOnly = 'GET, HEAD, OPTIONS';

  it.each<[string, string]>([
    ['/api/v3/stages/email/', ofList],
    ['/api/v3/flows/instances/', ofList],
    ['/api/v3/flows/bindings/', ofList],
    ['/api/v3/stages/all/', readOnly],
    ['/api/v3/stages/email/templates/', readOnly],
    ['/api/v3/stages/all/types/', readOnly],
    ['/api/v3/stages/all/user_settings/', readOnly],
    ['/api/v3/stages/email/x/', ofDetail],
    ['/api/v3/flows/instances/x/', ofDetail],
    ['/api/v3/flows/bindings/x/', ofDetail],
    ['/api/v3/stages/all/x/', 'GET, DELETE, HEAD, OPTIONS'],
    ['/api/v3/stages/email/x/used_by/', readOnly],
    ['/api/v3/flows/instances/x/used_by/', readOnly],
    ['/api/v3/flows/bindings/x/used_by/', readOnly],
    ['/api/v3/stages/all/x/used_by/', readOnly],
  ])('of %s is %s for every method, caller and status', async (path, allow) => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
      const { status, headers, body } = await send(path, { method });
      expect(headers.allow).toBe(allow);
      const isThere = allow.includes(method);
      expect(status === 405, `${method} gives ${status}`).toBe(!isThere);
      if (!isThere) expect(JSON.parse(body)).toEqual({ detail: `Method "${method}" not allowed.` });
    }
    for (const options of [{ as: null }, { as: 'nope' }, { as: plain, method: 'DELETE' }, { headers: html }]) {
      const { status, headers } = await send(path, options);
      expect([status, headers.allow]).toEqual([options.headers ? 406 : status, allow]);
    }
  });

  it('is in responses with 201, 204 and 400', async () => {
    const json = { 'content-type': 'application/json' };
    const created = await send(list, { method: 'POST', headers: json, body: '{"name":"allowed"}' });
    expect([created.status, created.headers.allow]).toEqual([201, ofList]);
    const refused = await send(list, { method: 'POST', headers: json, body: '{' });
    expect([refused.status, refused.headers.allow]).toEqual([400, ofList]);
    const { pk } = JSON.parse(created.body) as { pk: string };
    const deleted = await send(`${list}${pk}/`, { method: 'DELETE' });
    expect([deleted.status, deleted.headers.allow, deleted.body]).toEqual([204, ofDetail, '']);
  });

  it('is missing in the 404 for an unknown path', async () => {
    expect((await send('/api/v3/nope/')).headers.allow).toBeUndefined();
  });
});

describe('Every response', () => {
  it('is JSON without a charset, with a unique id, and without Location or WWW-Authenticate', async () => {
    const binding = `/api/v3/flows/bindings/${(await createBinding(app.api)).pk}/`;
    const json = { 'content-type': 'application/json' };
    const answers = [
      await send(list),
      await send(list, { method: 'POST', headers: json, body: '{"name":"headers"}' }),
      await send(list, { method: 'POST', headers: json, body: '{}' }),
      await send(list, { method: 'PUT' }),
      await send(list, { as: null }),
      await send(list, { as: 'nope' }),
      await send(list, { headers: html }),
      await send(unknown),
      await send(known, { method: 'OPTIONS' }),
      await send(binding, { method: 'DELETE' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 201, 400, 405, 403, 403, 406, 404, 200, 204]);
    for (const { status, headers } of answers) {
      expect(headers['content-type']).toBe(status === 204 ? undefined : 'application/json');
      expect(headers['x-authentik-id']).toMatch(/^[0-9a-f]{32}$/);
      expect(headers).not.toHaveProperty('location');
      expect(headers).not.toHaveProperty('www-authenticate');
      expect(headers).not.toHaveProperty('transfer-encoding');
      expect('content-length' in headers).toBe(status !== 204);
    }
    expect(new Set(answers.map(({ headers }) => headers['x-authentik-id'])).size).toBe(answers.length);
  });

  it('is compact JSON in unescaped UTF-8', async () => {
    const name = 'ümläut 例え 😀 \u2028 </script>';
    const { pk } = await createEmailStage(app.api, { name });
    const { body, headers } = await send(`${list}${pk}/`);
    expect(body).toContain(`{"pk":"${pk}","name":"${name}","component":`);
    expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
  });
});
