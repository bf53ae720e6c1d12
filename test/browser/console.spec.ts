import { gzipSync } from 'node:zlib';

import type { Browser, Response } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';

import { createPasswordUser } from '../factories/password-user.js';
import { createUser } from '../factories/user.js';
import { closeContexts, inspectScreen, launchBrowser } from './browser.js';
import { type ConsoleService, expectFewClicks, markup, newAddress, startConsoleService } from './console-service.js';

let browser: Browser;
let service: ConsoleService;
/** Keys of mails by what became of them. */
let mails: { sent: string; failed: string; retrying: string; hostile: string };
/** A user whose address is verified. */
let reader: { readonly pk: number };

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startConsoleService()]);
  const [sent = '', failed = '', retrying = '', hostile = ''] = await service.send(
    { to: 'ada@readers.example', subject: 'Confirm your email address' },
    { to: 'nobody@readers.example', subject: 'Confirm your email address' },
    { to: 'busy@readers.example', subject: 'Reset your password' },
    { to: 'markup@readers.example', subject: markup },
  );
  mails = { sent, failed, retrying, hostile };
  reader = await createUser(service.api, { username: 'ada', name: 'Ada Lovelace', email: 'ada@readers.example' });
  await service.dataSource.query(`update "account_address" set proved = now(), method = 'link' where user_id = $1`, [
    reader.pk,
  ]);
  await service.api.post('/mail/domains/', { name: 'library.example' });
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});
beforeEach(() => service.dataSource.query('delete from "request_limit"'));
afterEach(() => closeContexts(browser));

it('A deep link survives the sign-in', async () => {
  const path = `/console/mails?q=nobody&state=failed`;
  const { page, complaints } = await service.open(browser, path);
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(path);
  expect(await page.getByRole('searchbox', { name: 'Search by address' }).inputValue()).toBe('nobody');
  await page
    .getByRole('list', { name: 'List of mails' })
    .getByText('nobody@readers.example', { exact: true })
    .waitFor();
  // The one refusal is the question who the visitor is, before the sign-in.
  expect(complaints.filter((text) => !text.includes('403'))).toEqual([]);
});

it('An administrator finds in few clicks why a mail did not arrive, and sends it again', async () => {
  const { page } = await service.open(browser, '/console/');
  await page.getByRole('link', { name: 'Mails', exact: true }).click();
  await page.getByRole('searchbox', { name: 'Search by address' }).fill('nobody');
  await page.getByRole('list', { name: 'List of mails' }).getByRole('link', { name: 'nobody@readers' }).first().click();
  const verdict = page.getByRole('region', { name: 'Why it did not arrive' });
  await verdict.getByText('refused the mail and would refuse it again').waitFor();
  await verdict.getByText('550 5.1.1 <nobody@readers.example>: No such mailbox here').waitFor();
  await verdict.getByText('the address does not exist').waitFor();
  const details = page.getByRole('region', { name: 'Details' });
  await details.getByRole('link', { name: 'Library sign-up' }).waitFor();
  await details.getByRole('link', { name: 'nobody@readers.example' }).waitFor();
  await page.getByRole('button', { name: 'Send again' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
  await page.getByText('The mail is queued again.').waitFor();
  await expectFewClicks(page);
  await expect.poll(() => page.getByText('Attempt 2').count(), { timeout: 20_000 }).toBe(1);
});

it('An administrator discards a waiting mail', async () => {
  const [pk] = await service.send({ to: newAddress('busy'), subject: 'Reset your password' });
  const { page } = await service.open(browser, `/console/mails/${pk}`);
  await page.getByRole('heading', { name: 'What happens now' }).waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await page.getByText('The mail is discarded.').waitFor();
  expect((await service.api.get(`/mail/messages/${pk}/`)).body.state).toBe('discarded');
});

it('The list of mails shows new ones without reloading', async () => {
  const { page } = await service.open(browser, '/console/mails');
  const [to, subject] = [newAddress('new'), 'Just now'];
  await service.send({ to, subject });
  await page.getByRole('list', { name: 'List of mails' }).getByText(to).waitFor();
});

it('Subject, recipient and reply of the server are shown as text', async () => {
  const { page, complaints } = await service.open(browser, '/console/mails');
  for (const path of ['/console/', '/console/mails', `/console/mails/${mails.hostile}`]) {
    await page.goto(path);
    await page.getByText(markup).first().waitFor();
    expect(await page.locator('img[src="x"]').count(), path).toBe(0);
    expect(await page.title()).not.toBe('hacked');
  }
  expect(complaints.filter((text) => !text.includes('403'))).toEqual([]);
});

it('A user without rights sees no mails, no buttons, and what to do', async () => {
  const user = await createPasswordUser(service.api, {
    username: 'alan',
    name: 'Alan Turing',
    email: 'alan@readers.example',
  });
  const { page, complaints } = await service.open(browser, '/console/', { user });
  complaints.length = 0;
  await page.getByText('Nothing to see here').waitFor();
  expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).not.toContain('Mails');
  await page.goto(`/console/mails/${mails.failed}`);
  await page.getByText(/Nothing is here|You may not see this/).waitFor();
  expect(await page.getByRole('button', { name: 'Send again' }).count()).toBe(0);
});

it('A user who may only read mails sees no button that changes one', async () => {
  const user = await createPasswordUser(service.api, {
    username: 'margaret',
    name: 'Margaret Hamilton',
    email: 'margaret@readers.example',
  });
  await service.api.post(`/rbac/permissions/assigned_by_users/${user.pk}/assign/`, {
    permissions: ['authentik_mail.view_mailmessage'],
  });
  const { page, complaints } = await service.open(browser, '/console/', { user });
  complaints.length = 0;
  await page.getByRole('link', { name: 'Mails', exact: true }).click();
  await page.getByRole('list', { name: 'List of mails' }).getByRole('link', { name: 'nobody' }).first().click();
  await page.getByRole('heading', { name: 'Attempts' }).waitFor();
  expect(await page.getByRole('button', { name: /Send again|Discard/ }).count()).toBe(0);
  expect(complaints).toEqual([]);
});

it('An administrator finds when and how an address was verified, and the mails to it', async () => {
  const { page } = await service.open(browser, '/console/');
  await page.getByRole('link', { name: 'Users' }).click();
  await page.getByRole('link', { name: 'Verified', exact: true }).click();
  await page.getByRole('searchbox').fill('lovelace');
  await page.getByRole('list', { name: 'List of users' }).getByRole('link', { name: 'Ada Lovelace' }).click();
  await page.getByRole('region', { name: 'Addresses' }).getByText('By a link,').waitFor();
  await page.getByRole('region', { name: 'Mails' }).getByText('Confirm your email address').waitFor();
  await page.getByRole('region', { name: 'What this user did' }).waitFor();
});

it('An administrator reads the records of a domain, and checks a transport', async () => {
  const { page } = await service.open(browser, '/console/senders');
  const domain = page.getByRole('article', { name: 'library.example' });
  await domain
    .getByText(/^v=DKIM1/)
    .first()
    .waitFor();
  await domain
    .getByRole('button', { name: /^Copy: Value/ })
    .first()
    .waitFor();
  const transport = page.getByRole('article', { name: 'Library mail' });
  await transport.getByRole('button', { name: 'Check Library mail now' }).click();
  await transport.getByText('Connection: good').first().waitFor();
});

it('The overview says how mails leave, also after a mail was kept, and links to the screens that change it', async () => {
  const { page } = await service.open(browser, '/console/');
  const setup = page.getByRole('region', { name: 'Set-up' });
  const item = setup.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Mail server' }) });
  await item.getByText('Email stages send by mail servers of their own.').waitFor();
  const { body: flow } = await service.api.get('/flows/instances/default-enrollment-flow/');
  const { body } = await service.api.post('/stages/invitation/invitations/', { name: 'kept', flow: flow.pk });
  await service.api.post(`/stages/invitation/invitations/${body.pk}/send_email/`, { email: 'kept@readers.example' });
  const kept = '/mail/messages/?state=captured&recipient=kept@readers.example';
  await expect.poll(async () => (await service.api.get(kept)).body.results.length, { timeout: 20_000 }).toBe(1);
  await page.reload();
  await item.getByText(': Done').waitFor({ state: 'attached' });
  await setup.getByRole('link', { name: 'Domain of the sender' }).click();
  await page.getByRole('article', { name: 'library.example' }).waitFor();
  await page.goBack();
  await setup.getByRole('link', { name: 'Mail server' }).click();
  await page.getByText('EMAIL_URL', { exact: true }).waitFor();
});

it('The visitor signs out', async () => {
  const { page } = await service.open(browser, '/console/mails');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Welcome' }).waitFor();
  await page.goto('/console/mails');
  await page.getByLabel('Email or username').waitFor();
});

it('The texts are those of the visitor’s language', async () => {
  const { page } = await service.open(browser, '/console/mails');
  await page.getByRole('button', { name: 'Account of Grace Hopper' }).click();
  await page.getByRole('menuitem', { name: 'Deutsch' }).click();
  await page.getByRole('heading', { name: 'E-Mails' }).waitFor();
  expect(await page.evaluate('document.documentElement.lang')).toBe('de');
});

it('The keyboard leads to the content, through the list and back to the title of the next page', async () => {
  const { page } = await service.open(browser, '/console/mails?q=nobody');
  await page.getByRole('list', { name: 'List of mails' }).getByRole('link').first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Attempts' }).waitFor();
  await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('H1');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Mails' }).waitFor();
});

it('Every screen fits a desktop and a phone, breaks no policy and is accessible in light and dark mode', async () => {
  const { page, complaints } = await service.open(browser, '/console/');
  complaints.length = 0;
  const screens = {
    overview: '/console/',
    mails: '/console/mails',
    'no-mails': '/console/mails?q=nothing',
    'mail-failed': `/console/mails/${mails.failed}`,
    'mail-waiting': `/console/mails/${mails.retrying}`,
    'mail-sent': `/console/mails/${mails.sent}`,
    users: '/console/users',
    user: `/console/users/${reader.pk}`,
    senders: '/console/senders',
    'not-found': '/console/nothing/here',
  };
  for (const [name, path] of Object.entries(screens)) {
    await page.goto(path, { waitUntil: 'networkidle' });
    await inspectScreen(page, name);
  }
  expect(complaints).toEqual([]);
}, 300_000);

it('The first screen loads at most 250 kB of compressed scripts and styles, each cached for as long as it is named', async () => {
  const { page } = await service.open(browser, '/console/');
  const loaded: Response[] = [];
  page.on('response', (response) => {
    if (response.url().includes('/console/')) loaded.push(response);
  });
  await page.goto('/console/', { waitUntil: 'networkidle' });
  const [document, ...assets] = loaded;
  expect((await document?.allHeaders())?.['cache-control']).toBe('no-store');
  const sizes = assets.map(async (response) => {
    expect((await response.allHeaders())['cache-control']).toBe('public, max-age=31536000, immutable');
    return gzipSync(await response.body()).length;
  });
  const size = (await Promise.all(sizes)).reduce((sum, part) => sum + part, 0);
  expect(size).toBeGreaterThan(50_000);
  expect(size).toBeLessThanOrEqual(250_000);
});

it('A name that is not of a file of the console is not found', async () => {
  for (const name of ['nothing.js', '..%2f..%2fmain.js', 'index.html', '%00', 'constructor']) {
    expect((await fetch(`${service.url}/console/assets/${name}`)).status, name).toBe(404);
  }
});
