import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createPasswordUser } from '../factories/password-user.js';
import { expectAccessible, launchBrowser, openContext } from './browser.js';
import { type DefaultService, enrollmentPage, recoveryPage, signInPage, startDefaultService } from './default-flows.js';

let browser: Browser;
let service: DefaultService;
/** The application that flows lead back to. */
const application = createServer((_, response) => response.end('Welcome to the application'));
let origin: string;

beforeAll(async () => {
  await once(application.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(application.address() as AddressInfo).port}`;
  [browser, service] = await Promise.all([launchBrowser(), startDefaultService({ ALLOWED_REDIRECTS: origin })]);
});
afterAll(async () => {
  await browser.close();
  await service.stop();
  application.close();
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

/** Fills in and submits the sign-in form. */
async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('Email or username').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await submit(page, 'Sign in');
}

async function choosePassword(page: Page): Promise<void> {
  await page.getByLabel('New password', { exact: true }).fill('chosen on this device');
  await page.getByLabel('Repeat new password').fill('chosen on this device');
  await submit(page, 'Continue');
}

/** Opens the link of a mail in a new tab, and presses its button. */
async function confirm(context: BrowserContext, address: string, number = 1, label = 'Confirm address'): Promise<Page> {
  const page = await context.newPage();
  await page.goto((await service.mailTo(address, number)).url);
  await submit(page, label);
  return page;
}

describe('A second tab of the same browser', () => {
  it('confirms a sign-up, and the first tab reports it', async () => {
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

  it('confirms a recovery, and the first tab shows no second form', async () => {
    const { email } = await createPasswordUser(service.api);
    const context = await newBrowser();
    const waiting = await context.newPage();
    await waiting.goto(recoveryPage);
    await waiting.getByLabel('Email or username').fill(email);
    await submit(waiting, 'Continue');
    await heading(waiting, 'Check your inbox');
    const second = await confirm(context, email, 1, 'Recover account');
    await second.getByLabel('New password', { exact: true }).waitFor();
    await waiting.bringToFront();
    await waiting.getByRole('heading', { name: 'Confirmed' }).waitFor();
    expect(await waiting.getByLabel('New password', { exact: true }).count()).toBe(0);
    await waiting.getByRole('link', { name: 'Continue here' }).click();
    await waiting.getByLabel('New password', { exact: true }).waitFor();
    await context.close();
  });
});

describe('A visitor who has signed up', () => {
  it('and closed the page is led to the confirmation by the right password', async () => {
    const [first, later] = [await newBrowser(), await newBrowser()];
    const email = await signUp(await first.newPage());
    await first.close();
    const page = await later.newPage();
    await page.goto(signInPage);
    await signIn(page, email, 'one password');
    await page.getByText('Confirm your email address first.').waitFor();
    await heading(page, 'Check your inbox');
    await (await confirm(later, email, 2)).getByText('You are signed in as Ada').waitFor();
    await later.close();
  });

  it('and signs up again continues with another mail', async () => {
    const context = await newBrowser();
    const page = await context.newPage();
    const email = await signUp(page);
    await context.clearCookies();
    await signUp(page, email.replace('@example.org', ''), email);
    await (await confirm(context, email, 2)).getByText('You are signed in as Ada').waitFor();
    await context.close();
  });

  it('and opens an expired link requests a new link and confirms', async () => {
    const [first, later] = [await newBrowser(), await newBrowser()];
    const email = await signUp(await first.newPage());
    const { url } = await service.mailTo(email);
    await service.dataSource.query(`update "flow_token" set expires = now() - interval '1 minute'`);
    const page = await later.newPage();
    await page.goto(url);
    await heading(page, 'This link has expired');
    await page.getByRole('link', { name: 'Request a new link' }).click();
    await heading(page, 'Check your inbox');
    await page.goto((await service.mailTo(email, 2)).url);
    await page.getByText(`Confirm that ${email} is your email address.`).waitFor();
    await submit(page, 'Confirm address');
    await choosePassword(page);
    await page.getByText('You are signed in as Ada').waitFor();
    await Promise.all([first.close(), later.close()]);
  });

  it('and typed a wrong address corrects it in the form', async () => {
    const context = await newBrowser();
    const page = await context.newPage();
    const username = `user-${randomUUID()}`;
    await signUp(page, username, `${username}@example.invalid`);
    await page.getByText(`We sent an email with a link to ${username}@example.invalid.`).waitFor();
    await submit(page, 'Change it');
    expect(await page.getByLabel('Email address').inputValue()).toBe(`${username}@example.invalid`);
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('');
    await page.getByLabel('Email address').fill(`${username}@example.org`);
    await page.getByLabel('Password', { exact: true }).fill('one password');
    await page.getByLabel('Repeat password').fill('one password');
    await submit(page, 'Continue');
    await heading(page, 'Check your inbox');
    await (await confirm(context, `${username}@example.org`)).getByText('You are signed in as Ada').waitFor();
    await context.close();
  });

  it('and confirms on another device chooses a password there', async () => {
    const [computer, phone] = [await newBrowser(), await newBrowser()];
    const waiting = await computer.newPage();
    const page = await confirm(phone, await signUp(waiting));
    await choosePassword(page);
    await page.getByText('You are signed in as Ada').waitFor();
    await waiting.bringToFront();
    await heading(waiting, 'Confirmed');
    await Promise.all([computer.close(), phone.close()]);
  });

  it('with the address of an existing account gets a notice by mail, and signs in', async () => {
    const { email, password, username } = await createPasswordUser(service.api);
    const context = await newBrowser();
    const page = await context.newPage();
    await signUp(page, `user-${randomUUID()}`, email);
    const query = new URLSearchParams({ recipient: email, template: 'email/account_exists.html' });
    expect((await service.api.get(`/mail/messages/?${query.toString()}`)).body.pagination.count).toBe(1);
    await page.goto('/flows/-/default/authentication/');
    await signIn(page, email, password);
    await page.getByText(`You are signed in as ${username}`).waitFor();
    await context.close();
  });
});

describe('A flow', () => {
  it('redirects to the application after the last form', async () => {
    const { email, password } = await createPasswordUser(service.api);
    const { context, complaints } = await openContext(browser, { baseURL: service.url });
    const page = await context.newPage();
    await page.goto(`${signInPage}?${new URLSearchParams({ next: `${origin}/welcome` }).toString()}`);
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByRole('link', { name: 'Already have an account? Sign in' }).click();
    await signIn(page, email, password);
    await page.getByText('Welcome to the application').waitFor();
    expect([page.url(), complaints]).toEqual([`${origin}/welcome`, []]);
    await context.close();
  });
});
