import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const lacks = (command: string): boolean => spawnSync(command, ['--help']).error !== undefined;

let app: TestApp;
let folder: string;
/** The programs of the page by their language. */
let programs: Map<string, string>;
/** For programs, which keep their caches in the folder of the user. */
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  app = await startTestApp();
  folder = await mkdtemp(join(tmpdir(), 'clients-'));
  const page = await readFile(join(root, 'docs/clients.md'), 'utf8');
  programs = new Map([...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, name = '', code = '']) => [name, code]));
  environment = { ...process.env, EMAIL_STAGE_URL: app.url, EMAIL_STAGE_TOKEN: adminKey };
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true });
});

const generate = (script: string, target: string): Promise<unknown> =>
  run(join(root, 'scripts', script), [target], { env: environment, maxBuffer: 10_000_000 });

describe('The page of clients', () => {
  it.skipIf(lacks('python3'))('has a program for Python that runs with the generated client', async () => {
    const [client, venv] = [join(folder, 'python'), join(folder, 'venv')];
    await generate('generate-python-client.sh', client);
    await run('python3', ['-m', 'venv', venv]);
    await run(join(venv, 'bin/pip'), ['install', '--quiet', client], { env: environment });
    await writeFile(join(folder, 'program.py'), programs.get('python') ?? '');
    const { stdout } = await run(join(venv, 'bin/python'), [join(folder, 'program.py')], { env: environment });
    expect(stdout).toBe('jane@example.org pending\n');
  });

  it.skipIf(lacks('go'))('has a program for Go that runs with the generated client', async () => {
    const cwd = join(folder, 'go');
    await generate('generate-go-client.sh', cwd);
    await writeFile(join(cwd, 'go.mod'), 'module app\n\ngo 1.24\n');
    await writeFile(join(cwd, 'main.go'), programs.get('go') ?? '');
    await run('go', ['mod', 'tidy'], { cwd, env: environment });
    const { stdout } = await run('go', ['run', '.'], { cwd, env: environment });
    expect(stdout).toBe('jane@example.org pending\n');
  });
});
