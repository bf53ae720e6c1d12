import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';

import { createPasswordUser } from '../factories/password-user.js';
import { closeContexts, expectAccessible, inspectScreen, launchBrowser, takePicture } from './browser.js';
import { type ConsoleService, expectFewClicks, markup, startConsoleService } from './console-service.js';

let browser: Browser;
let service: ConsoleService;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startConsoleService()]);
  await service.send({ to: 'nobody@readers.example', subject: 'Confirm your email address' });
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});
beforeEach(() => service.dataSource.query('delete from "request_limit"'));
afterEach(() => closeContexts(browser));

it('An administrator blocks the address of a mail, and unblocks it', async () => {
  const { page } = await service.open(browser, '/console/');
  await page.getByRole('list', { name: 'Latest failures' }).getByRole('link').first().click();
  await page.getByRole('button', { name: 'Block address' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Block address' }).click();
  await page.getByText('nobody@readers.example is blocked.').waitFor();
  await expectFewClicks(page);
  expect((await service.api.get('/mail/suppressions/')).body.results).toMatchObject([
    { address: 'nobody@readers.example', reason: 'manual' },
  ]);
  await page.getByRole('link', { name: 'Blocked', exact: true }).click();
  const list = page.getByRole('list', { name: 'List of blocked addresses' });
  await list.getByText('nobody@readers.example').waitFor();
  await list.getByRole('button', { name: 'Unblock' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unblock' }).click();
  await page.getByText('Nothing matches').waitFor();
});

it('An administrator blocks a domain, and learns what is wrong with an address at its field', async () => {
  const { page } = await service.open(browser, '/console/suppressions');
  await page.getByText('No address is blocked').waitFor();
  await page.getByRole('button', { name: 'Block an address' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Address or domain').fill('not an address');
  await dialog.getByRole('button', { name: 'Block an address' }).click();
  await dialog.locator('input[aria-invalid="true"]').waitFor();
  await dialog.getByLabel('Address or domain').fill('spam.example');
  await dialog.getByLabel('Note').fill(markup);
  await dialog.getByRole('button', { name: 'Block an address' }).click();
  const list = page.getByRole('list', { name: 'List of blocked addresses' });
  await list.getByText('spam.example').waitFor();
  await list.getByText(markup).waitFor();
});

it('An administrator finds what a setting does, and sees no secret', async () => {
  const { page } = await service.open(browser, '/console/');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('searchbox').fill('list of messages');
  const list = page.getByRole('list', { name: 'List of settings' });
  await list.getByText('MAIL_RETENTION').waitFor();
  await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
  await page.getByRole('searchbox').fill('SECRET_KEY');
  await list.getByText('••••••').first().waitFor();
  expect(await page.content()).not.toContain('secret-key-of-the-tests');
});

it('Ctrl-K finds screens, users and mails, by the keyboard alone', async () => {
  const { page, complaints } = await service.open(browser, '/console/');
  complaints.length = 0;
  await page.keyboard.press('Control+k');
  const finder = page.getByRole('dialog', { name: 'Search' });
  const input = finder.getByPlaceholder('Search screens');
  await input.fill('block');
  await finder.getByRole('option', { name: 'Blocked addresses' }).waitFor();
  await input.fill('Library mail');
  await finder.getByRole('option', { name: /Library mail/ }).waitFor();
  await input.fill('dkim');
  await finder.getByRole('option', { name: 'Servers and domains' }).waitFor();
  await expectAccessible(page, 'finder');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/console/senders');
  await page.keyboard.press('Control+k');
  await input.fill('nobody@');
  await finder.getByRole('option', { name: /nobody@readers\.example/ }).waitFor();
  await takePicture(page, 'console-finder-1280-light');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/console\/mails\/[0-9a-f-]{36}/);
  const { body: group } = await service.api.post('/core/groups/', { name: 'Everything library' });
  await service.api.post('/rbac/roles/', { name: 'Everything role' });
  await service.api.post('/stages/invitation/invitations/', { name: 'everything-invited' });
  await service.api.post('/stages/dummy/', { name: 'Everything stage' });
  await service.api.post('/core/tokens/', { identifier: 'everything-token' });
  await service.api.post('/webhooks/endpoints/', { name: 'Everything hook', url: 'https://hooks.example/everything' });
  await service.api.post('/flows/instances/', {
    name: 'Everything flow',
    slug: 'everything',
    title: 'All',
    designation: 'authentication',
  });
  await service.api.post('/mail/templates/', { name: 'email/everything.html', html: '<p>All</p>' });
  await page.keyboard.press('Control+k');
  await input.fill('everything');
  for (const name of ['library', 'role', '-invited', 'stage', '-token', 'hook', 'flow', '.html']) {
    await finder.getByRole('option', { name: new RegExp(`everything ?${name}`, 'i') }).waitFor();
  }
  await finder.getByRole('option', { name: 'Everything library' }).click();
  await page.waitForURL(`**/console/groups/${group.pk}`);
  await page.keyboard.press('Control+k');
  await input.fill('nothing at all');
  await finder.getByText('Nothing found').waitFor();
  await page.keyboard.press('Escape');
  await finder.waitFor({ state: 'hidden' });
  expect(complaints).toEqual([]);
});

it('A user without rights finds no screens and rows that they may not see', async () => {
  const user = await createPasswordUser(service.api, {
    username: 'alan',
    name: 'Alan Turing',
    email: 'alan@readers.example',
  });
  const { page, complaints } = await service.open(browser, '/console/', { user });
  complaints.length = 0;
  await page.getByRole('button', { name: 'Search' }).click();
  const finder = page.getByRole('dialog', { name: 'Search' });
  await finder.getByPlaceholder('Search screens').fill('nobody');
  await finder.getByText('Nothing found').waitFor();
  await finder.getByPlaceholder('Search screens').fill('everything');
  await finder.getByText('Nothing found').waitFor();
  await finder.getByPlaceholder('Search screens').fill('');
  expect(await finder.getByRole('option').allInnerTexts()).toEqual(['Overview', 'Notifications', 'Tokens']);
  expect(complaints).toEqual([]);
});

it('The screens fit, and are accessible in light and dark mode', async () => {
  const { page, complaints } = await service.open(browser, '/console/suppressions');
  complaints.length = 0;
  for (const name of ['suppressions', 'settings']) {
    await page.goto(`/console/${name}`, { waitUntil: 'networkidle' });
    await inspectScreen(page, name);
  }
  expect(complaints).toEqual([]);
});
