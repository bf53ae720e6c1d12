import { randomUUID } from 'node:crypto';

import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

import { sideways } from './browser.js';
import { type DefaultService, enrollmentPage, recoveryPage } from './default-flows.js';

/** Fails if the page scrolls sideways, or has no link or button that leads on. */
async function expectWayOn(page: Page): Promise<void> {
  const where = await page.title();
  expect(await sideways(page), `sideways: ${where}`).toBe(0);
  const ways = page.locator('main').locator('a[href], button[type="submit"]:enabled').filter({ visible: true });
  expect(await ways.count(), `ways on: ${where}`).toBeGreaterThan(0);
}

/** Presses a button, after a check that its page leads on. */
export async function submit(page: Page, label: string): Promise<void> {
  const button = page.getByRole('button', { name: label });
  await button.waitFor();
  await expectWayOn(page);
  await button.click();
}

/** Follows a link, after a check that its page leads on. */
export async function follow(page: Page, label: string): Promise<void> {
  const link = page.getByRole('link', { name: label });
  await link.waitFor();
  await expectWayOn(page);
  await link.click();
}

/** Waits for a page, and checks that it leads on. */
export async function reach(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { name: heading, exact: true }).waitFor();
  await expectWayOn(page);
}

/** Waits for the home page of a signed-in visitor, and checks that it leads on. */
export async function reachSignedIn(page: Page, name: string): Promise<void> {
  await page.getByText(`You are signed in as ${name}`).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await expectWayOn(page);
}

/** The visitor of a sign-up. */
export interface NewVisitor {
  readonly username: string;
  readonly email: string;
}

export function newVisitor(): NewVisitor {
  const username = `user-${randomUUID()}`;
  return { username, email: `${username}@example.org` };
}

/** Fills in and submits the sign-up form. */
export async function fillSignUp(page: Page, { username, email }: NewVisitor): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Name', { exact: true }).fill('Ada');
  await page.getByLabel('Email address').fill(email);
  await repeatPassword(page, 'one password');
}

/** Fills in both passwords of the sign-up form, and submits it. */
export async function repeatPassword(page: Page, repeated: string): Promise<void> {
  await page.getByLabel('Password', { exact: true }).fill('one password');
  await page.getByLabel('Repeat password').fill(repeated);
  await submit(page, 'Continue');
}

/** Signs up. @returns the visitor, who waits for the mail */
export async function signUp(page: Page, visitor = newVisitor()): Promise<NewVisitor> {
  await page.goto(enrollmentPage);
  await fillSignUp(page, visitor);
  await reach(page, 'Check your inbox');
  return visitor;
}

/** Fills in and submits the sign-in form. */
export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('Email or username').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await submit(page, 'Sign in');
}

/** Requests a mail to recover an account. */
export async function requestRecovery(page: Page, name: string): Promise<void> {
  await page.goto(recoveryPage);
  await page.getByLabel('Email or username').fill(name);
  await submit(page, 'Continue');
  await reach(page, 'Check your inbox');
}

/** Fills in and submits the form for a new password. */
export async function choosePassword(page: Page): Promise<void> {
  await page.getByLabel('New password', { exact: true }).fill('chosen on this device');
  await page.getByLabel('Repeat new password').fill('chosen on this device');
  await submit(page, 'Continue');
}

/** Opens the link of a mail in a new tab, and presses its button. */
export async function confirmInNewTab(
  service: DefaultService,
  context: BrowserContext,
  { email, number = 1, label = 'Confirm address' }: { email: string; number?: number; label?: string },
): Promise<Page> {
  const page = await context.newPage();
  await page.goto((await service.mailTo(email, number)).url);
  await submit(page, label);
  return page;
}
