import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { PlanContext } from '../../src/flow-execution/plan.js';
import { createEnrollmentFlow, createRecoveryFlow } from '../factories/account-flows.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createStage } from '../factories/stage.js';
import type { ApiClient } from '../support/api-client.js';
import { PageBrowser, type ShownPage } from '../support/page-browser.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { visitorAt } from '../support/visitor-at.js';
import { Visitor } from '../support/visitor.js';

const application = 'https://library.example';

let app: TestApp;
let sink: SmtpSink;
let port: number;

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  app = await startTestApp({ ALLOWED_REDIRECTS: application });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

/** The text of a page, without its tags. */
const textOf = ({ html }: ShownPage): string => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const buttonsOf = ({ html }: ShownPage): string[] =>
  [...html.matchAll(/<button[^>]*type="submit"[^>]*>([^<]+)</g)].map(([, label = '']) => label);

/** Creates a flow of a consent stage and another stage. */
async function consentFlow(): Promise<{ pk: string; slug: string; bindings: { pk: string; stage: string }[] }> {
  const { pk: consent } = await createStage(app.api, 'consent');
  const { pk: next } = await createDummyStage(app.api);
  const { flow, bindings } = await createFlowWith(app.api, [consent, next], { title: 'Terms of the library' });
  return { ...flow, bindings };
}

describe('The page of a consent stage', () => {
  it('names the service and the flow, and can be declined', async () => {
    const { slug } = await consentFlow();
    const browser = new PageBrowser(app.url);
    const shown = await browser.open(`/if/flow/${slug}/`);
    expect(textOf(shown)).toContain('email-stage asks for your consent to continue with “ Terms of the library ”.');
    expect(buttonsOf(shown)).toEqual(['Agree', 'Decline']);
  });

  it('shows the question and the permissions of the run', async () => {
    const { pk, slug, bindings } = await consentFlow();
    const context: PlanContext = {
      consent_header: 'Library wants to know you.',
      consent_permissions: [{ id: 'email', name: 'Your email address' }],
      consent_additional_permissions: [{ id: 'groups', name: 'Your groups' }],
    };
    const stages = bindings.map((binding) => ({ binding: binding.pk, stage: binding.stage, reEvaluate: false }));
    const visitor = await visitorAt(app, { pk }, stages, context);
    const browser = new PageBrowser(app.url, visitor.cookies.headers());
    const text = textOf(await browser.open(`/if/flow/${slug}/`));
    for (const part of ['Library wants to know you.', 'Your email address', 'Your groups'])
      expect(text).toContain(part);
    expect(text).not.toContain('asks for your consent');
  });

  it('continues with the consent, and ends without it on a page with a way back', async () => {
    const { slug } = await consentFlow();
    const [agreeing, declining] = [new PageBrowser(app.url), new PageBrowser(app.url)];
    await agreeing.open(`/if/flow/${slug}/`);
    expect(buttonsOf(await agreeing.submit())).toEqual(['Continue']);
    await declining.open(`/if/flow/${slug}/?next=${encodeURIComponent(`${application}/books`)}`);
    const { html, status } = await declining.submit({ declined: 'true' });
    expect(status).toBe(200);
    expect(html).toContain('<h1>You declined</h1>');
    expect(html).toContain(`href="${application}/books">Go back to the application<`);
    expect(html).toContain('href="/">Go to homepage<');
    expect(html).toContain('>Start over<');
    expect(buttonsOf(await declining.open(`/if/flow/${slug}/`))).toEqual(['Agree', 'Decline']);
  });
});

describe('A consent that is declined over the API', () => {
  it('denies access, and does not count as consent', async () => {
    const { slug } = await consentFlow();
    const visitor = new Visitor(app.url);
    const { token } = await visitor.see(slug);
    const denied = { component: 'ak-stage-access-denied', error_message: 'Consent was declined.' };
    expect(await visitor.answer(slug, { token, declined: true })).toMatchObject(denied);
    expect(await visitor.see(slug)).toMatchObject({ component: 'ak-stage-consent' });
  });

  it('needs the token of the challenge', async () => {
    const { slug } = await consentFlow();
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    const answer = await visitor.answer(slug, { token: randomUUID(), declined: true });
    expect(answer).toMatchObject({ component: 'ak-stage-consent' });
  });
});

describe('The page of a mailed link', () => {
  /** Opens the link of the last mail to an address in another browser. */
  async function openLink(address: string): Promise<ShownPage> {
    const { pathname, search } = new URL((await proofMail(sink, address)).link);
    return new PageBrowser(app.url).open(`${pathname}${search}`);
  }

  it('names the address of a sign-up and confirms it', async () => {
    const slug = await createEnrollmentFlow(app.api, { port });
    const username = randomUUID();
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${slug}/`);
    await browser.submit({ username, password: 'a new secret', password_repeat: 'a new secret' });
    await browser.submit({ name: 'Ada', email: `${username}@example.org` });
    const page = await openLink(`${username}@example.org`);
    expect(textOf(page)).toContain(`Confirm that ${username}@example.org is your email address.`);
    expect(buttonsOf(page)).toEqual(['Confirm address']);
  });

  it('names the address of a recovery and recovers the account', async () => {
    const slug = await createRecoveryFlow(app.api, { port });
    const { email, username } = await createPasswordUser(app.api);
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${slug}/`);
    await browser.submit({ uid_field: username });
    const page = await openLink(email);
    expect(textOf(page)).toContain(`Continue to recover the account with the address ${email} .`);
    expect(buttonsOf(page)).toEqual(['Recover account']);
  });

  it('names no address if the link was not mailed', async () => {
    const slug = await createRecoveryFlow(app.api, { port });
    await setDefaultRecovery(app.api, slug);
    const { pk, email } = await createPasswordUser(app.api);
    const { body } = await app.api.post(`/core/users/${pk}/recovery/`);
    const { pathname, search } = new URL(body.link);
    const page = await new PageBrowser(app.url).open(`${pathname}${search}`);
    expect(page.html).not.toContain(email);
    expect(buttonsOf(page)).toEqual(['Continue']);
  });
});

/** Makes other recovery flows unavailable, so that links of administrators lead to this one. */
async function setDefaultRecovery(api: ApiClient, slug: string): Promise<void> {
  const { body } = await api.get('/flows/instances/?designation=recovery');
  for (const flow of body.results) {
    if (flow.slug !== slug) await api.patch(`/flows/instances/${flow.slug}/`, { designation: 'stage_configuration' });
  }
}
