import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';
import { closeContexts, launchBrowser, openContext, takePicture } from './browser.js';

let browser: Browser;
let app: TestApp;

beforeAll(async () => {
  [browser, app] = await Promise.all([launchBrowser(), startTestApp()]);
});
afterAll(async () => {
  await browser.close();
  await app.stop();
});
afterEach(() => closeContexts(browser));

it('Swagger UI sends a request with a token that it does not store, without policy violations', async () => {
  const { context, complaints } = await openContext(browser, { baseURL: app.url });
  const page = await context.newPage();
  await page.goto('/api/v3/docs/');
  await page.locator('.auth-wrapper .authorize').first().click();
  await page.locator('.modal-ux input').first().fill(adminKey);
  await page.locator('.modal-ux button.authorize').first().click();
  await page.locator('.modal-ux .btn-done').first().click();
  // A list: it needs no value to be filled in.
  const operation = page.locator('.opblock-get').first();
  await operation.locator('.opblock-summary-control').click();
  await operation.locator('button.execute').click();
  await operation.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
  await takePicture(page, 'swagger');
  expect(await page.evaluate<number>('localStorage.length + sessionStorage.length')).toBe(0);
  expect(complaints).toEqual([]);
});
