import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { PageBrowser } from '../support/page-browser.js';
import { type ProofMail, proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let sink: SmtpSink;
let flow: ProofFlow;

beforeAll(async () => {
  sink = new SmtpSink();
  const port = await sink.listen();
  app = await startTestApp();
  flow = await createProofFlow(app.api, port);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const page = (): string => `/if/flow/${flow.slug}/`;
const button = 'name="token"';

/** A browser that requested a mail, and the mail. */
async function asked(): Promise<{ waiting: PageBrowser; mail: ProofMail }> {
  const { email } = await createReader(app.api);
  const waiting = new PageBrowser(app.url);
  await waiting.open(page());
  await waiting.submit({ uid_field: email });
  return { waiting, mail: await proofMail(sink, email) };
}

describe('The page of a link', () => {
  it('has a button that continues, also after the page was opened and reloaded repeatedly', async () => {
    const { mail } = await asked();
    const browser = new PageBrowser(app.url);
    for (const _ of [1, 2]) expect((await browser.open(`${page()}?${mail.query}`)).html).toContain(button);
    for (const _ of [1, 2]) expect((await browser.open(page())).html).toContain(button);
    expect(browser.page.html).not.toContain(mail.token);
    expect((await browser.submit()).html).toContain(flow.behind);
    expect((await browser.open(page())).html).toContain(flow.behind);
    await browser.submit();
    expect(browser.page.address).toBe('/');
    // The next visit starts a new run.
    expect((await browser.open(page())).html).toContain('name="uid_field"');
  });

  it('continues in the waiting browser, too', async () => {
    const { waiting, mail } = await asked();
    expect((await waiting.open(`${page()}?${mail.query}`)).html).toContain(button);
    expect((await waiting.submit()).html).toContain(flow.behind);
  });

  it('does not accept the button of another link', async () => {
    const mine = await asked();
    const theirs = await asked();
    const browser = new PageBrowser(app.url);
    await browser.open(`${page()}?${mine.mail.query}`);
    const form = browser.formOf();
    await browser.open(`${page()}?${theirs.mail.query}`);
    expect((await browser.send(form)).html).toContain(button);
    expect((await browser.submit()).html).toContain(flow.behind);
  });

  it('explains once that the link was used, and starts a new run on the next visit', async () => {
    const { mail } = await asked();
    const first = new PageBrowser(app.url);
    await first.open(`${page()}?${mail.query}`);
    await first.submit();
    const second = new PageBrowser(app.url);
    const { html } = await second.open(`${page()}?${mail.query}`);
    expect(html).toContain('<h1>This link has already been used</h1>');
    expect(html).toContain(`href="${page()}">Request a new link</a>`);
    expect(html).not.toContain(mail.token);
    expect((await second.open(page())).html).toContain('name="uid_field"');
  });

  it('notifies the waiting page in the first browser after the link was used elsewhere', async () => {
    const { waiting, mail } = await asked();
    const other = new PageBrowser(app.url);
    await other.open(`${page()}?${mail.query}`);
    await other.submit();
    expect((await waiting.open(page())).html).toContain('The link was opened in another tab or on another device.');
  });

  it('is not needed if the visitor enters the code on the waiting page', async () => {
    const { waiting, mail } = await asked();
    expect((await waiting.submit({ code: mail.code })).html).toContain(flow.behind);
  });
});
