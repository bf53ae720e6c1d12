import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

import { type BuiltClient, buildClient } from '../support/built-client.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';
import { closeContexts, launchBrowser, openContext } from './browser.js';

let browser: Browser;
let app: TestApp;
let built: BuiltClient;
/** The client with its dependencies, as one module. */
let module: string;

beforeAll(async () => {
  [browser, app, built] = await Promise.all([launchBrowser(), startTestApp(), buildClient()]);
  const bundled = await build({
    root: built.application,
    configFile: false,
    logLevel: 'error',
    build: { write: false, lib: { entry: join(built.folder, 'dist/index.js'), formats: ['es'] } },
  });
  const [output] = [bundled].flat() as { output: { code: string }[] }[];
  module = output?.output[0]?.code ?? '';
});
afterAll(async () => {
  await browser.close();
  await app.stop();
  await built.remove();
});
afterEach(() => closeContexts(browser));

/** Opens a page of an application that has bundled the client, at an address. */
async function openApplication(address: string): Promise<{ page: Page; complaints: string[] }> {
  const { context, complaints } = await openContext(browser);
  const page = await context.newPage();
  await page.route(`${address}/app/*`, async (route) => {
    const isModule = route.request().url().endsWith('.js');
    const body = isModule ? module : '<!doctype html><title>Application</title>';
    await route.fulfill({ body, contentType: isModule ? 'text/javascript' : 'text/html' });
  });
  await page.goto(`${address}/app/page`);
  return { page, complaints };
}

/** A program that reads the caller, pages through a list, and gets the errors of a field. */
const program = (url: string): string => `
  (async () => {
    const { createClient, dataOf, readWebhook, rowsOf, verify } = await import(location.origin + '/app/client.js');
    const client = createClient({ url: ${JSON.stringify(url)}, token: ${JSON.stringify(adminKey)} });
    const { user } = await dataOf(client.GET('/core/users/me/'));
    const names = [];
    for await (const { username } of rowsOf((page) => client.GET('/core/users/', { params: { query: { page } } })))
      names.push(username);
    const refused = await verify(client, { email: 'no address' }).catch(({ status, body }) => [status, Object.keys(body)]);
    const secret = 'whsec_' + btoa('x'.repeat(24));
    const forged = await Promise.resolve().then(() => readWebhook(secret, {}, '{}')).catch((error) => error.message);
    return { user: user.username, isListed: names.includes(user.username), refused, forged };
  })()`;

it('The package runs in a browser, on pages of the address of the service', async () => {
  const { page, complaints } = await openApplication(app.url);
  expect(await page.evaluate(program(app.url))).toEqual({
    user: 'akadmin',
    isListed: true,
    refused: [400, ['email']],
    forged: 'Missing required headers',
  });
  // The refused request.
  expect(complaints).toEqual([expect.stringContaining('400 (Bad Request)')]);
});

it('The service answers no page of another address', async () => {
  const { page } = await openApplication('http://application.example');
  await expect(page.evaluate(program(app.url))).rejects.toThrow('Failed to fetch');
});
