import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';

import { createPasswordUser } from '../factories/password-user.js';
import { closeContexts, expectAccessible, inspectScreen, launchBrowser, takePicture } from './browser.js';
import { type ConsoleService, expectFewClicks, markup, newAddress, startConsoleService } from './console-service.js';

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

it('A mail is shown as it looks, with its secrets masked', async () => {
  const { page, complaints } = await service.open(browser, '/console/mails?q=ada');
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
  await page.getByRole('img', { name: /At most .* a minute/ }).waitFor();
  await page.goto('/console/mails?state=failed');
  await list(page).getByRole('link').first().waitFor();
  expect(await page.getByRole('button', { name: /all again|Discard all/ }).count()).toBe(0);
  await list(page).getByRole('link').first().click();
  await page.getByRole('region', { name: 'Content' }).locator('iframe').waitFor();
  expect(complaints).toEqual([]);
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
  const times: number[] = [];
  for (const search of ['many.example 1', 'many.example 2', 'many.example 3']) {
    const answered = page
      .waitForResponse((response) => new URL(response.url()).searchParams.get('search') === search)
      .then(async (response) => {
        await response.finished();
        return performance.now();
      });
    await page.getByRole('searchbox').fill(search);
    const answer = await answered;
    await list(page)
      .getByText(new RegExp(`^\\d*${search.at(-1)}\\d*@many\\.example$`))
      .first()
      .waitFor();
    times.push(performance.now() - answer);
  }
  expect(Math.min(...times)).toBeLessThanOrEqual(300);
});
