import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { closeContexts, expectAccessible, launchBrowser, openContext, takePicture } from './browser.js';
import { type DefaultService, recoveryPage, startDefaultService } from './default-flows.js';

let browser: Browser;
let service: DefaultService;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startDefaultService()]);
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});
afterEach(() => closeContexts(browser));

describe('The local mailbox', () => {
  it('opens with the printed link and renders a mail', async () => {
    const { context, complaints } = await openContext(browser, { baseURL: service.url });
    const page = await context.newPage();
    await page.goto(recoveryPage);
    await page.getByLabel('Email or username').fill('akadmin');
    await page.getByRole('button', { name: 'Continue' }).click();
    await service.mailTo('root@example.com');

    await page.goto(await service.mailboxLink());
    expect(page.url()).toBe(`${service.url}/dev/mailbox/`);
    await expectAccessible(page, 'mailbox');
    await page.getByRole('listitem').getByRole('link').first().click();
    await page.frameLocator('iframe').getByRole('link').first().waitFor();
    await takePicture(page, 'mailbox-mail');
    expect(complaints).toEqual([]);
    await page.goto('/');
    await page.getByRole('link', { name: 'Open the mailbox' }).waitFor();
  });

  it('answers 404 to another browser on the same machine', async () => {
    const { context } = await openContext(browser, { baseURL: service.url });
    const page = await context.newPage();
    expect((await page.goto('/dev/mailbox/'))?.status()).toBe(404);
    await page.goto('/');
    expect(await page.getByText('Open the mailbox').count()).toBe(0);
  });
});
