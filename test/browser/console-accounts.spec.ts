import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';

import { createPasswordUser } from '../factories/password-user.js';
import { createRole } from '../factories/role.js';
import { createToken } from '../factories/token.js';
import { createUser } from '../factories/user.js';
import { signedIn } from '../support/signed-in.js';
import { closeContexts, inspectScreen, launchBrowser } from './browser.js';
import { type ConsoleService, expectFewClicks, markup, startConsoleService } from './console-service.js';

let browser: Browser;
let service: ConsoleService;
let colleague: Awaited<ReturnType<typeof createPasswordUser>>;
let paths: Readonly<Record<string, string>>;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startConsoleService()]);
  const { api } = service;
  colleague = await createPasswordUser(api, { username: 'ida', name: 'Ida Rhodes', email: 'ida@readers.example' });
  const hostile = await createUser(api, { username: 'hostile', name: markup });
  const role = await createRole(api, ['authentik_core.view_user']);
  const group = await api.post('/core/groups/', { name: markup, roles: [role.pk], users: [hostile.pk] });
  const token = await createToken(api, { identifier: 'leaked-deployment', user: hostile.pk, description: markup });
  const invitation = await api.post('/stages/invitation/invitations/', { name: 'friend' });
  const url = 'https://hooks.example/events';
  const webhook = await api.post('/webhooks/endpoints/', { name: markup, url, description: markup, enabled: false });
  const blueprint = await api.post('/managed/blueprints/', { name: markup, content: 'version: 1\nentries: []\n' });
  const events = await api.get('/events/events/?action=model_updated');
  paths = {
    user: `/console/users/${hostile.pk}`,
    groups: '/console/groups',
    group: `/console/groups/${group.body.pk}`,
    roles: '/console/roles',
    role: `/console/roles/${role.pk}`,
    invitations: '/console/invitations',
    invitation: `/console/invitations/${invitation.body.pk}`,
    events: '/console/events',
    event: `/console/events/${events.body.results[0].pk}`,
    tokens: '/console/tokens',
    token: `/console/tokens/${token.identifier}`,
    webhooks: '/console/webhooks',
    webhook: `/console/webhooks/${webhook.body.pk}`,
    blueprints: '/console/blueprints',
    blueprint: `/console/blueprints/${blueprint.body.pk}`,
  };
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});
beforeEach(() => service.dataSource.query('delete from "request_limit"'));
afterEach(() => closeContexts(browser));

const follow = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

it('An administrator lets a colleague read mails and nothing more, in few clicks', async () => {
  const { page } = await service.open(browser, '/console/');
  await follow(page, 'Users');
  await page.getByRole('link', { name: 'Ida Rhodes' }).click();
  await page.getByRole('button', { name: 'Add permission' }).click();
  await page.getByRole('dialog').getByRole('group', { name: 'Mails', exact: true }).getByLabel('view').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Add 1 permission' }).click();
  const permissions = page.getByRole('region', { name: 'Permissions' });
  await permissions.getByRole('button', { name: 'Remove Mails: view' }).waitFor();
  await expectFewClicks(page);
  const { body } = await service.api.get(`/rbac/permissions/?user=${colleague.pk}`);
  expect(body.results.map(({ codename }: { codename: string }) => codename)).toEqual(['view_mailmessage']);

  const visit = await service.open(browser, '/console/', { user: colleague });
  visit.complaints.length = 0;
  await visit.page.getByRole('link', { name: 'Mails', exact: true }).waitFor();
  const seen = await visit.page.getByRole('navigation').locator('.nav-link').allInnerTexts();
  expect(seen).toEqual(['Overview', 'Mails', 'Notifications', 'Tokens', 'API documentation']);
  await follow(visit.page, 'Tokens');
  await visit.page.getByText('No tokens').waitFor();
  expect(visit.complaints).toEqual([]);
});

it('An administrator signs a user out of one browser and then of all', async () => {
  const user = await createUser(service.api, { username: 'lost', name: 'Lost Phone' });
  const visitors = [await signedIn(service, user), await signedIn(service, user), await signedIn(service, user)];
  const signedInCount = async (): Promise<number> => {
    const answers = await Promise.all(visitors.map((visitor) => visitor.request('GET', '/core/users/me/')));
    return answers.filter(({ status }) => status === 200).length;
  };
  const { page } = await service.open(browser, `/console/users/${user.pk}`);
  const sessions = page.getByRole('region', { name: 'Sessions' });
  await sessions.getByRole('button', { name: 'Sign out', exact: true }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect.poll(signedInCount).toBe(2);
  await sessions.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
  await sessions.getByText('This user is not signed in.').waitFor();
  expect(await signedInCount()).toBe(0);
});

it('An administrator finds a leaked token and revokes it', async () => {
  const { identifier } = await createToken(service.api, { identifier: 'leaked-backup' });
  const { page, complaints } = await service.open(browser, '/console/');
  complaints.length = 0;
  await follow(page, 'Tokens');
  await page.getByRole('searchbox', { name: 'Search by identifier' }).fill('backup');
  await page.getByRole('link', { name: 'leaked-backup' }).click();
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('heading', { name: 'Tokens' }).waitFor();
  await page.waitForLoadState('networkidle');
  await expectFewClicks(page);
  expect(complaints).toEqual([]);
  expect((await service.api.get(`/core/tokens/${identifier}/`)).status).toBe(404);
});

it('An administrator creates a token, whose key is shown once', async () => {
  const { page } = await service.open(browser, '/console/tokens');
  await page.getByRole('button', { name: 'Create token' }).click();
  await page.locator('input[name="identifier"]').fill('Nightly report');
  await page.getByText('Stored as nightly-report').waitFor();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const key = (await page.getByRole('dialog').locator('.secret code').textContent()) ?? '';
  expect((await service.client(key).get('/core/users/me/')).body.user.username).toBe('grace');
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await page.getByRole('link', { name: 'nightly-report' }).waitFor();
  expect(await page.content()).not.toContain(key);
});

it('An administrator invites a person by name and address, and sees where the mail is', async () => {
  const { page } = await service.open(browser, '/console/');
  await follow(page, 'Invitations');
  await page.getByRole('button', { name: 'Create invitation' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('has no invitation stage').waitFor();
  await dialog.getByLabel('Name').fill('Eva Lind');
  await dialog.getByText('Stored as eva-lind').waitFor();
  await dialog.getByLabel('Address').fill('not an address');
  await dialog.getByLabel('Language of the mail').selectOption('Deutsch');
  await dialog.getByRole('button', { name: 'Send invitation' }).click();
  await dialog.locator('input[name="email"][aria-invalid="true"]').waitFor();
  await dialog.getByLabel('Address').fill('eva@readers.example');
  await dialog.getByRole('button', { name: 'Send invitation' }).click();
  const link = (await page.getByRole('region', { name: 'Link' }).locator('code').textContent()) ?? '';
  await expectFewClicks(page);
  const { body } = await service.api.get('/stages/invitation/invitations/?search=eva-lind');
  expect(body.results).toMatchObject([{ single_use: true, mailed_to: 'eva@readers.example' }]);
  expect(link).toBe(`${service.url}/if/flow/default-enrollment-flow/?itoken=${body.results[0].pk}`);
  expect((await fetch(link)).status).toBe(200);
  const mail = page.getByRole('region', { name: 'Mail the invitation' });
  await mail.getByText('Last mail to eva@readers.example').waitFor();
  await mail.getByRole('link', { name: 'Open the local mailbox' }).waitFor({ timeout: 20_000 });
  const { body: mails } = await service.api.get('/mail/messages/?recipient=eva@readers.example');
  expect(mails.results).toMatchObject([{ template: 'email/invitation.html', locale: 'de', state: 'captured' }]);
  await mail.getByLabel('Address').fill('colleague@readers.example');
  await mail.getByRole('button', { name: 'Send' }).click();
  await mail.getByText('Last mail to colleague@readers.example').waitFor();
  await follow(page, 'Invitations');
  await page.getByText('Last mail to colleague@readers.example').waitFor();
});

it('An invitation without an address is a link, and a flow with an invitation stage is preset', async () => {
  const { body: flow } = await service.api.post('/flows/instances/', {
    name: 'Members',
    title: 'Members',
    slug: 'members',
    designation: 'enrollment',
  });
  const { body: stage } = await service.api.post('/stages/invitation/stages/', { name: 'members-only' });
  const { body: write } = await service.api.post('/stages/user_write/', { name: 'members-write' });
  await service.api.post('/flows/bindings/', { target: flow.pk, stage: stage.pk, order: 0 });
  await service.api.post('/flows/bindings/', { target: flow.pk, stage: write.pk, order: 1 });
  const { body: late } = await service.api.post('/flows/instances/', {
    ...{ name: 'Late', title: 'Late', slug: 'late', designation: 'enrollment' },
  });
  await service.api.post('/flows/bindings/', { target: late.pk, stage: write.pk, order: 0 });
  await service.api.post('/flows/bindings/', { target: late.pk, stage: stage.pk, order: 1 });
  const { page } = await service.open(browser, '/console/invitations');
  await page.getByRole('button', { name: 'Create invitation' }).click();
  const dialog = page.getByRole('dialog');
  await expect.poll(() => dialog.locator('select[name="flow"]').inputValue()).toBe(flow.pk);
  expect(await dialog.getByText('has no invitation stage').count()).toBe(0);
  // A stage after the account is written keeps nobody out.
  await dialog.locator('select[name="flow"]').selectOption(late.pk);
  await dialog.getByText('“Late” has no invitation stage before the account is written').waitFor();
  await dialog.locator('select[name="flow"]').selectOption(flow.pk);
  await dialog.getByText('has no invitation stage').waitFor({ state: 'detached' });
  await dialog.getByLabel('Name').fill('new-colleague');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  const link = await page.getByRole('region', { name: 'Link' }).locator('code').textContent();
  expect(link).toContain('/if/flow/members/?itoken=');
});

it('A role shows the name of an object that it has a permission on', async () => {
  const role = await createRole(service.api, []);
  const { body: flow } = await service.api.get('/flows/instances/default-enrollment-flow/');
  await service.api.post(`/rbac/permissions/assigned_by_roles/${role.pk}/assign/`, {
    permissions: ['authentik_flows.change_flow'],
    model: 'authentik_flows.flow',
    object_pk: flow.pk,
  });
  const { page } = await service.open(browser, `/console/roles/${role.pk}`);
  await page.getByRole('region', { name: 'Permissions' }).getByText(`change · ${flow.name}`).waitFor();
});

it('An administrator creates a user', async () => {
  const { page } = await service.open(browser, '/console/users');
  await page.getByRole('button', { name: 'Create user' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[name="username"]').fill('mary');
  await dialog.locator('input[name="name"]').fill('Mary Kenneth Keller');
  await dialog.locator('input[name="email"]').fill('mary@readers.example');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'Mary Kenneth Keller' }).waitFor();
  const { body } = await service.api.get('/core/users/?username=mary');
  expect(body.results).toMatchObject([{ email: 'mary@readers.example', is_active: true }]);
});

it('An administrator renames, recovers, deactivates and deletes a user, whose name confirms it', async () => {
  const user = await createUser(service.api, { username: 'leaver', name: 'Leaver', email: 'leaver@readers.example' });
  const { page } = await service.open(browser, `/console/users/${user.pk}`);
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('dialog').locator('input[name="name"]').fill('Left Already');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByRole('heading', { name: 'Left Already' }).waitFor();
  const choose = async (action: string): Promise<void> => {
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: action }).click();
  };
  await choose('Recovery link');
  await page.getByRole('button', { name: 'Create link' }).click();
  expect(await page.getByRole('dialog').locator('.secret code').textContent()).toContain('/if/flow/');
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await service.dataSource.query('update "user" set is_active = false, awaits_confirmation = true where id = $1', [
    user.pk,
  ]);
  await page.reload();
  await choose('Send confirmation again');
  await page.getByRole('dialog').getByRole('button', { name: 'Send mail' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  const { body: mails } = await service.api.get('/mail/messages/?recipient=leaver@readers.example');
  expect(mails.results).toMatchObject([{ template: 'email/account_confirmation.html' }]);
  await choose('Activate');
  await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click();
  await page.getByText('Active', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Actions' }).click();
  expect(await page.getByRole('menuitem', { name: 'Send confirmation again' }).count()).toBe(0);
  await page.keyboard.press('Escape');
  await choose('Deactivate');
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
  await page.getByText('Deactivated').waitFor();
  await choose('Delete');
  const confirm = page.getByRole('dialog').getByRole('button', { name: 'Delete' });
  expect(await confirm.isDisabled()).toBe(true);
  await page.getByLabel('Type “leaver” to confirm').fill('leaver');
  await confirm.click();
  await page.getByRole('heading', { name: 'Users' }).waitFor();
  expect((await service.api.get(`/core/users/${user.pk}/`)).status).toBe(404);
});

it('An administrator gives an application events, and sees what it answered', async () => {
  const { page } = await service.open(browser, '/console/webhooks');
  await page.getByRole('button', { name: 'Create endpoint' }).click();
  await page.locator('input[name="name"]').fill('library');
  await page.locator('input[name="url"]').fill('https://hooks.invalid/events');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  expect(await page.getByRole('dialog').locator('.secret code').textContent()).toMatch(/^whsec_/);
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await page.getByRole('button', { name: 'Send test event' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send test event' }).click();
  const deliveries = page.getByRole('region', { name: 'Deliveries' });
  await deliveries.getByLabel('Type of the event').selectOption('user.created');
  await deliveries.getByText('Nothing matches').waitFor();
  await page.waitForURL(/kind=user\.created/);
  await deliveries.getByLabel('Type of the event').selectOption('webhook.test');
  await deliveries.getByLabel('State').selectOption('Delivered');
  await deliveries.getByText('Nothing matches').waitFor();
  await deliveries.getByLabel('State').selectOption('Any state');
  await deliveries.getByRole('link', { name: 'webhook.test' }).click();
  await page.getByRole('region', { name: 'Attempts' }).getByText('No answer').first().waitFor();
});

it('Every screen fits, shows markup as text, breaks no policy and is accessible in light and dark mode', async () => {
  const { page, complaints } = await service.open(browser, '/console/');
  complaints.length = 0;
  for (const [name, path] of Object.entries(paths)) {
    await page.goto(path, { waitUntil: 'networkidle' });
    await inspectScreen(page, name);
  }
  expect(complaints).toEqual([]);
}, 300_000);
