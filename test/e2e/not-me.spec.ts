import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { createEnrollmentFlow } from '../factories/account-flows.js';
import { PageBrowser } from '../support/page-browser.js';
import { type ProofMail, proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;
let slug: string;

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  app = await startTestApp({ PUBLIC_URL: 'https://login.example.org' });
  slug = await createEnrollmentFlow(app.api, { port });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const password = 'typed by a stranger';

/** Signs up with an address. @returns their browser, the mail, and the path of its "this was not me" link */
async function signUp(): Promise<{ visitor: Visitor; email: string; mail: ProofMail; notMe: string }> {
  const [visitor, username] = [new Visitor(app.url), randomUUID()];
  const email = `${username}@example.org`;
  await visitor.answer(slug, { username, password, password_repeat: password });
  await visitor.answer(slug, { name: 'Of a stranger', email });
  const mail = await proofMail(sink, email);
  return { visitor, email, mail, notMe: notMeIn(mail.text) };
}

function notMeIn(text: string): string {
  const { pathname, search } = new URL(/https:\/\/login\.example\.org\/if\/not-me\/\S+/.exec(text)?.[0] ?? '');
  return `${pathname}${search}`;
}

const userOf = (email: string): Promise<User | null> => app.dataSource.manager.findOneBy(User, { email });

async function press(path: string): Promise<string> {
  const browser = new PageBrowser(app.url);
  await browser.open(path);
  return (await browser.submit()).html;
}

describe('The "this was not me" link of a sign-up', () => {
  it('deletes the account with a button, but not when opened', async () => {
    const { email, mail, notMe } = await signUp();
    expect(mail.html).toContain('/if/not-me/?token=');
    for (const method of ['GET', 'HEAD', 'GET']) await fetch(`${app.url}${notMe}`, { method });
    expect(await userOf(email)).toMatchObject({ awaitsConfirmation: true });
    expect(await press(notMe)).toContain('Account deleted');
    expect(await userOf(email)).toBeNull();
  });

  it('deletes the account once, and shows "Already done" afterwards', async () => {
    const { email, notMe } = await signUp();
    const browser = new PageBrowser(app.url);
    await browser.open(notMe);
    const form = browser.formOf();
    const pages = await Promise.all([1, 2, 3].map(() => new PageBrowser(app.url).open(notMe)));
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await browser.submit()).html).toContain('Account deleted');
    await browser.open(notMe);
    expect(browser.page.html).toContain('Already done');
    expect((await browser.send(form)).html).toContain('Already done');
    expect(await userOf(email)).toBeNull();
  });

  it('does not delete an account that was confirmed in the meantime', async () => {
    const { visitor, email, mail, notMe } = await signUp();
    const browser = new PageBrowser(app.url);
    await browser.open(notMe);
    await visitor.answer(slug, { code: mail.code });
    expect((await browser.submit()).html).toContain('This link is not valid');
    expect(await userOf(email)).toMatchObject({ isActive: true });
  });

  it('has a secret that is not stored in the database', async () => {
    const { notMe } = await signUp();
    const secret = new URL(notMe, app.url).searchParams.get('token');
    for (const table of ['not_me_link', 'mail_message', 'flow_token', 'session']) {
      const rows = await app.dataSource.query(`select from "${table}" t where t::text like '%' || $1 || '%'`, [secret]);
      expect(rows, table).toEqual([]);
    }
  });

  it('removes its secret from the URL before the page is shown, and from the session after the deletion', async () => {
    const { notMe } = await signUp();
    const browser = new PageBrowser(app.url);
    await browser.open(`${notMe}&locale=de`);
    expect(browser.visited).toEqual([`${notMe}&locale=de`, '/if/not-me/?locale=de&opened=', '/if/not-me/?locale=de']);
    expect((await browser.open('/if/not-me/')).html).toContain('Delete account');
    await browser.open(notMe);
    expect(browser.visited.slice(-2)).toEqual([notMe, '/if/not-me/']);
    expect((await browser.submit()).html).toContain('Account deleted');
    expect((await browser.open('/if/not-me/')).html).toContain('This link is not valid');
  });

  it('shows an error if cookies are disabled', async () => {
    const { notMe } = await signUp();
    const { html } = await new PageBrowser(app.url, {}, false).open(notMe);
    expect(html).toContain('<h1>Cookies are disabled</h1>');
  });

  it('is shown on the pages of the confirmation link until the account is deleted', async () => {
    const { mail, notMe, email } = await signUp();
    const owner = new PageBrowser(app.url);
    const { pathname, search } = new URL(mail.link);
    for (const { html } of [await owner.open(`${pathname}${search}`), await owner.submit()]) {
      expect(html).toContain(`href="${notMe}"`);
    }
    expect(await press(notMe)).toContain('Account deleted');
    expect((await owner.open(`/if/flow/${slug}/`)).html).not.toContain('not-me');
    expect(await userOf(email)).toBeNull();
  });
});

it('An unknown "this was not me" link shows an error without a form', async () => {
  for (const path of ['/if/not-me/', '/if/not-me/?token=x', `/if/not-me/?token=${'0'.repeat(64)}`]) {
    const browser = new PageBrowser(app.url);
    expect((await browser.open(path)).html).toContain('This link is not valid');
    expect(browser.page.html).not.toContain('<form');
    expect(await browser.send(new URLSearchParams({ token: 'x' }))).toMatchObject({ status: 200 });
  }
});
