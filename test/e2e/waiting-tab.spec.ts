import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createEnrollmentFlow, createRecoveryFlow } from '../factories/account-flows.js';
import { createPasswordUser } from '../factories/password-user.js';
import { PageBrowser } from '../support/page-browser.js';
import { type ProofMail, proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let sink: SmtpSink;
let enrollment: string;
let recovery: string;

beforeAll(async () => {
  sink = new SmtpSink();
  const port = await sink.listen();
  app = await startTestApp();
  enrollment = await createEnrollmentFlow(app.api, { port });
  recovery = await createRecoveryFlow(app.api, { port });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const confirmed = 'The link was opened in another tab or on another device. Continue there.';

/** A browser with a tab that waits for a mail. */
interface Waiting {
  readonly browser: PageBrowser;
  readonly mail: ProofMail;
  /** The address that the waiting tab reloads. */
  readonly tab: string;
  /** The form of the waiting tab that asks for another mail. */
  readonly resend: URLSearchParams;
}

async function waiting(browser: PageBrowser, email: string): Promise<Waiting> {
  const mail = await proofMail(sink, email);
  const address = /http-equiv="refresh" content="20; url=([^"]+)"/.exec(browser.page.html)?.[1] ?? '';
  return { browser, mail, tab: address.replaceAll('&amp;', '&'), resend: browser.formOf(1) };
}

async function recovers(query = ''): Promise<Waiting> {
  const { email } = await createPasswordUser(app.api);
  const browser = new PageBrowser(app.url);
  await browser.open(`/if/flow/${recovery}/${query}`);
  await browser.submit({ uid_field: email });
  return waiting(browser, email);
}

async function signsUp(): Promise<Waiting> {
  const username = randomUUID();
  const browser = new PageBrowser(app.url);
  await browser.open(`/if/flow/${enrollment}/`);
  await browser.submit({ username, password: 'a new secret', password_repeat: 'a new secret' });
  await browser.submit({ name: 'Ada', email: `${username}@example.org` });
  return waiting(browser, `${username}@example.org`);
}

/** Opens the link in a second tab, and presses its button. */
async function confirm({ browser, mail }: Waiting): Promise<string> {
  const { pathname, search } = new URL(mail.link);
  await browser.open(`${pathname}${search}`);
  return (await browser.submit()).html;
}

describe('A waiting tab whose link was confirmed in another tab', () => {
  it('shows a message in a recovery, but no password form', async () => {
    const started = await recovers();
    expect(await confirm(started)).toContain('name="password"');
    const { html } = await started.browser.open(started.tab);
    expect(html).toContain(confirmed);
    expect(html).not.toContain('name="password"');
  });

  it('links to the form of the other tab', async () => {
    const started = await recovers('?next=%2Fapi%2Fv3%2Fdocs%2F');
    await confirm(started);
    const { html } = await started.browser.open(started.tab);
    const [, here = ''] = /href="([^"]+)">Continue here</.exec(html) ?? [];
    expect((await started.browser.open(here)).html).toContain('name="password"');
    expect(here).toContain('next=');
  });

  it('shows a message after a completed sign-up, also after a reload', async () => {
    const started = await signsUp();
    await confirm(started);
    for (const _ of [1, 2]) {
      const { html } = await started.browser.open(started.tab);
      expect(html).toContain(confirmed);
      expect(html).toContain('href="/">Go to homepage<');
    }
  });

  it('shows a message if another mail is requested there', async () => {
    const started = await recovers();
    await confirm(started);
    await started.browser.open(started.tab);
    const { html, address } = await started.browser.send(started.resend);
    expect([address, html.includes(confirmed)]).toEqual([started.tab, true]);
  });

  it('keeps waiting until the button of the link is pressed', async () => {
    const started = await recovers();
    const { pathname, search } = new URL(started.mail.link);
    await started.browser.open(`${pathname}${search}`);
    expect((await started.browser.open(started.tab)).html).toContain('Check your inbox');
    expect((await started.browser.open(pathname)).html).toContain('name="token"');
  });
});

it('A waiting tab of another run is not affected by a link', async () => {
  const [started, other] = [await recovers(), await recovers()];
  await confirm(started);
  expect((await started.browser.open(other.tab)).html).not.toContain(confirmed);
  expect((await other.browser.open(other.tab)).html).toContain('Check your inbox');
});
