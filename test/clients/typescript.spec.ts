import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { publint } from 'publint';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { type BuiltClient, buildClient } from '../support/built-client.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';
import { verificationMail } from '../support/verification-mail.js';

let built: BuiltClient;
let app: TestApp;
let sink: SmtpSink;
/** The built package and a client; the compiler checks their types in `docs/integrate.spec.ts`. */
let library: any;
let client: any;

beforeAll(async () => {
  built = await buildClient();
  library = await import(pathToFileURL(join(built.folder, 'dist/index.js')).href);
  sink = new SmtpSink();
  app = await startTestApp({ EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(await sink.listen()) });
  client = library.createClient({ url: `${app.url}/`, token: adminKey });
}, 120_000);
afterAll(async () => {
  await app.stop();
  await sink.close();
  await built.remove();
});

describe('The package', () => {
  it('has a tarball with the compiled sources alone, and no problem that publint finds', async () => {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: built.folder,
    });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const unexpected = files.filter(({ path }) => !/^(dist\/\w+\.(js|d\.ts)|README\.md|package\.json)$/.test(path));
    expect(unexpected).toEqual([]);
    expect((await publint({ pkgDir: built.folder, pack: false })).messages).toEqual([]);
  });

  it('has types that every module resolution finds in the tarball, as a package of ES modules', async () => {
    const run = promisify(execFile);
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', built.application];
    const [{ filename }] = JSON.parse((await run('npm', pack, { cwd: built.folder })).stdout) as [{ filename: string }];
    const attw = fileURLToPath(new URL('../../node_modules/.bin/attw', import.meta.url));
    // It exits with 1 if it finds a problem.
    const { stdout } = await run(attw, [
      join(built.application, filename),
      '--profile',
      'esm-only',
      '--format',
      'json',
    ]);
    const { analysis } = JSON.parse(stdout) as { analysis: { types: { kind: string }; entrypoints: object } };
    expect(analysis.types.kind).toBe('included');
    expect(Object.keys(analysis.entrypoints)).toContain('.');
  });
});

describe('verify', () => {
  it('starts a verification, waits for the reader, and returns the result', async () => {
    const email = `${randomUUID()}@example.org`;
    const started: string[] = [];
    const result = library.verify(
      client,
      { email, method: 'code' },
      { every: 0.05, onStart: ({ status }: { status: string }) => started.push(status) },
    );
    const { code } = await verificationMail(sink, email);
    const { results } = await library.dataOf(client.GET('/verifications/', { params: { query: { email } } }));
    const path = { verification_uuid: results[0]!.pk };
    await client.POST('/verifications/{verification_uuid}/check/', { params: { path }, body: { code } });
    expect(await result).toMatchObject({ email, status: 'approved' });
    expect(started).toEqual(['pending']);
  });

  it('ends its wait when it is aborted', async () => {
    const request = { email: `${randomUUID()}@example.org` };
    const abort = new AbortController();
    const waiting = library.verify(client, request, { signal: abort.signal, onStart: () => abort.abort() });
    await expect(waiting).rejects.toThrow('aborted');
  });

  it('waits once after an error: as long as the service asks for', async () => {
    const answers = [
      { status: 201, body: { pk: '1', status: 'pending', expires: '2999-01-01T00:00:00Z' } },
      { status: 503, body: { detail: 'busy' }, headers: { 'retry-after': '30' } },
      { status: 502, body: {} },
      { status: 200, body: { pk: '1', status: 'approved' } },
    ];
    const times: number[] = [];
    const fetch = (): Promise<Response> => {
      times.push(Date.now());
      const { status, body, headers } = answers.shift()!;
      return Promise.resolve(Response.json(body, { status, ...(headers && { headers }) }));
    };
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    try {
      const scripted = library.createClient({ url: 'https://id.example.org', fetch });
      const verified = library.verify(scripted, { email: 'jane@example.org' }, { every: 5 });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(await verified).toMatchObject({ status: 'approved' });
    } finally {
      vi.useRealTimers();
    }
    expect(times.map((time) => (time - times[0]!) / 1000)).toEqual([0, 5, 35, 40]);
  });

  it('throws the errors of the service', async () => {
    const refused = library.verify(client, { email: 'no address' });
    await expect(refused).rejects.toMatchObject({
      name: 'ApiError',
      status: 400,
      body: { email: [expect.any(String)] },
    });
  });
});

// In CI and elsewhere with `npm install --no-save bun`: it is too large for a dependency.
it.skipIf(spawnSync('bun', ['--version']).error !== undefined)('The package runs in Bun', async () => {
  const program = join(built.application, 'bun.ts');
  await writeFile(
    program,
    `import { createClient, dataOf, readWebhook, rowsOf, verify } from '@email-stage/client';
     const client = createClient({ url: process.env.URL ?? '', token: process.env.TOKEN ?? '' });
     const me = await dataOf(client.GET('/core/users/me/'));
     const names: string[] = [];
     for await (const user of rowsOf((page) => client.GET('/core/users/', { params: { query: { page } } })))
       names.push(user.username);
     const failed = await verify(client, { email: 'no address' }).catch((error) => error.status);
     const secret = 'whsec_' + btoa('x'.repeat(24));
     const forged = await Promise.resolve().then(() => readWebhook(secret, {}, '{}')).catch(({ name }) => name);
     console.log(JSON.stringify({ runtime: 'Bun' in globalThis, user: me.user.username, has: names.includes(me.user.username), failed, forged }));`,
  );
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: built.application, URL: app.url, TOKEN: adminKey };
  const { stdout } = await promisify(execFile)('bun', ['run', program], { cwd: built.application, env });
  expect(JSON.parse(stdout)).toEqual({
    runtime: true,
    user: 'akadmin',
    has: true,
    failed: 400,
    forged: 'WebhookVerificationError',
  });
});

describe('rowsOf', () => {
  it('reads all pages of a list', async () => {
    const name = randomUUID();
    for (let index = 0; index < 5; index += 1) {
      await library.dataOf(client.POST('/core/users/', { body: { username: `${name}-${index}`, name } }));
    }
    const names: string[] = [];
    const query = { name, page_size: 2, ordering: 'username' };
    const rows = library.rowsOf((page: number) =>
      client.GET('/core/users/', { params: { query: { ...query, page } } }),
    );
    for await (const { username } of rows) names.push(username);
    expect(names).toEqual([0, 1, 2, 3, 4].map((index) => `${name}-${index}`));
  });
});

describe('readWebhook', () => {
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const body = '{"id":"1","type":"verification.approved","data":{"pk":"2"}}';
  const signed = (by: string, at = new Date()): Record<string, string> => ({
    'webhook-id': '1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(by).sign('1', at, body),
  });

  it('returns the event of a signed request, also while a secret is rotated', () => {
    const other = `whsec_${Buffer.alloc(24, 8).toString('base64')}`;
    const event = { type: 'verification.approved', data: { pk: '2' } };
    expect(library.readWebhook(secret, signed(secret), body)).toMatchObject(event);
    expect(library.readWebhook([other, secret], new Headers(signed(secret)), body)).toMatchObject(event);
  });

  it('refuses another body, another secret, an old request, and no secret', () => {
    expect(() => library.readWebhook(secret, signed(secret), `${body} `)).toThrow('signature');
    expect(() => library.readWebhook(`whsec_${'A'.repeat(32)}`, signed(secret), body)).toThrow('signature');
    expect(() => library.readWebhook(secret, signed(secret, new Date(Date.now() - 360_000)), body)).toThrow('too old');
    expect(() => library.readWebhook([], signed(secret), body)).toThrow('no secret');
  });
});
