import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createEnrollmentFlow, createRecoveryFlow } from '../factories/account-flows.js';
import { createPasswordUser } from '../factories/password-user.js';
import { PageBrowser, type ShownPage } from '../support/page-browser.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let recovery: string;
let enrollment: string;

beforeAll(async () => {
  sink = new SmtpSink();
  const port = await sink.listen();
  app = await startTestApp();
  recovery = await createRecoveryFlow(app.api, { port, recovery_max_attempts: 2, recovery_cache_timeout: 'minutes=4' });
  enrollment = await createEnrollmentFlow(app.api, { port });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});
beforeEach(() => app.dataSource.query('delete from "request_limit"'));

/** The text of a page, without its tags. */
const textOf = ({ html }: ShownPage): string =>
  html
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([.,])/g, '$1');
const countOf = (text: string, part: string): number => text.split(part).length - 1;

async function recover(uid_field: string, browser = new PageBrowser(app.url)): Promise<PageBrowser> {
  await browser.open(`/if/flow/${recovery}/`);
  await browser.submit({ uid_field });
  return browser;
}

async function signUp(email: string): Promise<PageBrowser> {
  const browser = new PageBrowser(app.url);
  await browser.open(`/if/flow/${enrollment}/`);
  await browser.submit({ username: randomUUID(), password: 'a new secret', password_repeat: 'a new secret' });
  await browser.submit({ name: 'Ada', email });
  return browser;
}

/** Submits the form for another name. */
const goBack = (browser: PageBrowser): Promise<ShownPage> => browser.submit({}, 2);

describe('The page that waits for a mail', () => {
  it('names the address as it was typed, of known and unknown users', async () => {
    const { email } = await createPasswordUser(app.api);
    for (const typed of [email.toUpperCase(), `${randomUUID()}@example.org`]) {
      expect(textOf((await recover(typed)).page)).toContain(
        `We sent an email with a link to ${typed}. You can open it`,
      );
    }
  });

  it('names the user name if one was typed, and never the address of the account', async () => {
    const { email, username } = await createPasswordUser(app.api);
    for (const typed of [username, randomUUID()]) {
      const { page } = await recover(typed);
      expect(textOf(page)).toContain(`We sent an email with a link to the address of ${typed}.`);
      expect(page.html).not.toContain(email);
    }
  });

  it('names the address of a sign-up, whether it has an account or not', async () => {
    const { email } = await createPasswordUser(app.api);
    for (const typed of [email, `${randomUUID()}@example.org`]) {
      expect(textOf((await signUp(typed)).page)).toContain(`We sent an email with a link to ${typed}.`);
    }
  });

  it('links to the webmail of the typed address without a referrer', async () => {
    const { page } = await recover(`${randomUUID()}@gmail.com`);
    expect(page.html).toContain(
      '<a class="button" href="https://mail.google.com/mail/" target="_blank" rel="noopener noreferrer">Open Gmail</a>',
    );
    expect((await recover(`${randomUUID()}@example.org`)).page.html).not.toContain('target="_blank"');
  });

  it('has the seconds until another mail should be requested', async () => {
    const { html } = (await recover(`${randomUUID()}@example.org`)).page;
    const seconds = Number(/ data-wait="(\d+)"/.exec(html)?.[1]);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(30);
    // Without a script the button works at once.
    expect(html).toMatch(
      /<p class="quiet next-mail needs-script"[^>]*>You can request another email in \d+ seconds\.</,
    );
  });

  it('says once when another mail can be requested, if a limit is reached', async () => {
    const browser = await recover(`${randomUUID()}@example.org`);
    for (const _ of [1, 2]) await browser.submit({}, 1);
    const text = textOf(browser.page);
    expect(countOf(text, 'You can request another email in 4 minutes.')).toBe(1);
    expect(text).not.toContain('Too many attempts');
    expect(browser.page.html).toMatch(/ data-wait="2[34]\d"/);
    expect(browser.page.html).toContain('<p class="quiet next-mail" ');
  });
});

describe('A visitor who has typed a wrong name', () => {
  it('goes back and types another one, known or unknown', async () => {
    const { email } = await createPasswordUser(app.api);
    const browser = await recover(`${randomUUID()}@example.org`);
    expect((await goBack(browser)).html).toContain('name="uid_field"');
    await browser.submit({ uid_field: email });
    expect(textOf(browser.page)).toContain(`We sent an email with a link to ${email}.`);
    const { pathname, search } = new URL((await proofMail(sink, email)).link);
    await browser.open(`${pathname}${search}`);
    expect((await browser.submit()).html).toContain('name="password"');
  });

  it('does not end the link that was mailed to the owner of the first name', async () => {
    const { email } = await createPasswordUser(app.api);
    await goBack(await recover(email));
    const { pathname, search } = new URL((await proofMail(sink, email)).link);
    const owner = new PageBrowser(app.url);
    await owner.open(`${pathname}${search}`);
    expect((await owner.submit()).html).toContain('name="password"');
  });

  it('cannot go back once the link was used in another browser', async () => {
    const { email } = await createPasswordUser(app.api);
    const browser = await recover(email);
    const { pathname, search } = new URL((await proofMail(sink, email)).link);
    const owner = new PageBrowser(app.url);
    await owner.open(`${pathname}${search}`);
    await owner.submit();
    expect(textOf(await goBack(browser))).toContain('Continue there.');
  });

  it('uses up the same limits as before', async () => {
    const { email } = await createPasswordUser(app.api);
    const browser = await recover(email);
    for (const _ of [1, 2]) {
      await goBack(browser);
      await browser.submit({ uid_field: email });
    }
    expect(textOf(browser.page)).toContain('You can request another email in 4 minutes.');
  });

  it('goes back over the API', async () => {
    const visitor = new Visitor(app.url);
    await visitor.answer(recovery, { uid_field: `${randomUUID()}@example.org` });
    const back = await visitor.answer(recovery, { component: 'ak-stage-email', change_address: true });
    expect(back).toMatchObject({ component: 'ak-stage-identification' });
  });
});
