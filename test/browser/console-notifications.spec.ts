import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';

import { createPasswordUser } from '../factories/password-user.js';
import { closeContexts, inspectScreen, launchBrowser } from './browser.js';
import { type ConsoleService, markup, newAddress, startConsoleService } from './console-service.js';

let browser: Browser;
let service: ConsoleService;
/** Has the administrator as its member. */
let group: string;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startConsoleService()]);
  const { body: users } = await service.api.get('/core/users/?username=grace');
  const { body } = await service.api.post('/core/groups/', { name: 'Operators', users: [users.results[0].pk] });
  group = body.pk;
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});
beforeEach(() => service.dataSource.query('delete from "request_limit"'));
afterEach(() => closeContexts(browser));

it('An administrator has a group notified of failed mails, and reads and deletes the notification', async () => {
  const { page } = await service.open(browser, '/console/notifications');
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Create rule' }).click();
  await dialog.getByLabel('Name').fill('Failed mails');
  await dialog.getByLabel('Group').first().fill('Oper');
  await page.getByRole('option', { name: 'Operators' }).click();
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'Failed mails', level: 1 }).waitFor();
  await page.getByText('It notifies of nothing yet.').waitFor();
  await page.getByRole('button', { name: 'Add an event' }).click();
  await dialog.getByLabel('Name').fill('Mail failed');
  await dialog.locator('[data-field="action"] select').selectOption('email_failed');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('region', { name: 'When it notifies' }).getByText('Mail failed').waitFor();
  await service.send({ to: newAddress('nobody'), subject: 'Confirm your email address' });
  await page.getByRole('link', { name: 'All notifications' }).click();
  const own = page.getByRole('list', { name: 'Your notifications' });
  await expect
    .poll(async () => {
      await page.reload({ waitUntil: 'networkidle' });
      return own.getByRole('listitem').count();
    })
    .toBe(1);
  await own.getByText('New', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Mark all as seen' }).click();
  await own.getByText('New', { exact: true }).waitFor({ state: 'detached' });
  await own.getByRole('button', { name: /^Delete/ }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No notifications').waitFor();
  expect((await service.api.get('/events/rules/?name=Failed mails')).body.results).toMatchObject([{ group }]);
});

it('An administrator creates a transport, learns why it fails, mends it and sees that it works', async () => {
  const { page } = await service.open(browser, '/console/notifications');
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Create transport' }).click();
  await dialog.getByLabel('Name').fill('Chat');
  expect(await dialog.locator('[data-field="webhook_url"]').count()).toBe(0);
  await dialog.locator('[data-field="mode"] select').selectOption('webhook');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await dialog.locator('[data-field="webhook_url"] input[aria-invalid="true"]').waitFor();
  await dialog.locator('[data-field="webhook_url"] input').fill('https://chat.invalid/hook');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'Chat', level: 1 }).waitFor();
  const test = page.getByRole('region', { name: 'Does it work?' });
  await test.getByRole('button', { name: 'Send a test to me' }).click();
  await test.getByText('That did not work').waitFor();
  expect(await test.getByRole('alert').innerText()).toMatch(/resolve|find|DNS|ENOTFOUND/i);
  await page.locator('[data-field="mode"] select').selectOption('email');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.locator('.page-below').getByText('Email').waitFor();
  await test.getByRole('button', { name: 'Send a test to me' }).click();
  await test.getByText('A mail to grace@library.example is queued').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Search screens').fill('Chat');
  await page.getByRole('option', { name: /Chat/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('heading', { name: 'Notifications', level: 1 }).waitFor();
  expect((await service.api.get('/events/transports/?name=Chat')).body.results).toEqual([]);
});

it('A user who may only view rules and transports sees no button that changes one, and one without rights only their own', async () => {
  const rule = (await service.api.post('/events/rules/', { name: 'Sign-ins', group })).body.pk;
  const transport = (await service.api.post('/events/transports/', { name: 'Mails', mode: 'email' })).body.pk;
  const user = await createPasswordUser(service.api, { username: 'ken', name: 'Ken', email: 'ken@readers.example' });
  const own = await service.open(browser, '/console/notifications', { user });
  own.complaints.length = 0;
  await own.page.getByText('No notifications').waitFor();
  expect(await own.page.getByRole('button', { name: /Create|Delete/ }).count()).toBe(0);
  expect(await own.page.getByRole('region', { name: /rules|transports/ }).count()).toBe(0);
  expect(own.complaints).toEqual([]);
  await service.api.post(`/rbac/permissions/assigned_by_users/${user.pk}/assign/`, {
    permissions: ['notificationrule', 'notificationtransport'].map((model) => `authentik_events.view_${model}`),
  });
  const { page, complaints } = await service.open(browser, '/console/notifications', { user });
  complaints.length = 0;
  await page.getByRole('link', { name: /^Sign-ins/ }).waitFor();
  const changes = page.getByRole('main').getByRole('button', { name: /Create|Delete|Add|Save|Send/ });
  for (const [path, name] of [
    ['/console/notifications', 'Notifications'],
    [`/console/notifications/rules/${rule}`, 'Sign-ins'],
    [`/console/notifications/transports/${transport}`, 'Mails'],
  ] as const) {
    await page.goto(path, { waitUntil: 'networkidle' });
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    expect(await changes.count(), path).toBe(0);
  }
  expect(complaints).toEqual([]);
});

it('The screens of notifications fit, and are accessible in light and dark mode', async () => {
  const { api } = service;
  const transport = (await api.post('/events/transports/', { name: markup, mode: 'email' })).body.pk;
  const rule = (await api.post('/events/rules/', { name: markup, group, transports: [transport] })).body.pk;
  const matcher = (await api.post('/policies/event_matcher/', { name: markup, action: 'login' })).body.pk;
  await api.post('/policies/bindings/', { target: rule, policy: matcher, order: 0 });
  const local = (await api.post('/events/transports/', { name: 'Console', mode: 'local' })).body.pk;
  const { page, complaints } = await service.open(browser, `/console/notifications/transports/${local}`);
  await page.getByRole('button', { name: 'Send a test to me' }).click();
  await page.getByText('Sent', { exact: true }).waitFor();
  complaints.length = 0;
  const screens = {
    notifications: '/console/notifications',
    'notification-rule': `/console/notifications/rules/${rule}`,
    'notification-transport': `/console/notifications/transports/${transport}`,
  };
  for (const [name, path] of Object.entries(screens)) {
    await page.goto(path, { waitUntil: 'networkidle' });
    await inspectScreen(page, name);
  }
  expect(complaints).toEqual([]);
}, 300_000);
