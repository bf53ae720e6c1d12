import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { closeContexts, expectAccessible, launchBrowser, openContext, sideways, takePicture } from './browser.js';
import { type ConsoleService, startConsoleService } from './console-service.js';

let browser: Browser;
let service: ConsoleService;
/** The cookies of the administrator. */
let storageState: NonNullable<BrowserContextOptions['storageState']>;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startConsoleService()]);
  await service.send(
    { to: 'ada@readers.example', subject: 'Confirm your email address' },
    { to: 'nobody@readers.example', subject: 'Confirm your email address' },
    { to: 'busy@readers.example', subject: 'إعادة تعيين كلمة المرور' },
  );
  const { page } = await service.open(browser, '/console/');
  storageState = await page.context().storageState();
  await closeContexts(browser);
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});

/** Opens a screen in a browser of another language. */
async function visit(
  options: BrowserContextOptions,
  path = '/console/',
): Promise<{ page: Page; complaints: string[] }> {
  const { context, complaints } = await openContext(browser, { baseURL: service.url, storageState, ...options });
  const page = await context.newPage();
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { page, complaints };
}

it.each([
  ['de-AT', 'de', 'Übersicht'],
  ['es-MX', 'es', 'Resumen'],
  ['fr-CA', 'fr', 'Vue d’ensemble'],
  ['zh-CN', 'zh-Hans', '概览'],
  // Who reads Traditional Chinese reads Simplified Chinese sooner than English.
  ['zh-TW', 'zh-Hans', '概览'],
  ['nl', 'en', 'Overview'],
])('A browser in %s gets the console in %s', async (locale, language, title) => {
  const { page } = await visit({ locale });
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(title);
  expect(await page.locator('html').getAttribute('lang')).toBe(language);
  expect(await page.locator('html').getAttribute('dir')).toBe('ltr');
  await page.context().close();
});

it('Another language of the menu stays chosen', async () => {
  const { page } = await visit({ locale: 'ar' });
  await page.getByRole('button', { name: 'حساب Grace Hopper' }).click();
  await page.getByRole('menuitem', { name: '简体中文' }).click();
  await page.getByRole('heading', { level: 1, name: '概览' }).waitFor();
  await page.goto('/console/mails');
  await page.getByRole('heading', { level: 1, name: '邮件' }).waitFor();
  await page.context().close();
});

it.each([1280, 375])('The console in Arabic runs from right to left at %i pixels', async (width) => {
  const { page, complaints } = await visit({ locale: 'ar', viewport: { width, height: 860 } });
  const screens = [
    ['overview', '/console/', 'نظرة عامة'],
    ['mails', '/console/mails', 'الرسائل'],
  ] as const;
  for (const [name, path, title] of screens) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.getByText('nobody@readers.example').first().waitFor();
    expect(await page.locator('html').getAttribute('dir'), name).toBe('rtl');
    expect(await sideways(page), name).toBe(0);
    // What lines start with is at the right.
    const heading = await page.getByRole('heading', { level: 1 }).boundingBox();
    expect((heading?.x ?? 0) + (heading?.width ?? 0), name).toBeGreaterThan(width / 2);
    await expectAccessible(page, `${name} at ${width}`);
    await takePicture(page, `console-arabic-${name}-${width}`);
  }
  expect(complaints).toEqual([]);
  await page.context().close();
});

it('The open navigation of a phone fits in Arabic, and shows no link to the content before it has the focus', async () => {
  const { page } = await visit({ locale: 'ar', viewport: { width: 375, height: 860 } });
  await page.getByRole('button', { name: 'فتح التنقل' }).click();
  await page.getByRole('link', { name: 'الرسائل', exact: true }).waitFor();
  for (const link of await page.locator('.skip').all()) {
    await expect.poll(async () => ((await link.boundingBox())?.y ?? 0) < -50).toBe(true);
  }
  expect(await sideways(page)).toBe(0);
  await expectAccessible(page, 'navigation');
});
