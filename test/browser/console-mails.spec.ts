import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';

import { createPasswordUser } from '../factories/password-user.js';
import { closeContexts, expectAccessible, inspectScreen, launchBrowser, takePicture } from './browser.js';
import { type ConsoleService, expectFewClicks, markup, newAddress, startConsoleService } from './console-service.js';
import { timeOfFirstRow } from './first-row.js';

let browser: Browser;
let service: ConsoleService;
let server: string;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startConsoleService()]);
  await service.send(
    { to: 'ada@readers.example', subject: 'Confirm your email address' },
    { to: 'nobody@readers.example', subject: 'Confirm your email address' },
    { to: 'busy@readers.example', subject: 'Reset your password' },
    { to: 'markup@readers.example', subject: markup },
  );
  server = (await service.api.get('/mail/messages/statistics/')).body.servers[0].server;
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});
beforeEach(() => service.dataSource.query('delete from "request_limit"'));
afterEach(() => closeContexts(browser));

const list = (page: Page): ReturnType<Page['getByRole']> => page.getByRole('list', { name: 'List of mails' });

it('An administrator sees on the overview how many mails arrive, and which server fails', async () => {
  const { page, complaints } = await service.open(browser, '/console/');
  complaints.length = 0;
  await page.getByRole('img', { name: /At most .* a minute/ }).waitFor();
  const figures = page.getByRole('list', { name: 'Mails', exact: true });
  await figures.getByRole('link', { name: /Failed\s*2/ }).waitFor();
  await page.getByRole('table', { name: 'By flow' }).getByText('Library sign-up').waitFor();
  const domain = page.getByRole('table', { name: 'By domain' }).getByRole('row', { name: /readers\.example/ });
  expect((await domain.getByRole('cell').allInnerTexts()).slice(0, 2)).toEqual(['4', '2']);
  await page.getByRole('list', { name: 'Failing servers' }).getByText(server).waitFor();
  await page.getByText('akadmin has no password.').waitFor();
  await page.getByRole('link', { name: 'Last hour' }).click();
  await page.waitForURL(/since=hour/);
  await figures.getByRole('link', { name: /Failed\s*2/ }).waitFor();
  expect(complaints).toEqual([]);
});

it('An administrator sends all mails again that failed at one server', async () => {
  const { page } = await service.open(browser, '/console/');
  await page.getByRole('list', { name: 'Failing servers' }).getByText(server).click();
  await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'Failed' }).click();
  await page.getByRole('button', { name: 'Send all again' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('2 mails are sent again').waitFor();
  await expectAccessible(page, 'dialog');
  await takePicture(page, 'console-bulk-1280-light');
  await dialog.getByRole('button', { name: 'Send all again' }).click();
  await dialog.getByText('2 mails are queued again.').waitFor();
  await expectFewClicks(page);
  const [{ attempts }] = await service.dataSource.query<[{ attempts: number }]>(
    `select count(*)::int as attempts from "mail_message" where earlier_attempts > 0`,
  );
  expect(attempts).toBe(2);
  await expect
    .poll(async () => (await service.api.get('/mail/messages/?state=failed')).body.pagination.count, {
      timeout: 20_000,
    })
    .toBe(2);
});

it('Discarding all mails that match asks first, and says how many they are', async () => {
  const [name] = newAddress('busy').split('@');
  await service.send({ to: `${name}@readers.example`, subject: 'Reset your password' });
  const { page } = await service.open(browser, `/console/mails?q=${name}`);
  await page.getByRole('button', { name: 'Discard all' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('1 waiting mail is discarded').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Discard all' }).click();
  await dialog.getByRole('button', { name: 'Discard all' }).click();
  await dialog.getByText('1 mail is discarded.').waitFor();
});

it('The list is filtered by subject and by user, as its address says', async () => {
  const user = await createPasswordUser(service.api, { username: 'ada', name: 'Ada', email: 'ada@readers.example' });
  const { page } = await service.open(browser, '/console/mails');
  await page.getByRole('searchbox', { name: 'Search the subject' }).fill('RESET your');
  await page.waitForURL(/subject=RESET/);
  await expect
    .poll(async () => new Set(await list(page).locator('.row-soft').allInnerTexts()))
    .toEqual(new Set(['Reset your password']));
  await page.getByRole('searchbox', { name: 'Search the subject' }).fill('');
  await page.getByRole('combobox', { name: 'Any user' }).fill('ada');
  await page.getByRole('option', { name: 'Ada · ada' }).click();
  await page.waitForURL(new RegExp(`user=${user.pk}`));
  await page.reload();
  await expect
    .poll(async () => new Set(await list(page).locator('.row-main').allInnerTexts()))
    .toEqual(new Set(['ada@readers.example']));
  await expect.poll(() => page.getByRole('combobox', { name: 'Any user' }).inputValue()).toBe('Ada · ada');
});

it('What happens appears as it happens for those who may read the stream of events, with few requests', async () => {
  const { page, complaints } = await service.open(browser, '/console/mails');
  complaints.length = 0;
  const streams = page.waitForResponse((response) => response.url().endsWith('/events/stream/'));
  await page.clock.install();
  await page.reload();
  expect((await streams).headers()['content-type']).toContain('text/event-stream');
  await list(page).getByRole('link').first().waitFor();
  // Beside a stream, the next poll is 30 seconds after this one.
  const polled = page.waitForResponse((response) => response.url().includes('/mail/messages/?'));
  await page.clock.fastForward(31_000);
  await polled;
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 100);
  let requests = 0;
  page.on('request', (request) => (requests += Number(request.url().includes('/mail/messages/?'))));
  const names = Array.from({ length: 5 }, () => newAddress('live'));
  await service.send(...names.map((to) => ({ to, subject: 'As it happens' })));
  const shown = list(page).getByText(/^live-/);
  for (let second = 0; second < 20 && (await shown.count()) < names.length; second += 1) {
    await page.clock.runFor(1_000);
    await page.waitForLoadState('networkidle');
  }
  expect(await shown.count()).toBe(names.length);
  expect(requests).toBeLessThanOrEqual(names.length);
  expect(complaints).toEqual([]);
});

it('A mail is shown as it looks, with its secrets masked', async () => {
  const { page, complaints } = await service.open(browser, '/console/mails?q=ada&subject=Confirm');
  complaints.length = 0;
  await list(page).getByRole('link').first().click();
  const content = page.getByRole('region', { name: 'Content' });
  const mail = content.frameLocator('iframe').frameLocator('iframe');
  await mail
    .getByRole('link', { name: /Confirm/ })
    .first()
    .waitFor();
  expect(await mail.locator('a[href*="flow_token="]').first().getAttribute('href')).toMatch(/flow_token=XXXXXX$/);
  await takePicture(page, 'console-mail-content-1280-light');
  await expectAccessible(page, 'HTML');
  await content.getByRole('button', { name: 'Text' }).click();
  await content.getByText('flow_token=XXXXXX').waitFor();
  await content.getByRole('button', { name: 'Headers' }).click();
  await content.getByText('Message-ID', { exact: true }).waitFor();
  await expectAccessible(page, 'headers');
  expect(complaints).toEqual([]);
});

it('A user who may only read mails sees their content and figures, and no button for all of them', async () => {
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
  const streams: string[] = [];
  page.on('request', (request) => request.url().includes('/events/stream/') && streams.push(request.url()));
  await page.getByRole('img', { name: /At most .* a minute/ }).waitFor();
  await page.goto('/console/mails?state=failed');
  await list(page).getByRole('link').first().waitFor();
  expect(await page.getByRole('button', { name: /all again|Discard all/ }).count()).toBe(0);
  await list(page).getByRole('link').first().click();
  await page.getByRole('region', { name: 'Content' }).locator('iframe').waitFor();
  expect([complaints, streams]).toEqual([[], []]);
});

it('The overview and the content of a mail fit, and are accessible in light and dark mode', async () => {
  const { page } = await service.open(browser, '/console/');
  const [first] = (await service.api.get('/mail/messages/?state=sent')).body.results;
  for (const [name, path] of [
    ['overview', '/console/'],
    ['mail-content', `/console/mails/${first.pk}`],
    ['mails-server', `/console/mails?server=${server}`],
  ] as const) {
    await page.goto(path, { waitUntil: 'networkidle' });
    if (name === 'mail-content') {
      const mail = page.frameLocator('iframe').frameLocator('iframe');
      await mail.getByRole('link').first().waitFor();
    }
    await inspectScreen(page, name);
  }
});

it('With 10,000 mails, the first row is there 300 ms after the answer', async () => {
  await service.dataSource.query(
    `insert into "mail_message" (message_uuid, message_id, state, template, subject, data, recipient_address,
                                 from_address, locale, finished)
     select id, id || '@example.org', 'sent', 'email/setup.html', 'Mail ' || number, '{}', number || '@many.example',
            'a@example.org', 'en', now()
       from (select gen_random_uuid() as id, number from generate_series(1, 10000) number) mails`,
  );
  const { page } = await service.open(browser, '/console/mails');
  await list(page).getByRole('link').first().waitFor();
  const box = page.getByRole('searchbox', { name: 'Search by address' });
  const rows = {
    'many.example 1': /^\d*1\d*@many\.example$/,
    'many.example 2': /^\d*2\d*@many\.example$/,
    'many.example 3': /^\d*3\d*@many\.example$/,
  };
  expect(await timeOfFirstRow(page, list(page), box, rows)).toBeLessThanOrEqual(300);
});
