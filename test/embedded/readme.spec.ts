import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { transform } from '@swc/core';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { freePort } from '../support/service-process.js';
import { Visitor } from '../support/visitor.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const { PATH = '' } = process.env;

let readme: string;
let folder: string;
let port: number;
let token: string;
let service: ChildProcess;

beforeAll(async () => {
  readme = await readFile(join(root, 'README.md'), 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'read me '));
  // As root, the embedded server runs as another user, who needs access.
  await chmod(folder, 0o755);
  const names = [
    'src',
    'console',
    'scripts',
    'blueprints',
    'schema.yml',
    'package.json',
    'nest-cli.json',
    'tsconfig.json',
    'tsconfig.build.json',
  ];
  await Promise.all(names.map((name) => cp(join(root, name), join(folder, name), { recursive: true })));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  port = await freePort();
  await writeFile(join(folder, '.env'), `PORT=${port}\n`);
  service = spawn('npm', ['start'], { cwd: folder, env: { PATH }, detached: true });
  let output = '';
  service.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  service.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await vi.waitFor(() => expect(output).toMatch(/is ready/), { timeout: 280_000, interval: 100 });
  token = (await readFile(join(folder, 'data/api-token'), 'utf8')).trim();
}, 300_000);

afterAll(async () => {
  // To the process group, since npm does not forward signals. The pipes close when the service exits, after npm.
  const closed = once(service, 'close');
  process.kill(-service.pid!, 'SIGTERM');
  await closed;
  await rm(folder, { recursive: true, force: true });
});

/** Returns a section of the README with the port and token of the running service. */
function section(heading: string): string {
  const [, text = ''] = readme.split(`## ${heading}\n`);
  return text.split('\n## ')[0]!.replaceAll(':9000', `:${port}`).replaceAll('<API token>', token);
}

/** Runs the indented lines of a section in one shell, which stops at the first error. @returns their output */
async function runLines(heading: string): Promise<string> {
  const lines = section(heading).match(/(?<=^ {4}).*(?=\n)/gm) ?? [];
  const script = lines.filter((line) => !line.startsWith('npm ci')).join('\n');
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env: { PATH } });
  return stdout;
}

describe('The README, executed line by line in a new folder', { timeout: 300_000 }, () => {
  it('has a console that the start has built', async () => {
    const page = await fetch(`http://127.0.0.1:${port}/console/mails`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toContain('/console/assets/');
  });

  it('names both commands near its top', () => {
    expect(readme.split('\n').slice(0, 12).join('\n')).toMatch(/npm ci && npm start[^]*npm ci && npm test/);
  });

  it('lists email stages with its first curl command', async () => {
    expect(JSON.parse(await runLines('Start'))).toMatchObject({ results: expect.any(Array) });
  });

  it('builds a flow that verifies an address with the mail in the mailbox', async () => {
    const output = await runLines('Build a flow');
    expect(output).toContain('"component":"ak-stage-identification"');
    expect(output).toContain('"component":"ak-stage-email"');

    const visitor = new Visitor(`http://127.0.0.1:${port}`);
    await visitor.see('confirm');
    await visitor.answer('confirm', { component: 'ak-stage-identification', uid_field: 'akadmin' });
    const newest = async (): Promise<any> => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v3/mail/messages/?ordering=-created`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return ((await answer.json()) as any).results[0];
    };
    await expect
      .poll(newest, { timeout: 20_000 })
      .toMatchObject({ state: 'captured', subject: 'Confirm your address' });
    const mail = await simpleParser(await readFile(join(folder, `data/mailbox/${(await newest()).pk}.eml`)));
    const query = /flow_token=\S+/.exec(mail.text ?? '')?.[0];
    const { component, token: button } = await visitor.see('confirm', query);
    expect(component).toBe('ak-stage-consent');
    expect(await visitor.answer('confirm', { component, token: button }, query)).toMatchObject({
      component: 'xak-flow-redirect',
    });
  });

  it('finds the stage with its SDK example', async () => {
    const [, example = ''] = /```ts\n([^]*?)```/.exec(section('Build a flow')) ?? [];
    const { code } = await transform(example, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } });
    await writeFile(join(folder, 'example.mjs'), code);
    const { stdout } = await run(process.execPath, ['example.mjs'], { cwd: folder, env: { PATH } });
    expect(stdout).toContain('verify: email/account_confirmation.html');
  });

  it('sends a test mail with its command', async () => {
    expect(await runLines('Send mail')).toMatch(/Queued for you@example\.org as [^]* The mail is in /);
  });
});
