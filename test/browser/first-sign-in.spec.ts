import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { closeContexts, launchBrowser, openContext } from './browser.js';

let browser: Browser;
let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  [browser, database] = await Promise.all([launchBrowser(), createTestDatabase()]);
  folder = await mkdtemp(join(tmpdir(), 'first-'));
});
afterEach(() => closeContexts(browser));
afterAll(async () => {
  await browser.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

/** Starts the compiled service on a terminal, which `script` provides. @returns what it prints, and a function that stops it */
async function startOnTerminal(): Promise<{ text: string; stop: () => Promise<void> }> {
  const main = join(inject('compiledSources'), 'main.js');
  const settings = { DATABASE_URL: database.url, SECRET_KEY: 'secret-key-of-the-tests-0123456789', PORT: '0' };
  const child = spawn('script', ['-qec', `exec '${process.execPath}' '${main}'`, '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], DATA_DIR: folder, LOG_LEVEL: 'fatal', ...settings },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  while (!text.includes('Try it:')) {
    if (child.exitCode !== null) throw new Error(`the service has ended:\n${text}`);
    await once(child.stdout, 'data');
  }
  const stop = async (): Promise<void> => {
    // Ctrl-C of the terminal.
    child.stdin.write('\u0003');
    if (child.exitCode === null) await once(child, 'close');
  };
  return { text, stop };
}

const linkIn = (text: string): string | undefined => /http\S+flow_token=\w+/.exec(text)?.[0];

async function openLink(link: string): Promise<Page> {
  const { context } = await openContext(browser);
  const page = await context.newPage();
  await page.goto(link);
  return page;
}

it('The first start shows a link that signs the administrator in, asks for a password, and leads to the console', async () => {
  const first = await startOnTerminal();
  const ended = linkIn(first.text);
  const [, token] = /Bearer (\w+)/.exec(first.text)!;
  expect(ended).toBeDefined();
  await first.stop();

  const second = await startOnTerminal();
  const link = linkIn(second.text)!;
  const { origin } = new URL(link);
  // A restart ends the link before.
  const old = await openLink(ended!.replace(new URL(ended!).origin, origin));
  await old.waitForLoadState();
  expect(await old.getByRole('textbox', { name: /password/i }).count()).toBe(0);
  expect(await old.getByRole('button', { name: 'Continue' }).count()).toBe(0);

  const page = await openLink(link);
  // Nothing was mailed.
  expect(await page.getByRole('main').textContent()).toContain('Continue to access your account.');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Repeat new password').waitFor();
  expect(await page.getByRole('main').textContent()).not.toContain('confirmed');
  await page.getByLabel('New password', { exact: true }).fill('correct horse battery staple');
  await page.getByLabel('Repeat new password').fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${origin}/console/`);
  const me = await page.request.get(`${origin}/api/v3/core/users/me/`);
  expect((await me.json()).user).toMatchObject({ username: 'akadmin', is_superuser: true });
  // The token that was shown with the link still works.
  const headers = { authorization: `Bearer ${token}` };
  expect((await fetch(`${origin}/api/v3/core/users/me/`, { headers })).status).toBe(200);

  const again = await openLink(link);
  await again.waitForLoadState();
  expect(await again.getByRole('button', { name: 'Continue' }).count()).toBe(0);
  await second.stop();

  // The administrator has a password: there is nothing to show.
  const third = await startOnTerminal();
  expect(linkIn(third.text)).toBeUndefined();
  expect(third.text).toMatch(/Console +http\S+\/console\//);
  await third.stop();
}, 180_000);
