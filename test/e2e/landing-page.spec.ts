import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { MailboxAccess } from '../../src/mail/mailbox/mailbox-access.js';
import { allow } from '../factories/actor.js';
import { createDummyFlow } from '../factories/dummy-flow.js';
import { createUser } from '../factories/user.js';
import { PageBrowser } from '../support/page-browser.js';
import { signedIn } from '../support/signed-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let folder: string;
/** A browser that has opened the mailbox link printed at startup. */
let holder: PageBrowser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landing-'));
  app = await startTestApp({ DATA_DIR: folder, DATABASE_URL: '' });
  holder = await holderOf(app);
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true });
});

async function holderOf({ nest, url }: TestApp): Promise<PageBrowser> {
  const browser = new PageBrowser(url);
  await browser.ask(await nest.get(MailboxAccess, { strict: false }).link(''));
  return browser;
}

async function browserOf(user: { readonly pk: number }): Promise<PageBrowser> {
  const browser = new PageBrowser(app.url);
  const { cookies } = await signedIn(app, user);
  browser.cookies.set('authentik_session', cookies.get('authentik_session')!);
  return browser;
}

describe('The landing page', () => {
  it('shows the system status and a link to the mailbox to holders of the mailbox key', async () => {
    const { status, html } = await holder.open('/');
    expect(status).toBe(200);
    expect(html).toContain('System status');
    expect(html).toContain('No mail server is configured (EMAIL_HOST)');
    expect(html).toContain('href="/dev/mailbox/"');
    expect(html).toContain('href="/api/v3/docs/"');
  });

  it('shows no system status to anonymous visitors, even from loopback', async () => {
    const { html } = await new PageBrowser(app.url).open('/');
    expect(html).toContain('href="/api/v3/docs/"');
    for (const secret of ['System status', 'EMAIL_HOST', 'mailbox', 'not configured'])
      expect(html).not.toContain(secret);
  });

  it('shows the system status to superusers but not to other users', async () => {
    const [admin] = (await app.api.get('/core/users/?username=akadmin')).body.results;
    expect((await (await browserOf(admin)).open('/')).html).toContain('System status');
    const user = await createUser(app.api);
    expect((await (await browserOf(user)).open('/')).html).not.toContain('System status');
  });

  it('links to the console for superusers and for users with a permission, and for nobody else', async () => {
    const linksFor = async (user: { readonly pk: number }): Promise<boolean> =>
      (await (await browserOf(user)).open('/')).html.includes('href="/console/"');
    const [admin] = (await app.api.get('/core/users/?username=akadmin')).body.results;
    expect(await linksFor(admin)).toBe(true);
    const user = await createUser(app.api);
    expect(await linksFor(user)).toBe(false);
    await allow(app, user.pk, { permissions: ['authentik_core.view_user'] });
    expect(await linksFor(user)).toBe(true);
    expect((await new PageBrowser(app.url).open('/')).html).not.toContain('/console/');
  });

  it('links to the first flow of a designation that the visitor may use', async () => {
    await createDummyFlow(app.api, 1, { slug: 'b-recovery', designation: 'recovery' });
    await createDummyFlow(app.api, 1, {
      slug: 'a-recovery',
      designation: 'recovery',
      authentication: 'require_superuser',
    });
    const { html } = await new PageBrowser(app.url).open('/');
    expect(html).toContain('href="/if/flow/b-recovery/"');
    expect(html).not.toContain('a-recovery');
    expect((await holder.open('/')).html).toMatch(/Account recovery<\/strong> <span class="mark">ready/);
  });

  it('shows the name of the signed-in user, and a form to sign out', async () => {
    const user = await createUser(app.api, { name: 'Ada <i>Lovelace</i>' });
    const browser = await browserOf(user);
    const { html } = await browser.open('/');
    expect(html).toContain('You are signed in as <bdi>Ada &lt;i&gt;Lovelace&lt;/i&gt;</bdi>.');
    const form = browser.formOf();
    const out = await browser.ask('/sign-out/', { method: 'POST', body: form });
    expect([out.status, out.headers.get('location')]).toEqual([303, '/']);
    expect(browser.cookies.get('authentik_session')).toBeUndefined();
    expect((await browser.open('/')).html).not.toContain('signed in');
  });

  it('refuses a sign-out without a valid CSRF token with 403, and with GET with 405', async () => {
    const browser = await browserOf(await createUser(app.api, { name: 'Grace' }));
    for (const body of [new URLSearchParams(), new URLSearchParams({ 'page:csrf': 'x'.repeat(43) })]) {
      expect((await browser.ask('/sign-out/', { method: 'POST', body })).status).toBe(403);
    }
    expect((await browser.ask('/sign-out/', { method: 'GET' })).status).toBe(405);
    expect((await browser.open('/')).html).toContain('You are signed in as <bdi>Grace</bdi>.');
  });

  it('ends the session on the server at sign-out, not only the cookie', async () => {
    const browser = await browserOf(await createUser(app.api));
    await browser.open('/');
    const key = browser.cookies.get('authentik_session')!;
    await browser.ask('/sign-out/', { method: 'POST', body: browser.formOf() });
    browser.cookies.set('authentik_session', key);
    expect((await browser.open('/')).html).not.toContain('signed in');
  });
});

describe('The landing page with a mail server', () => {
  let other: TestApp;

  beforeAll(async () => {
    other = await startTestApp({ EMAIL_HOST: '127.0.0.1', EMAIL_PORT: '1' });
  });
  afterAll(() => other.stop());

  it('shows email delivery as configured, without a link to the mailbox', async () => {
    const [admin] = (await other.api.get('/core/users/?username=akadmin')).body.results;
    const browser = new PageBrowser(other.url);
    browser.cookies.copyFrom((await signedIn(other, admin)).cookies);
    const { html } = await browser.open('/');
    expect(html).toMatch(/Email delivery<\/strong> <span class="mark">configured/);
    expect(html).not.toContain('/dev/mailbox/');
  });
});
