import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createPasswordUser } from '../factories/password-user.js';
import { closeContexts, expectAccessible, launchBrowser, openContext, takePicture } from './browser.js';
import { type DefaultService, recoveryPage, startDefaultService } from './default-flows.js';
import { requestRecovery, submit } from './visits.js';

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
// All visitors share one IP address, so they share its limits.
beforeEach(() => service.dataSource.query('delete from "request_limit"'));

/** Opens a window without cookies and records its pages. */
async function newWindow(options: BrowserContextOptions = {}): Promise<Page> {
  const { context } = await openContext(browser, { baseURL: service.url, ...options });
  const page = await context.newPage();
  page.on('response', (response) => {
    const isPage = response.request().resourceType() === 'document' && response.url().startsWith(service.url);
    if (isPage) seen.push({ url: response.url(), headers: response.headers() });
  });
  return page;
}

/** Every page of every window. */
const seen: { url: string; headers: Record<string, string> }[] = [];

/** The number of recovery mails to an address. Notices, such as of a new password, do not count. */
async function recoveryMailsTo(address: string): Promise<number> {
  const query = new URLSearchParams({ recipient: address, template: 'email/password_reset.html' });
  return (await service.api.get(`/mail/messages/?${query.toString()}`)).body.pagination.count;
}

describe.each([true, false])('With JavaScript (%s)', (javaScriptEnabled) => {
  it('a visitor types the code into the waiting page', async () => {
    const { email } = await createPasswordUser(service.api);
    const page = await newWindow({ javaScriptEnabled });
    await requestRecovery(page, email);
    const { code } = await service.mailTo(email);
    // Without a script the page reloads itself, so the code is typed on a page of its own.
    if (!javaScriptEnabled) await page.getByRole('link', { name: 'Enter code' }).click();
    const type = async (text: string): Promise<void> => {
      await page.getByLabel('Code from the email').fill(text);
      // The script sends a complete code.
      if (!javaScriptEnabled) await submit(page, 'Confirm code');
    };
    await type('000000' === code ? '111 111' : '000 000');
    await page.locator('.wrong', { hasText: 'This code is incorrect or has expired.' }).waitFor();
    await type(`${code.slice(0, 3)} ${code.slice(3)}`);
    await page.getByLabel('New password', { exact: true }).waitFor();
  });

  it('a visitor sees the typed address, its webmail and when another mail can be requested', async () => {
    const page = await newWindow({ javaScriptEnabled });
    await requestRecovery(page, 'nobody.there@gmail.com');
    await page.getByText('We sent an email with a link to nobody.there@gmail.com.').waitFor();
    await page.getByRole('link', { name: 'Open Gmail' }).waitFor();
    const resend = page.getByRole('button', { name: 'Resend email' });
    // The script counts down to the next mail.
    expect(await resend.isDisabled()).toBe(javaScriptEnabled);
    if (javaScriptEnabled) {
      await page.clock.install();
      await page.reload();
      await page.getByText(/You can request another email in \d+ seconds/).waitFor();
      await page.clock.fastForward(31_000);
      await page.getByText('You can request another email').waitFor({ state: 'hidden' });
      expect(await resend.isDisabled()).toBe(false);
      await expectAccessible(page, 'waiting');
    }
  });

  it('the waiting page updates when the link is used in another browser', async () => {
    const { email } = await createPasswordUser(service.api);
    const [waiting, other] = [await newWindow({ javaScriptEnabled }), await newWindow()];
    await requestRecovery(waiting, email);
    await other.goto((await service.mailTo(email)).url);
    await submit(other, 'Recover account');
    await other.getByLabel('New password', { exact: true }).waitFor();
    await waiting.getByRole('heading', { name: 'Confirmed' }).waitFor({ timeout: 60_000 });
    if (javaScriptEnabled) await takePicture(waiting, 'journey-confirmed-elsewhere');
  });
});

describe('A link', () => {
  it('works after a mail scanner opened it with scripts and cookies', async () => {
    const { email } = await createPasswordUser(service.api);
    const page = await newWindow();
    await requestRecovery(page, email);
    const { url } = await service.mailTo(email);
    const scanner = await newWindow();
    await scanner.goto(url);
    await fetch(url);
    await fetch(url, { method: 'HEAD' });
    await page.goto(url);
    await submit(page, 'Recover account');
    await page.getByLabel('New password', { exact: true }).waitFor();
  });

  it('that was used shows the reason and offers a new link', async () => {
    const { email } = await createPasswordUser(service.api);
    const page = await newWindow();
    await requestRecovery(page, email);
    const { url } = await service.mailTo(email);
    await page.goto(url);
    await submit(page, 'Recover account');
    const second = await newWindow();
    await second.goto(url);
    await second.getByRole('heading', { name: 'This link has already been used' }).waitFor();
    await takePicture(second, 'journey-link-used');
    await expectAccessible(second, 'used link');
    await second.getByRole('link', { name: 'Request a new link' }).click();
    await second.getByLabel('Email or username').waitFor();
  });

  it('that has expired shows the reason and offers a new link', async () => {
    const { email } = await createPasswordUser(service.api);
    const page = await newWindow();
    await requestRecovery(page, email);
    const { url } = await service.mailTo(email);
    await service.dataSource.query(`update "flow_token" set expires = now() - interval '1 minute'`);
    const other = await newWindow();
    await other.goto(url);
    await other.getByRole('heading', { name: 'This link has expired' }).waitFor();
    await other.getByRole('link', { name: 'Request a new link' }).click();
    await other.getByLabel('Email or username').waitFor();
  });
});

describe('A browser', () => {
  it('that goes back shows the current step and resubmits nothing', async () => {
    const { email } = await createPasswordUser(service.api);
    const page = await newWindow();
    await requestRecovery(page, email);
    await service.mailTo(email);
    await page.goBack();
    await page.reload();
    await page.getByRole('heading', { name: 'Check your inbox' }).waitFor();
    expect(await recoveryMailsTo(email)).toBe(1);
  });

  it('with a double click sends one mail', async () => {
    const { email } = await createPasswordUser(service.api);
    const page = await newWindow();
    await page.goto(recoveryPage);
    await page.getByLabel('Email or username').fill(email);
    await page.getByRole('button', { name: 'Continue' }).dblclick();
    await page.getByRole('heading', { name: 'Check your inbox' }).waitFor();
    await service.mailTo(email);
    expect(await recoveryMailsTo(email)).toBe(1);
  });

  it('shows a new password while it is typed and hides it again', async () => {
    const { email } = await createPasswordUser(service.api);
    const page = await newWindow();
    await requestRecovery(page, email);
    await page.goto((await service.mailTo(email)).url);
    await submit(page, 'Recover account');
    const password = page.getByLabel('New password', { exact: true });
    await password.fill('secret');
    await page.getByRole('button', { name: 'Show password' }).first().click();
    expect(await password.getAttribute('type')).toBe('text');
    await page.getByRole('button', { name: 'Show password' }).first().click();
    expect(await password.getAttribute('type')).toBe('password');
    expect(await page.locator('input[autocomplete="username"]').inputValue()).toBe(email);
    await takePicture(page, 'journey-new-password');
  });

  it('shows a start page with links to every flow, the mailbox and the API', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await newWindow({ colorScheme });
      await page.goto(await service.mailboxLink());
      await page.goto('/');
      await expectAccessible(page, 'start page');
      await takePicture(page, `start-${colorScheme}`);
      for (const name of [/Forgot your password/, /Create an account/, /Open the mailbox/, /API documentation/]) {
        await page.getByRole('link', { name }).waitFor();
      }
    }
  });
});

it('No page of these journeys can be framed, cached, or run a foreign script', () => {
  expect(seen.length).toBeGreaterThan(40);
  for (const { url, headers } of seen) {
    expect(headers['content-security-policy'], url).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe-inline');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['x-content-type-options']).toBe('nosniff');
  }
});
