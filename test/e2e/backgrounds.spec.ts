import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import type { FlowDto } from '../../src/flows/dto/flow.dto.js';
import { createActor } from '../factories/actor.js';
import { createFlow } from '../factories/flow.js';
import { formWith, images } from '../factories/image.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { rawExchange, rawRequest } from '../support/raw-request.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

const byDefault = '/static/dist/assets/images/flow_background.jpg';

let app: TestApp;
let dataDir: string;
let flow: FlowDto;

const upload = (form: FormData, { slug } = flow, api: ApiClient = app.api): Promise<Answer> =>
  api.request('POST', `/flows/instances/${slug}/set_background/`, { raw: form });
const setAddress = (body: unknown): Promise<Answer> =>
  app.api.post(`/flows/instances/${flow.slug}/set_background_url/`, body);
const background = async ({ slug } = flow): Promise<string> =>
  (await app.api.get(`/flows/instances/${slug}/`)).body.background;
const files = (): Promise<string[]> => readdir(join(dataDir, 'media/public/flow-backgrounds')).catch(() => []);

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'email-stage-'));
  app = await startTestApp({ DATA_DIR: dataDir });
});
afterAll(async () => {
  await app.stop();
  await rm(dataDir, { recursive: true });
});
beforeEach(async () => {
  await rm(join(dataDir, 'media'), { recursive: true, force: true });
  flow = await createFlow(app.api);
});

describe('An uploaded background', () => {
  it.each([
    ['png', 'image/png'],
    ['jpg', 'image/jpeg'],
    ['gif', 'image/gif'],
    ['webp', 'image/webp'],
    ['avif', 'image/avif'],
  ] as const)('is shown and served: %s', async (kind, type) => {
    expect(await upload(formWith(images[kind]))).toMatchObject({ status: 200, body: {} });
    const address = await background();
    expect(address).toMatch(new RegExp(`^/media/public/flow-backgrounds/[0-9a-f]{32}\\.${kind}$`));
    const answer = await fetch(`${app.url}${address}`);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(images[kind]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': type,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    expect((await fetch(`${app.url}${address}`, { method: 'HEAD' })).status).toBe(200);
  });

  it('is accepted up to 5 MB; a larger file answers 413', async () => {
    const image = Buffer.concat([images.png, Buffer.alloc(5 * 1_048_576 - images.png.length)]);
    expect((await upload(formWith(image))).status).toBe(200);
    const before = await background();
    expect(await upload(formWith(Buffer.concat([image, Buffer.alloc(1)])))).toMatchObject({
      status: 413,
      body: { detail: 'The file is larger than 5 MB.' },
    });
    expect(await upload(formWith(Buffer.concat([image, image])))).toMatchObject({ status: 413 });
    expect([await background(), await files()]).toEqual([before, [before.split('/').at(-1)]]);
  });

  it.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['text', 'hello'],
    ['an empty file', ''],
  ])('answers 400 for %s', async (_, content) => {
    expect(await upload(formWith(content))).toMatchObject({
      status: 400,
      body: { file: ['This is not a PNG, JPEG, GIF, WebP or AVIF image.'] },
    });
    expect([await background(), await files()]).toEqual([byDefault, []]);
  });

  it('replaces the previous background and deletes its file', async () => {
    await upload(formWith(images.png));
    const before = await background();
    await upload(formWith(images.gif));
    const after = await background();
    expect(await files()).toEqual([after.split('/').at(-1)]);
    expect((await fetch(`${app.url}${before}`)).status).toBe(404);
  });

  it('leaves one file after concurrent uploads', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => upload(formWith(images.png))));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(await files()).toEqual([(await background()).split('/').at(-1)]);
  });

  it('is removed with `clear`, even if a file is sent with it', async () => {
    await upload(formWith(images.png));
    expect(await upload(formWith(images.gif, { clear: 'True' }))).toMatchObject({ status: 200, body: {} });
    expect([await background(), await files()]).toEqual([byDefault, []]);
  });

  it('is deleted with its flow', async () => {
    await upload(formWith(images.png));
    expect((await app.api.delete(`/flows/instances/${flow.slug}/`)).status).toBe(204);
    expect(await files()).toEqual([]);
  });

  it('is kept while another flow refers to it', async () => {
    await upload(formWith(images.png));
    const address = await background();
    const other = await createFlow(app.api);
    const url = address.replace('/media/public/', '');
    await app.api.post(`/flows/instances/${other.slug}/set_background_url/`, { url });
    expect(await background(other)).toBe(address);
    await app.api.delete(`/flows/instances/${flow.slug}/`);
    expect((await fetch(`${app.url}${address}`)).status).toBe(200);
    await upload(formWith(undefined, { clear: 'true' }), other);
    expect(await files()).toEqual([]);
  });

  it('orphaned by a crash is deleted after an hour', async () => {
    await upload(formWith(images.png));
    const kept = (await files())[0]!;
    const folder = join(dataDir, 'media/public/flow-backgrounds');
    const left = (digit: string): string => `${digit.repeat(32)}.png`;
    for (const name of [left('a'), left('b'), 'a note of the administrator']) await writeFile(join(folder, name), '');
    const longAgo = new Date(Date.now() - 3_700_000);
    for (const name of [kept, left('a'), 'a note of the administrator'])
      await utimes(join(folder, name), longAgo, longAgo);
    await app.nest.get(Housekeeping, { strict: false }).doEverything();
    expect((await files()).sort()).toEqual(['a note of the administrator', kept, left('b')].sort());
  });

  it('requires permission to change and to add flows', async () => {
    const view = 'authentik_flows.view_flow';
    const [change, add] = ['authentik_flows.change_flow', 'authentik_flows.add_flow'];
    for (const [permissions, status] of [
      [[view], 403],
      [[view, change], 403],
      [[view, change, add], 200],
    ] as const) {
      const { api } = await createActor(app, permissions);
      expect((await upload(formWith(images.png), flow, api)).status).toBe(status);
    }
  });

  it('is refused before its body is read if the caller has no permission', async () => {
    const path = `/api/v3/flows/instances/${flow.slug}/set_background/`;
    const type = 'Content-Type: multipart/form-data; boundary=x';
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${type}\r\nContent-Length: 5000000\r\n\r\n`;
    expect(await rawExchange(app.url, head)).toMatch(/^HTTP\/1.1 403 /);
  });
});

describe('An upload form', () => {
  const authorization = `Bearer ${adminKey}`;
  const send = async (type: string, body: string, chunked = false): Promise<[number, string]> => {
    const path = `/api/v3/flows/instances/${flow.slug}/set_background/`;
    const headers = { authorization, 'content-type': type };
    const answer = await rawRequest(app.url, path, { method: 'POST', headers, body, chunked });
    return [answer.status, answer.body];
  };

  it('without a file answers an empty 400', async () => {
    expect(await upload(formWith(undefined))).toMatchObject({ status: 400, body: undefined });
    expect(await upload(formWith(undefined, { clear: 'no', file: 'text' }))).toMatchObject({
      status: 400,
      body: undefined,
    });
    expect(await send('multipart/form-data; boundary=x', '')).toEqual([400, '']);
    expect(await send('', '')).toEqual([400, '']);
  });

  it.each(['application/json', 'text/plain', 'multipart/form-data', 'multipart/mixed; boundary=x', 'garbage', ''])(
    'of the type %j answers 415',
    async (type) => {
      const detail = `Unsupported media type "${type}" in request.`;
      expect(await send(type, '{}')).toEqual([415, JSON.stringify({ detail })]);
    },
  );

  const part = (head: string, content = 'x'): string =>
    `--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;

  it.each([
    ['without an end boundary', `${part('name="file"; filename="a"')}--x\r\nContent-Disp`],
    ['that is not multipart', 'just text'],
    ['with many fields', `${part('name="a"').repeat(50)}--x--\r\n`],
    ['with two files', `${part('name="file"; filename="a"').repeat(2)}--x--\r\n`],
    ['with the name of a prototype', `${part('name="__proto__"')}--x--\r\n`],
  ])('%s answers 400, and nothing is stored', async (_, body) => {
    for (const chunked of [false, true]) {
      const [status, text] = await send('multipart/form-data; boundary=x', body, chunked);
      expect([status, text]).toEqual([400, expect.stringContaining('Multipart form parse error - ')]);
    }
    expect(await files()).toEqual([]);
  });
});

describe('The URL of a background', () => {
  it.each(['https://example.org/a.png', 'http://example.org/a.png', '/static/a.png', 'https://x/"><script>'])(
    'is stored and shown unchanged: %s',
    async (url) => {
      expect(await setAddress({ url })).toMatchObject({ status: 200, body: {} });
      expect(await background()).toBe(url);
    },
  );

  it('replaces an upload and deletes its file', async () => {
    await upload(formWith(images.png));
    await setAddress({ url: 'https://example.org/a.png' });
    expect(await files()).toEqual([]);
  });

  it.each([{}, { url: null }, { url: 5 }, { url: ['x'] }, null, [], 'x', { url: 'a\0b' }, { url: 'x'.repeat(2001) }])(
    'answers 400 for %j',
    async (body) => {
      expect(await setAddress(body)).toMatchObject({ status: 400, body: undefined });
      expect(await background()).toBe(byDefault);
    },
  );
});

describe('The built-in images', () => {
  it.each([
    [byDefault, 'image/jpeg', 'flow_background.jpg'],
    ['/static/dist/assets/images/user_default.png', 'image/png', 'user_default.png'],
  ])('are served: %s', async (address, type, file) => {
    const answer = await fetch(`${app.url}${address}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=86400');
    const stored = await readFile(new URL(`../../src/flows/backgrounds/images/${file}`, import.meta.url));
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(stored);
  });

  it.each([
    '/static/dist/assets/images/other.jpg',
    '/static/dist/assets/images/..%2fimage-kind.ts',
    '/static/dist/assets/images/constructor',
    '/media/public/flow-backgrounds/..%2f..%2f..%2fsecret.key',
    `/media/public/flow-backgrounds/${'a'.repeat(32)}.png`,
    `/media/public/flow-backgrounds/${'a'.repeat(32)}.svg`,
  ])('do not include other paths: %s answers 404', async (address) => {
    expect((await rawRequest(app.url, address)).status).toBe(404);
  });
});
