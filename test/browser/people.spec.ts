import { randomUUID } from 'node:crypto';

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createPasswordUser } from '../factories/password-user.js';
import { expectAccessible, launchBrowser, openContext } from './browser.js';
import { type DefaultService, enrollmentPage, recoveryPage, startDefaultService } from './default-flows.js';

let browser: Browser;
let service: DefaultService;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startDefaultService()]);
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});
// All visitors share one IP address, so they share its limits.
beforeEach(() => service.dataSource.query('delete from "request_limit"'));

async function newBrowser(): Promise<BrowserContext> {
  return (await openContext(browser, { baseURL: service.url })).context;
}

const submit = (page: Page, label: string): Promise<void> => page.getByRole('button', { name: label }).click();
const heading = (page: Page, name: string): Promise<void> => page.getByRole('heading', { name }).waitFor();

/** Fills in and submits the sign-up form. @returns the address */
async function signUp(
  page: Page,
  username = `user-${randomUUID()}`,
  email = `${username}@example.org`,
): Promise<string> {
  await page.goto(enrollmentPage);
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Name', { exact: true }).fill('Ada');
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill('one password');
  await page.getByLabel('Repeat password').fill('one password');
  await submit(page, 'Continue');
  await heading(page, 'Check your inbox');
  return email;
}

/** Opens the link of a mail in a new tab, and presses its button. */
async function confirm(context: BrowserContext, address: string, number = 1): Promise<Page> {
  const page = await context.newPage();
  await page.goto((await service.mailTo(address, number)).url);
  await submit(page, 'Continue');
  return page;
}

describe('A second tab of the same browser', () => {
  it('confirms a sign-up, and the first one says so', async () => {
    const context = await newBrowser();
    const waiting = await context.newPage();
    const email = await signUp(waiting);
    const second = await confirm(context, email);
    await second.getByText('You are signed in as Ada').waitFor();
    await waiting.bringToFront();
    await heading(waiting, 'Confirmed');
    await waiting.getByText('Continue there.').waitFor();
    await expectAccessible(waiting, 'confirmed in another tab');
    await waiting.reload();
    await heading(waiting, 'Confirmed');
    await context.close();
  });

  it('confirms a recovery, and the first one shows no second form', async () => {
    const { email } = await createPasswordUser(service.api);
    const context = await newBrowser();
    const waiting = await context.newPage();
    await waiting.goto(recoveryPage);
    await waiting.getByLabel('Email or username').fill(email);
    await submit(waiting, 'Continue');
    await heading(waiting, 'Check your inbox');
    const second = await confirm(context, email);
    await second.getByLabel('New password', { exact: true }).waitFor();
    await waiting.bringToFront();
    await waiting.getByRole('heading', { name: 'Confirmed' }).waitFor();
    expect(await waiting.getByLabel('New password', { exact: true }).count()).toBe(0);
    await waiting.getByRole('link', { name: 'Continue here' }).click();
    await waiting.getByLabel('New password', { exact: true }).waitFor();
    await context.close();
  });
});
