import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createEnrollmentFlow, createRecoveryFlow } from '../factories/account-flows.js';
import { createDummyFlow } from '../factories/dummy-flow.js';
import { createFlow } from '../factories/flow.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createSignInFlow } from '../factories/sign-in-flow.js';
import { PageBrowser } from '../support/page-browser.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let signIn: string;
let enrollment: string;
let recovery: string;

beforeAll(async () => {
  sink = new SmtpSink();
  const port = await sink.listen();
  app = await startTestApp({ ALLOWED_REDIRECTS: 'https://app.example, http://localhost:3000' });
  signIn = await createSignInFlow(app.api, {
    designation: 'authentication',
    authentication: 'require_unauthenticated',
  });
  enrollment = await createEnrollmentFlow(app.api, { port });
  recovery = await createRecoveryFlow(app.api, { port });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const page = (slug: string, next?: string): string =>
  `/if/flow/${slug}/${next === undefined ? '' : `?${new URLSearchParams({ next }).toString()}`}`;
const callback = 'https://app.example/callback?from=mail';
const refused = 'We cannot send you back to the page you came from.';

/** URLs of the links on the page, by their text. */
function linksOf({ page: { html } }: PageBrowser): Record<string, string> {
  const links = [...html.matchAll(/<a\b[^>]*href="([^"]*)"[^>]*>([^<]+)<\/a>/g)];
  return Object.fromEntries(links.map(([, href = '', text = '']) => [text, href.replaceAll('&amp;', '&')]));
}

describe('A flow with an allowed origin as next', () => {
  it('redirects to the application after a sign-in, also if the visitor is already signed in', async () => {
    const { email, password } = await createPasswordUser(app.api);
    const browser = new PageBrowser(app.url);
    const { html, headers } = await browser.open(page(signIn, callback));
    expect(html).not.toContain(refused);
    // Browsers apply this to the redirect of a form.
    expect(headers.get('content-security-policy')).toContain(
      "form-action 'self' https://app.example http://localhost:3000;",
    );
    await browser.submit({ uid_field: email, password });
    expect(browser.page.address).toBe(callback);
    await browser.open(page(signIn, 'http://localhost:3000/'));
    expect(browser.page.address).toBe('http://localhost:3000/');
  });

  it('redirects there after a recovery that is continued in another browser', async () => {
    const { email } = await createPasswordUser(app.api);
    const asking = new PageBrowser(app.url);
    await asking.open(page(recovery, callback));
    await asking.submit({ uid_field: email });
    const { pathname, search } = new URL((await proofMail(sink, email)).link);
    const browser = new PageBrowser(app.url);
    await browser.open(`${pathname}${search}`);
    await browser.submit();
    await browser.submit({ password: 'a better password', password_repeat: 'a better password' });
    expect(browser.page.address).toBe(callback);
  });

  it('redirects there for API clients too', async () => {
    const { slug } = await createFlow(app.api, { designation: 'stage_configuration' });
    const query = new URLSearchParams({ next: callback }).toString();
    expect(await new Visitor(app.url).see(slug, query)).toMatchObject({ component: 'xak-flow-redirect', to: callback });
  });
});

describe('A flow with a forbidden next', () => {
  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/\t/evil.example/',
    'https://app.example@evil.example/',
    'https://user@app.example/',
    'https://app.example:8443/',
    'http://app.example/',
    'https:app.example',
    'https://app.example.evil.example/',
    'https://app.example\\@evil.example/',
    'javascript://app.example/%0aalert(1)',
  ])('shows a warning before the sign-in, and redirects to the home page: %j', async (next) => {
    const { email, password } = await createPasswordUser(app.api);
    const browser = new PageBrowser(app.url);
    expect((await browser.open(page(signIn, next))).html).toContain(refused);
    await browser.submit({ uid_field: email, password });
    expect(browser.page.address).toBe('/');
    expect(browser.visited.filter((address) => !address.startsWith('/'))).toEqual([]);
  });

  it('ends with an error for API clients, as in authentik', async () => {
    const { slug } = await createFlow(app.api, { designation: 'stage_configuration' });
    const query = new URLSearchParams({ next: 'https://evil.example/' }).toString();
    expect(await new Visitor(app.url).see(slug, query)).toMatchObject({ error_message: 'Invalid next URL' });
  });
});

describe('A flow for signed-in users', () => {
  it.each(['require_authenticated', 'require_superuser'] as const)(
    'redirects an anonymous visitor to the sign-in and back: %s',
    async (authentication) => {
      const { slug, names } = await createDummyFlow(app.api, 1, { authentication, designation: 'stage_configuration' });
      const { email, password } = await createPasswordUser(app.api);
      const browser = new PageBrowser(app.url);
      await browser.open(page(slug, callback));
      expect(browser.page.address).toBe(page(signIn, page(slug, callback)));
      const { html } = await browser.submit({ uid_field: email, password });
      expect(browser.page.address).toBe(page(slug, callback));
      if (authentication === 'require_superuser') {
        // After the sign-in, the page shows the reason.
        expect(html).toContain('This page is not available to you.');
        return;
      }
      expect(html).toContain(names[0]);
      await browser.submit();
      expect(browser.page.address).toBe(callback);
    },
  );

  it('shows its message instead with denied_action "message"', async () => {
    const { slug } = await createDummyFlow(app.api, 1, {
      designation: 'stage_configuration',
      authentication: 'require_authenticated',
      denied_action: 'message',
    });
    const browser = new PageBrowser(app.url);
    expect((await browser.open(page(slug))).html).toContain('This page is not available to you.');
  });
});

describe('The first page', () => {
  it('of a sign-up links to sign-in and recovery with the same next', async () => {
    const browser = new PageBrowser(app.url);
    await browser.open(page(enrollment, callback));
    expect(linksOf(browser)).toMatchObject({
      'Already have an account? Sign in': page(signIn, callback),
      'Forgot your password?': page(recovery, callback),
    });
  });

  it('of a recovery links to sign-in and sign-up', async () => {
    const browser = new PageBrowser(app.url);
    await browser.open(page(recovery));
    expect(linksOf(browser)).toMatchObject({
      'Already have an account? Sign in': page(signIn),
      'Create an account': page(enrollment),
    });
  });

  it('has such links, but the password form of a recovery has none', async () => {
    const { email } = await createPasswordUser(app.api);
    const browser = new PageBrowser(app.url);
    await browser.open(page(recovery));
    await browser.submit({ uid_field: email });
    const { html } = await browser.submit({ code: (await proofMail(sink, email)).code });
    expect(html).toContain('name="password"');
    expect(html).not.toContain('Already have an account?');
  });
});
