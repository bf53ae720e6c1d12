import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';

import { createPasswordUser } from '../factories/password-user.js';
import { closeContexts, inspectScreen, launchBrowser } from './browser.js';
import { type ConsoleService, expectFewClicks, startConsoleService } from './console-service.js';

let browser: Browser;
let service: ConsoleService;
let flow: string;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startConsoleService()]);
  const fields = { name: 'Reading', slug: 'reading', title: 'Read', designation: 'enrollment' };
  flow = (await service.api.post('/flows/instances/', fields)).body.pk;
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});
beforeEach(() => service.dataSource.query('delete from "request_limit"'));
afterEach(() => closeContexts(browser));

it('An administrator sees who may change a flow, and gives and takes permissions on it', async () => {
  const user = await createPasswordUser(service.api, {
    username: 'ada',
    name: 'Ada Lovelace',
    email: 'l@readers.example',
  });
  const { body: role } = await service.api.post('/rbac/roles/', { name: 'Flow editors' });
  await service.api.post(`/rbac/permissions/assigned_by_roles/${role.pk}/assign/`, {
    permissions: ['authentik_flows.change_flow'],
  });
  const { page } = await service.open(browser, '/console/');
  await page.getByRole('link', { name: 'Flows', exact: true }).click();
  await page.getByRole('list', { name: 'List of flows' }).getByRole('link', { name: 'Reading' }).click();
  const access = page.getByRole('region', { name: 'Who may view or change it' });
  const rowOf = (name: string) => access.locator('.grant').filter({ has: page.getByRole('link', { name }) });
  expect(await rowOf('Grace Hopper').innerText()).toContain('Superuser: may do everything');
  expect(await rowOf('Flow editors').innerText()).toMatch(/Role: the members of its groups\s+change: all/);
  await expectFewClicks(page);
  await access.getByRole('button', { name: 'Add permission' }).click();
  const dialog = page.getByRole('dialog', { name: 'Permissions on Reading' });
  await dialog.getByLabel('User or role').first().fill('Ada');
  await page.getByRole('option', { name: /Ada Lovelace/ }).click();
  await dialog.getByLabel('change').check();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await rowOf('Ada Lovelace').getByText('change: this one').waitFor();
  await rowOf('Ada Lovelace').getByRole('button', { name: 'Remove view: this one' }).click();
  const question = page.getByRole('dialog', { name: 'Remove view: this one?' });
  await question.getByText('Ada Lovelace loses this permission at once').waitFor();
  await question.getByRole('button', { name: 'Remove', exact: true }).click();
  await rowOf('Ada Lovelace').getByText('view: this one').waitFor({ state: 'detached' });
  const { body: grants } = await service.api.get(`/rbac/permissions/users/?user_id=${user.pk}`);
  expect(grants.results).toMatchObject([{ codename: 'change_flow', object_pk: flow }]);
  expect(grants.results).toHaveLength(1);
});

it('A policy is created, tested and bound to a flow, found by the search, and deleted after a look at what uses it', async () => {
  const { page } = await service.open(browser, '/console/policies');
  const dialog = page.getByRole('dialog');
  await page.getByRole('link', { name: 'Create policy' }).click();
  await page.getByRole('link', { name: /^Password/ }).click();
  await page.getByLabel('Name').fill('Long passwords');
  await page.locator('[data-field="length_min"] input').fill('12');
  await page.getByRole('button', { name: 'Create policy' }).click();
  await page.getByRole('heading', { name: 'Long passwords' }).waitFor();
  const test = page.getByRole('region', { name: 'Test' });
  await test.getByLabel('User').first().fill('grace');
  await page.getByRole('option', { name: /Grace Hopper/ }).click();
  await test.getByLabel('Context').fill('{"password": "short"}');
  await test.getByRole('button', { name: 'Run test' }).click();
  await test.getByText('Does not pass').waitFor();
  await test.getByRole('list', { name: 'What is not met' }).getByText('length_min 12 is not met').waitFor();
  await page.getByRole('button', { name: 'Bind to a flow or step' }).click();
  await dialog.locator('[data-field="target"] input').first().fill('Reading');
  await page.getByRole('option', { name: 'Reading', exact: true }).click();
  await dialog.getByRole('button', { name: 'Bind to a flow or step' }).click();
  await page.getByRole('region', { name: 'Where it is used' }).getByRole('link', { name: 'Reading' }).waitFor();
  await page.getByRole('link', { name: 'All policies' }).click();
  const row = page.getByRole('list', { name: 'List of policies' }).getByRole('link', { name: /^Long passwords/ });
  await row.getByText('Reading').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Search screens').fill('Long passw');
  await page.getByRole('option', { name: /Long passwords/ }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await dialog.getByText('is deleted too').waitFor();
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('heading', { name: 'Policies', level: 1 }).waitFor();
  expect((await service.api.get('/policies/all/?search=Long')).body.results).toEqual([]);
});

it('A user with few rights sees no button of a policy, of its access and of its tests that does not work', async () => {
  const { api } = service;
  const reader = await createPasswordUser(api, { username: 'rear', name: 'Rear Reader', email: 'r@readers.example' });
  const { body: group } = await api.post('/core/groups/', { name: 'Readers' });
  await api.post('/mail/transports/', {
    name: 'Spare',
    url: 'smtp://mail.library.example',
  });
  const { body: policy } = await api.post('/policies/password/', { name: 'Read only', length_min: 8 });
  const { body: stage } = await api.post('/stages/dummy/', { name: 'Read only stage' });
  const give = (...permissions: string[]): unknown =>
    api.post(`/rbac/permissions/assigned_by_users/${reader.pk}/assign/`, { permissions });
  await give(
    'authentik_policies.view_policy',
    'authentik_policies_password.view_passwordpolicy',
    'authentik_flows.view_stage',
    'authentik_core.view_group',
    'authentik_mail.view_namedtransport',
  );
  const screens = {
    '/console/policies': 'Policies',
    '/console/policies/new': 'Create policy',
    [`/console/policies/${policy.pk}`]: 'Read only',
    [`/console/stages/${stage.pk}`]: 'Read only stage',
    [`/console/groups/${group.pk}`]: 'Readers',
    '/console/senders': 'Servers and domains',
  };
  const { page, complaints } = await service.open(browser, '/console/', { user: reader });
  complaints.length = 0;
  const access = page.getByRole('region', { name: 'Who may view or change it' });
  const buttons = page.getByRole('main').getByRole('button', { name: /Add|Bind|Create|Delete|Remove|Run|Save/ });
  const visit = async (): Promise<void> => {
    for (const [path, name] of Object.entries(screens)) {
      await page.goto(path, { waitUntil: 'networkidle' });
      await page.getByRole('heading', { name, level: 1 }).waitFor();
      expect(await buttons.allInnerTexts(), path).toEqual([]);
    }
  };
  await visit();
  await page.goto(`/console/policies/${policy.pk}`, { waitUntil: 'networkidle' });
  expect(await access.count()).toBe(0);
  await give('authentik_core.view_user', 'authentik_rbac.view_role');
  await visit();
  await page.goto('/console/senders', { waitUntil: 'networkidle' });
  const sender = page.getByRole('article', { name: 'Spare' });
  await sender.getByText('Who may view or change it').click();
  await sender.getByRole('link', { name: 'Rear Reader' }).waitFor();
  await give(
    'authentik_core.assign_user_permissions',
    'authentik_core.unassign_user_permissions',
    'authentik_policies_password.change_passwordpolicy',
  );
  // The settings of the stage may not be viewed: there is nothing to give.
  await page.goto(`/console/stages/${stage.pk}`, { waitUntil: 'networkidle' });
  await access.getByRole('link', { name: 'Grace Hopper' }).waitFor();
  expect(await access.getByRole('button').count()).toBe(0);
  await page.goto(`/console/policies/${policy.pk}`, { waitUntil: 'networkidle' });
  await access.getByRole('button', { name: 'Add permission' }).click();
  const dialog = page.getByRole('dialog', { name: 'Permissions on Read only' });
  await dialog.getByLabel('view').waitFor();
  expect(await dialog.getByRole('checkbox').count()).toBe(2);
  await dialog.getByLabel('User or role').first().fill('Grace');
  await page.getByRole('option', { name: /Grace Hopper/ }).click();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await access.getByText('view: this one').waitFor();
  expect(complaints).toEqual([]);
});

it('The screens of policies fit, and are accessible in light and dark mode', async () => {
  const { body: policies } = await service.api.get('/policies/all/');
  const { page, complaints } = await service.open(browser, '/console/');
  complaints.length = 0;
  const screens = {
    policies: '/console/policies',
    'policy-new': '/console/policies/new',
    policy: `/console/policies/${policies.results[0].pk}`,
  };
  for (const [name, path] of Object.entries(screens)) {
    await page.goto(path, { waitUntil: 'networkidle' });
    await inspectScreen(page, name);
  }
  expect(complaints).toEqual([]);
}, 300_000);
