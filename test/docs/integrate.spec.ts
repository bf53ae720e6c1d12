import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type BuiltClient, buildClient, compile } from '../support/built-client.js';
import { type Example, integrationExamples } from '../support/integration-examples.js';
import { PageBrowser } from '../support/page-browser.js';
import { freePort, ServiceProcess } from '../support/service-process.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { verificationMail } from '../support/verification-mail.js';

let database: TestDatabase;
let sink: SmtpSink;
let service: ServiceProcess;
let built: BuiltClient;
let examples: Example[];
let environment: Record<string, string>;
let url: string;
let audience: string;

beforeAll(async () => {
  [database, sink, built] = [await createTestDatabase(), new SmtpSink(), await buildClient()];
  const [port, appPort] = [await freePort(), await freePort()];
  [url, audience] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${appPort}`];
  const token = 'a-token-for-the-examples-of-the-page';
  service = ServiceProcess.start({
    DATABASE_URL: database.url,
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
    DATA_DIR: join(built.application, 'data'),
    PORT: String(port),
    PUBLIC_URL: url,
    BOOTSTRAP_TOKEN: token,
    ALLOWED_REDIRECTS: audience,
    WEBHOOK_ALLOW: '127.0.0.1',
    EMAIL_HOST: '127.0.0.1',
    EMAIL_PORT: String(await sink.listen()),
  });
  const { PATH = '' } = process.env;
  environment = {
    PATH,
    HOME: built.application,
    EMAIL_STAGE_URL: url,
    EMAIL_STAGE_TOKEN: token,
    APP_URL: audience,
    PORT: String(appPort),
  };
  examples = await integrationExamples();
  await writeTypeScript();
  await service.prints(/is ready/);
}, 180_000);
afterAll(async () => {
  service.signal('SIGTERM');
  await service.ended();
  await Promise.all([sink.close(), database.drop(), built.remove()]);
});

function codesOf(heading: string): string[] {
  return examples.filter((example) => example.heading === heading).map(({ code }) => code);
}

/** Compiles the examples in TypeScript beside the client that they import, with all checks. */
async function writeTypeScript(): Promise<void> {
  const sources = {
    Express: ['express'],
    Webhook: ['webhooks'],
    'Next.js': ['next-sign-up', 'next-verified'],
    NestJS: ['nest'],
  };
  const files: string[] = [];
  for (const [heading, names] of Object.entries(sources)) {
    for (const [index, name] of names.entries()) {
      const file = join(built.application, `${name}.ts`);
      await writeFile(file, codesOf(heading)[index] ?? '');
      files.push(file);
    }
  }
  compile(files, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: ['node'],
    strict: true,
    noImplicitReturns: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
  });
}

const load = async (name: string): Promise<any> => import(pathToFileURL(join(built.application, `${name}.js`)).href);

/** Waits for the mail, presses the button of its page, and returns where it leads. */
async function followMail(email: string): Promise<URL> {
  const { link } = await verificationMail(sink, email);
  const browser = new PageBrowser(url);
  await browser.open(link);
  await browser.submit();
  return new URL(browser.visited.at(-1) ?? '');
}

const newAddress = (): string => `${randomUUID()}@example.org`;

/** Signs up at an application, follows the mail, and checks what the application read from the signed result. */
async function useApplication(signUp: (email: string) => Promise<any>, verified: (back: URL) => Promise<any>) {
  const email = newAddress();
  expect(await signUp(email)).toMatchObject({ email, status: 'pending' });
  const back = await followMail(email);
  expect(back.href).toMatch(new RegExp(`^${audience}/verified\\?`));
  expect(await verified(back)).toMatchObject({ email, method: 'link' });
}

/** The same for an application that listens. */
const useServer = (): Promise<void> =>
  useApplication(
    async (email) =>
      (
        await fetch(`${audience}/sign-up`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ email }),
        })
      ).json(),
    async (back) => (await fetch(back)).json(),
  );

async function listens(child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const isThere = await fetch(audience).then(
      () => true,
      () => false,
    );
    if (isThere) return;
  }
  throw new Error('the example ended');
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

it('The reader of results refuses those of another visitor, application and service', async () => {
  const email = newAddress();
  const headers = { authorization: `Bearer ${environment['EMAIL_STAGE_TOKEN']}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ email, redirect_url: `${audience}/verified` });
  const started = await fetch(`${url}/api/v3/verifications/`, { method: 'POST', headers, body });
  const { pk } = (await started.json()) as { pk: string };
  const token = (await followMail(email)).searchParams.get('token');
  const { resultReader } = await import(pathToFileURL(join(built.folder, 'dist/index.js')).href);
  const read = resultReader({ issuer: `${url}/`, audience });
  expect(await read(token, { verification: pk })).toMatchObject({ sub: pk, email });
  await expect(read(token, { verification: randomUUID() })).rejects.toThrow('sub');
  await expect(read(`${token}x`)).rejects.toThrow();
  await expect(resultReader({ issuer: url, audience: 'https://evil.example' })(token)).rejects.toThrow('aud');
  const other = resultReader({ issuer: url.replace('127.0.0.1', 'localhost'), audience });
  await expect(other(token)).rejects.toThrow('iss');
});

describe('The example', () => {
  it('of each language has at most 15 lines', () => {
    const long = examples.filter(({ code }) => code.trimEnd().split('\n').length > 15);
    expect(long.map(({ heading }) => heading)).toEqual([]);
    expect(examples.length).toBeGreaterThan(5);
  });

  it('for curl verifies an address', async () => {
    const email = newAddress();
    const script = codesOf('curl')[0]!.replace('jane@example.org', email);
    const child = spawn('bash', ['-c', script], { env: environment, stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const { code } = await verificationMail(sink, email);
    child.stdin.end(`${code}\n`);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(JSON.parse(output)).toMatchObject({ email, status: 'approved' });
  });

  it('for Express verifies an address', async () => {
    const child = spawn(process.execPath, ['express.js'], { cwd: built.application, env: environment });
    try {
      await listens(child);
      await useServer();
    } finally {
      await end(child);
    }
  });

  it('of a webhook prints which address was verified, and refuses a wrong signature', async () => {
    const headers = { authorization: `Bearer ${environment['EMAIL_STAGE_TOKEN']}`, 'content-type': 'application/json' };
    const call = async (path: string, body: object): Promise<any> =>
      (await fetch(`${url}/api/v3/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    const endpoint = { name: 'my-app', url: `${audience}/webhooks`, event_types: ['verification.approved'] };
    const { secret: WEBHOOK_SECRET } = await call('webhooks/endpoints/', endpoint);
    const child = spawn(process.execPath, ['webhooks.js'], {
      cwd: built.application,
      env: { ...environment, WEBHOOK_SECRET },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await listens(child);
      const forged = { ...headers, 'webhook-id': 'x', 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' };
      const { status } = await fetch(`${audience}/webhooks`, { method: 'POST', headers: forged, body: '{}' });
      expect(status).toBe(400);
      const email = newAddress();
      await call('verifications/', { email, redirect_url: `${audience}/verified` });
      await followMail(email);
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      expect(line.toString()).toBe(`verification.approved ${email}\n`);
    } finally {
      await end(child);
    }
  });

  it('for Next.js verifies an address', async () => {
    Object.assign(process.env, { ...environment, PORT: undefined });
    const [{ POST }, { GET }] = [await load('next-sign-up'), await load('next-verified')];
    const signUp = async (email: string): Promise<any> => {
      const request = new Request(`${audience}/sign-up`, { method: 'POST', body: JSON.stringify({ email }) });
      return ((await POST(request)) as Response).json();
    };
    await useApplication(signUp, async (back) => ((await GET(new Request(back))) as Response).json());
  });

  it('for NestJS verifies an address', async () => {
    const { SignUpController } = await load('nest');
    class ExampleModule {}
    const module = { module: ExampleModule, controllers: [SignUpController] };
    const app = await NestFactory.create(module, new FastifyAdapter(), { logger: false });
    try {
      await app.listen(Number(environment['PORT']), '127.0.0.1');
      await useServer();
    } finally {
      await app.close();
    }
  });

  const python = ['python3', '/usr/bin/python3'].find(
    (program) => spawnSync(program, ['-c', 'import django, jwt, requests, cryptography']).status === 0,
  );
  it.skipIf(python === undefined)('for Django verifies an address', async () => {
    const settings = [
      'import os, sys',
      'from django.conf import settings',
      "settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=['*'], SECRET_KEY='x')",
      codesOf('Django')[0],
      'from django.urls import path',
      "urlpatterns = [path('sign-up', sign_up), path('verified', verified)]",
      'from django.core.wsgi import get_wsgi_application',
      'from wsgiref.simple_server import make_server',
      "make_server('127.0.0.1', int(os.environ['PORT']), get_wsgi_application()).serve_forever()",
    ];
    await writeFile(join(built.application, 'example.py'), settings.join('\n'));
    const child = spawn(python!, ['example.py'], { cwd: built.application, env: environment });
    try {
      await listens(child);
      const signUp = async (email: string): Promise<any> =>
        (await fetch(`${audience}/sign-up`, { method: 'POST', body: new URLSearchParams({ email }) })).json();
      await useApplication(signUp, async (back) => (await fetch(back)).json());
    } finally {
      await end(child);
    }
  });
});
