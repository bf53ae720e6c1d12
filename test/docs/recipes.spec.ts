import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { compile } from '../support/compiled-sources.js';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const token = 'a-token-for-the-recipes-of-CONTRIBUTING';

let folder: string;
/** The files that the recipes create or change. */
const touched: string[] = [];
let database: TestDatabase;
let service: ServiceProcess;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recipes-'));
  const names = ['src', 'test', 'blueprints', 'package.json', 'tsconfig.json', '.env.example'];
  await Promise.all(names.map((name) => cp(join(root, name), join(folder, name), { recursive: true })));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await followRecipes();
  await compile(join(folder, 'src'), join(folder, 'dist'));
  database = await createTestDatabase();
  service = ServiceProcess.start(
    {
      DATABASE_URL: database.url,
      SECRET_KEY: 'a-secret-key-for-the-recipes-of-CONTRIBUTING',
      DATA_DIR: join(folder, 'data'),
      PORT: '0',
      BOOTSTRAP_TOKEN: token,
      ROLE_DESCRIPTION: 'Not described yet.',
      EMAIL_URL: 'nowhere://void',
    },
    join(folder, 'dist'),
  );
  [, url = ''] = await service.prints(/Swagger UI +(http\S+?)\/api/);
}, 120_000);

afterAll(async () => {
  service.signal('SIGTERM');
  await service.ended();
  await database.drop();
  await rm(folder, { recursive: true });
});

/** Applies every code block of CONTRIBUTING that names a file: `ts` creates it, `diff` changes it. */
async function followRecipes(): Promise<void> {
  const text = await readFile(join(root, 'CONTRIBUTING.md'), 'utf8');
  for (const [, kind, path = '', code = ''] of text.matchAll(/^```(ts|diff) (\S+)\n([^]*?)^```$/gm)) {
    const file = join(folder, path);
    touched.push(file);
    if (kind === 'ts') {
      if (existsSync(file)) throw new Error(`${path} exists already`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, code);
    } else {
      const hunks = code.trimEnd().split('\n@@\n');
      await writeFile(
        file,
        hunks.reduce((source, hunk) => changed(source, hunk, path), await readFile(file, 'utf8')),
      );
    }
  }
  for (const catalogs of ['src/pages/locale', 'src/mail/locale']) {
    const german = await readFile(join(folder, catalogs, 'de.po'), 'utf8');
    await writeFile(join(folder, catalogs, 'it.po'), german.replace('Language: de', 'Language: it'));
  }
}

/** Applies one hunk: the lines without a plus must occur once. */
function changed(source: string, hunk: string, path: string): string {
  const lines = hunk.split('\n');
  const without = (sign: string): string =>
    lines.flatMap((line) => (line.startsWith(sign) ? [] : [line.slice(1)])).join('\n');
  const parts = `\n${source}`.split(`\n${without('+')}\n`);
  if (parts.length !== 2) throw new Error(`${path} has ${parts.length - 1} places for:\n${hunk}`);
  return parts.join(`\n${without('-')}\n`).slice(1);
}

/** Returns what the compiler reports about the files that the recipes touch; in a sweep, about all sources. */
function errors(): string[] {
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const files = ['src/main.ts', 'test/support/managed-kinds.ts'].map((name) => join(folder, name));
  const program = ts.createProgram(files, { ...options, noEmit: true });
  const sources = new Set(touched.filter((path) => path.endsWith('.ts')));
  // Without a file, the compiler checks all of them.
  for (const path of sources) expect(program.getSourceFile(path), path).toBeDefined();
  const diagnostics = inject('isSweep')
    ? ts.getPreEmitDiagnostics(program)
    : [...sources].flatMap((path) => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)));
  return diagnostics.map(
    ({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
  );
}

async function send(method: string, path: string, json?: object): Promise<any> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/v3${path}`, { method, headers, body: JSON.stringify(json) });
  return response.json();
}

describe('The recipes of CONTRIBUTING', () => {
  it('compile', { timeout: 300_000 }, () => {
    expect(errors()).toEqual([]);
  });

  it('add a field and a list filter', async () => {
    const description = 'Edits sign-up flows.';
    const role = await send('POST', '/rbac/roles/', { name: 'described', description });
    expect(role).toMatchObject({ description });
    const { results } = await send('GET', `/rbac/roles/?description=${encodeURIComponent(description)}`);
    expect(results).toEqual([role]);
  });

  it('add a setting', async () => {
    const role = await send('POST', '/rbac/roles/', { name: 'not described' });
    expect(role).toMatchObject({ description: 'Not described yet.' });
  });

  it('add a stage kind', async () => {
    const { pk: stage } = await send('POST', '/stages/coin_toss/', { name: 'toss', denied_percent: 100 });
    const flow = { name: 'Toss', slug: 'toss', title: 'Toss', designation: 'authorization' };
    const { pk: target } = await send('POST', '/flows/instances/', flow);
    await send('POST', '/flows/bindings/', { target, stage, order: 0 });
    const run = (): Promise<any> => send('GET', '/flows/executor/toss/?query=');
    expect(await run()).toMatchObject({ component: 'ak-stage-access-denied' });
    await send('PATCH', `/stages/coin_toss/${stage}/`, { denied_percent: 0 });
    expect(await run()).toMatchObject({ component: 'xak-flow-redirect' });
  });

  it('add a language', async () => {
    const page = await fetch(`${url}/?locale=it`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<html lang="it"');
  });

  it('add a transport', async () => {
    const { pk } = await send('POST', '/stages/email/', { name: 'mail', use_global_settings: true });
    const { message } = await send('POST', `/stages/email/${pk}/test/`, { to: 'jane@example.invalid' });
    await expect
      .poll(() => send('GET', `/mail/messages/${message}/`), { timeout: 30_000 })
      .toMatchObject({ state: 'sent', timeline: [{ provider: 'nowhere', server: 'void' }] });
  });
});
