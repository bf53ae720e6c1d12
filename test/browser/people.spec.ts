import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createFlowWith } from '../factories/flow-with.js';
import { createInvitation, createInvitationStage } from '../factories/invitation.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createStage } from '../factories/stage.js';
import { closeContexts, expectAccessible, launchBrowser, openContext, takePicture } from './browser.js';
import { type DefaultService, enrollmentPage, signInPage, startDefaultService } from './default-flows.js';
import {
  choosePassword,
  confirmInNewTab,
  fillSignUp,
  follow,
  newVisitor,
  reach,
  reachSignedIn,
  repeatPassword,
  requestRecovery,
  signIn,
  signUp,
  submit,
} from './visits.js';

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
afterEach(() => closeContexts(browser));

/** Opens a page in a browser without cookies. */
async function newBrowser(options: BrowserContextOptions = {}): Promise<Page> {
  return (await openContext(browser, { baseURL: service.url, ...options })).context.newPage();
}

/** Returns the path and query of a flow that leads back to the application. */
const toApplication = (path: string): string =>
  `${path}?${new URLSearchParams({ next: `${origin}/welcome` }).toString()}`;

/** Creates a sign-up flow for invited visitors. @returns the path and query of an invitation's link */
async function invite(): Promise<string> {
  const { pk: gate } = await createInvitationStage(service.api);
  const keys = [gate];
  for (const name of ['prompt', 'user-write', 'email', 'user-login']) {
    const found = await service.api.get(`/stages/all/?name=default-enrollment-${name}`);
    keys.push(found.body.results[0].pk);
  }
  const title = 'Join the library';
  const { flow } = await createFlowWith(service.api, keys, { title, designation: 'enrollment' });
  const { pk } = await createInvitation(service.api, { flow: flow.pk, single_use: true });
  return `/if/flow/${flow.slug}/?itoken=${pk}`;
}

/** Creates a flow that asks signed-in visitors for consent. @returns its path */
async function askForConsent(): Promise<string> {
  const { pk } = await createStage(service.api, 'consent');
  const fields = { title: 'Terms of the library', authentication: 'require_authenticated' } as const;
  const { flow } = await createFlowWith(service.api, [pk], fields);
  return `/if/flow/${flow.slug}/`;
}

// The helpers check at every page that it fits the width and leads on.
describe.each([320, 1280])('At a width of %d pixels', (width) => {
  const viewport = { width, height: 860 };

  it('a visitor signs up and confirms the address in the same tab', async () => {
    const page = await newBrowser({ viewport });
    const visitor = newVisitor();
    await page.goto(enrollmentPage);
    await expectAccessible(page, 'enrollment');
    await fillSignUp(page, visitor);
    await reach(page, 'Check your inbox');
    await page.goto((await service.mailTo(visitor.email)).url);
    await submit(page, 'Confirm address');
    await reachSignedIn(page, 'Ada');
  });

  it('a visitor signs up and confirms the address in a second tab', async () => {
    const waiting = await newBrowser({ viewport });
    const { email } = await signUp(waiting);
    await reachSignedIn(await confirmInNewTab(service, waiting.context(), { email }), 'Ada');
    await waiting.bringToFront();
    await reach(waiting, 'Confirmed');
    await waiting.getByText('Continue there.').waitFor();
    await expectAccessible(waiting, 'confirmed in another tab');
    await waiting.reload();
    await reach(waiting, 'Confirmed');
    await follow(waiting, 'Go to homepage');
    await reachSignedIn(waiting, 'Ada');
  });

  it('a visitor signs up and confirms the address on another device', async () => {
    const [waiting, phone] = [await newBrowser({ viewport }), await newBrowser({ viewport })];
    const { email } = await signUp(waiting);
    const page = await confirmInNewTab(service, phone.context(), { email });
    await choosePassword(page);
    await reachSignedIn(page, 'Ada');
    await waiting.bringToFront();
    await reach(waiting, 'Confirmed');
  });

  it('a visitor without JavaScript signs up, signs out and recovers the account', async () => {
    const page = await newBrowser({ viewport, javaScriptEnabled: false });
    const { email } = await signUp(page);
    await page.goto((await service.mailTo(email)).url);
    await submit(page, 'Confirm address');
    await reachSignedIn(page, 'Ada');
    await submit(page, 'Sign out');
    await reach(page, 'Welcome');
    await requestRecovery(page, email);
    await page.goto((await service.mailTo(email, 2)).url);
    await submit(page, 'Recover account');
    await choosePassword(page);
    await reachSignedIn(page, 'Ada');
  });

  it('a visitor who signed up with a wrong address corrects it in the form', async () => {
    const page = await newBrowser({ viewport });
    const { username, email } = newVisitor();
    const wrong = `${username}@example.invalid`;
    await signUp(page, { username, email: wrong });
    await page.getByText(`We sent an email with a link to ${wrong}.`).waitFor();
    await submit(page, 'Change it');
    expect(await page.getByLabel('Email address').inputValue()).toBe(wrong);
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('');
    await page.getByLabel('Email address').fill(email);
    await repeatPassword(page, 'another password');
    await page.locator('.wrong', { hasText: 'The passwords do not match.' }).nth(1).waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.name')).toBe('password');
    expect(await page.getByLabel('Username').inputValue()).toBe(username);
    await repeatPassword(page, 'one password');
    await reach(page, 'Check your inbox');
    await reachSignedIn(await confirmInNewTab(service, page.context(), { email }), 'Ada');
  });

  it('a visitor who left before confirming the address is led to the confirmation by the right password', async () => {
    const first = await newBrowser({ viewport });
    const { email } = await signUp(first);
    await closeContexts(browser);
    const page = await newBrowser({ viewport });
    await page.goto(signInPage);
    await signIn(page, email, 'one password');
    await page.getByText('Confirm your email address first.').waitFor();
    await reach(page, 'Check your inbox');
    await reachSignedIn(await confirmInNewTab(service, page.context(), { email, number: 2 }), 'Ada');
  });

  it('a visitor with an expired link requests a new link and confirms the address', async () => {
    const { email } = await signUp(await newBrowser({ viewport }));
    const { url } = await service.mailTo(email);
    await service.dataSource.query(`update "flow_token" set expires = now() - interval '1 minute'`);
    const page = await newBrowser({ viewport });
    await page.goto(url);
    await reach(page, 'This link has expired');
    await follow(page, 'Request a new link');
    await reach(page, 'Check your inbox');
    await page.goto((await service.mailTo(email, 2)).url);
    await page.getByText(`Confirm that ${email} is your email address.`).waitFor();
    await submit(page, 'Confirm address');
    await choosePassword(page);
    await reachSignedIn(page, 'Ada');
  });

  it('a visitor recovers an account', async () => {
    const { email, username } = await createPasswordUser(service.api);
    const page = await newBrowser({ viewport });
    await requestRecovery(page, email);
    await takePicture(page, `journey-waiting-${width}`);
    const { url, token } = await service.mailTo(email);
    await page.goto(url);
    expect(page.url()).not.toContain(token);
    await submit(page, 'Recover account');
    await choosePassword(page);
    await reachSignedIn(page, username);
    expect(new URL(page.url()).pathname).toBe('/');
    await takePicture(page, `journey-signed-in-${width}`);
    await expectAccessible(page, 'signed in');
    await submit(page, 'Sign out');
    await reach(page, 'Welcome');
  });

  it('a visitor who recovers an account by an unknown name tries another name', async () => {
    const { email, username } = await createPasswordUser(service.api);
    const page = await newBrowser({ viewport });
    const { email: unknown } = newVisitor();
    await requestRecovery(page, unknown);
    await page.getByText(`We sent an email with a link to ${unknown}.`).waitFor();
    await submit(page, 'Change it');
    await page.getByLabel('Email or username').fill(email);
    await submit(page, 'Continue');
    await page.getByText(`We sent an email with a link to ${email}.`).waitFor();
    await reach(page, 'Check your inbox');
    await page.goto((await service.mailTo(email)).url);
    await submit(page, 'Recover account');
    await choosePassword(page);
    await reachSignedIn(page, username);
  });

  it('a visitor who signs up with the address of an account gets a notice by mail, and signs in', async () => {
    const { email, password, username } = await createPasswordUser(service.api);
    const page = await newBrowser({ viewport });
    await signUp(page, { ...newVisitor(), email });
    const query = new URLSearchParams({ recipient: email, template: 'email/account_exists.html' });
    expect((await service.api.get(`/mail/messages/?${query.toString()}`)).body.pagination.count).toBe(1);
    await page.goto('/flows/-/default/authentication/');
    await signIn(page, email, password);
    await reachSignedIn(page, username);
  });

  it('an invited visitor signs up, and the used invitation leads to the home page', async () => {
    const link = await invite();
    const page = await newBrowser({ viewport });
    const visitor = newVisitor();
    await page.goto(link);
    await fillSignUp(page, visitor);
    await reach(page, 'Check your inbox');
    await reachSignedIn(await confirmInNewTab(service, page.context(), visitor), 'Ada');
    const other = await newBrowser({ viewport });
    await other.goto(link);
    await reach(other, 'Access denied');
    await follow(other, 'Go to homepage');
    await follow(other, 'Sign in');
    await signIn(other, visitor.email, 'one password');
    await reachSignedIn(other, 'Ada');
  });

  it('a visitor signs in, declines consent, and agrees on the second try', async () => {
    const { email, password } = await createPasswordUser(service.api);
    const page = await newBrowser({ viewport });
    await page.goto(toApplication(await askForConsent()));
    await signIn(page, email, password);
    await page.getByText('asks for your consent to continue with').waitFor();
    await submit(page, 'Decline');
    await reach(page, 'You declined');
    await page.getByRole('link', { name: 'Go back to the application' }).waitFor();
    await follow(page, 'Start over');
    await submit(page, 'Agree');
    await page.getByText('Welcome to the application').waitFor();
  });
});

it('A recovery that is confirmed in a second tab shows no second form in the first tab', async () => {
  const { email } = await createPasswordUser(service.api);
  const waiting = await newBrowser();
  await requestRecovery(waiting, email);
  const second = await confirmInNewTab(service, waiting.context(), { email, label: 'Recover account' });
  await second.getByLabel('New password', { exact: true }).waitFor();
  await waiting.bringToFront();
  await reach(waiting, 'Confirmed');
  expect(await waiting.getByLabel('New password', { exact: true }).count()).toBe(0);
  await follow(waiting, 'Continue here');
  await waiting.getByLabel('New password', { exact: true }).waitFor();
});

it('A visitor who signs up again continues with another mail', async () => {
  const page = await newBrowser();
  const visitor = await signUp(page);
  await page.context().clearCookies();
  await signUp(page, visitor);
  await reachSignedIn(await confirmInNewTab(service, page.context(), { email: visitor.email, number: 2 }), 'Ada');
});

describe('A flow', () => {
  it('redirects to the application after the last form', async () => {
    const { email, password } = await createPasswordUser(service.api);
    const { context, complaints } = await openContext(browser, { baseURL: service.url });
    const page = await context.newPage();
    await page.goto(toApplication(signInPage));
    await follow(page, 'Create an account');
    await follow(page, 'Already have an account? Sign in');
    await signIn(page, email, password);
    await page.getByText('Welcome to the application').waitFor();
    expect([page.url(), complaints]).toEqual([`${origin}/welcome`, []]);
  });
});
