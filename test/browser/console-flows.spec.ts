import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { stringify } from 'yaml';

import { createPasswordUser } from '../factories/password-user.js';
import { Visitor } from '../support/visitor.js';
import { closeContexts, inspectScreen, launchBrowser } from './browser.js';
import { type ConsoleService, expectFewClicks, markup, startConsoleService } from './console-service.js';
import { timeOfFirstRow } from './first-row.js';

let browser: Browser;
let service: ConsoleService;
/** Keys of stages, by name. */
const stages: Record<string, string> = {};
let flow: { readonly pk: string; readonly slug: string };

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startConsoleService()]);
  const { api } = service;
  flow = (
    await api.post('/flows/instances/', { name: 'Reading', slug: 'reading', title: 'Read', designation: 'enrollment' })
  ).body;
  for (const [index, name] of ['Cover', 'Chapter', 'End', markup].entries()) {
    const { body: stage } = await api.post('/stages/dummy/', { name });
    stages[name] = stage.pk;
    await api.post('/flows/bindings/', { target: flow.pk, stage: stage.pk, order: index * 10 });
  }
  const { body: listed } = await api.get('/stages/email/?name=Library%20sign-up');
  stages['mail'] = listed.results[0].pk;
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});
beforeEach(() => service.dataSource.query('delete from "request_limit"'));
afterEach(() => closeContexts(browser));

const steps = async (): Promise<string[]> => {
  const { body } = await service.api.get(`/flows/bindings/?target=${flow.pk}&ordering=order`);
  return body.results.map(({ stage_obj }: any) => stage_obj.name);
};
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });

it('An administrator changes the server of a stage, and sees that it works', async () => {
  const { page } = await service.open(browser, '/console/');
  await page.getByRole('link', { name: 'Stages' }).click();
  await page.getByRole('list', { name: 'List of stages' }).getByRole('link', { name: 'Library sign-up' }).click();
  await field(page, 'Port').fill('1');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect.poll(async () => (await service.api.get(`/stages/email/${stages['mail']}/`)).body.port).toBe(1);
  await page.getByRole('button', { name: 'Check Library sign-up now' }).click();
  await page.getByText('Connection: error').waitFor();
  const { body: transports } = await service.api.get('/mail/transports/');
  const port = /:(\d+)/.exec(transports.results[0].url)?.[1] ?? '';
  await field(page, 'Port').fill(port);
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect
    .poll(async () => (await service.api.get(`/stages/email/${stages['mail']}/`)).body.port)
    .toBe(Number(port));
  await page.getByRole('button', { name: 'Check Library sign-up now' }).click();
  await page.getByText('Connection: good').waitFor();
  await page.getByLabel('Send a test mail to').fill('reader@readers.example');
  await page.getByRole('button', { name: 'Send test mail' }).click();
  await page.getByRole('region', { name: 'Does it work?' }).getByText('Sent', { exact: true }).waitFor();
  await expectFewClicks(page);
});

it('The form sends what was changed only, and shows what the service says at its field', async () => {
  const { page } = await service.open(browser, `/console/stages/${stages['mail']}`);
  const sent: unknown[] = [];
  page.on('request', (request) => request.method() === 'PATCH' && sent.push(request.postDataJSON()));
  await field(page, 'Host').fill('not a host');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.locator('[data-field="host"] .mantine-InputWrapper-error').waitFor();
  expect(sent).toEqual([{ host: 'not a host' }]);
  await expect.poll(() => page.evaluate('document.activeElement.name')).toBe('host');
});

it('Unsaved changes warn before they are lost', async () => {
  const { page } = await service.open(browser, `/console/stages/${stages['mail']}`);
  await field(page, 'Subject').fill('Welcome to the library');
  await page.getByRole('link', { name: 'All stages' }).click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Stay here' }).click();
  expect(await field(page, 'Subject').inputValue()).toBe('Welcome to the library');
  await page.getByRole('link', { name: 'All stages' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('heading', { name: 'Stages', level: 1 }).waitFor();
});

it('A stage is created with the defaults of the service, and deleted after a look at what uses it', async () => {
  const { page } = await service.open(browser, '/console/stages');
  await page.getByRole('link', { name: 'Create stage' }).click();
  await page.getByRole('link', { name: /^User Login/ }).click();
  await page.getByLabel('Name').fill('Sign in readers');
  await page.getByRole('button', { name: 'Create stage' }).click();
  await page.getByRole('heading', { name: 'Sign in readers' }).waitFor();
  await page.goto(`/console/stages/${stages['Cover']}`);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByText('is deleted too').first().waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).last().click();
});

it('A mail server is described without a URL, and checked as soon as it is stored', async () => {
  const { page } = await service.open(browser, '/console/senders');
  await page.getByRole('button', { name: 'Add mail server' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[name="name"]').fill('Own server');
  await dialog.getByLabel('Encryption').selectOption('TLS from the start');
  expect(await dialog.getByLabel('Port').inputValue()).toBe('465');
  await dialog.getByLabel('Encryption').selectOption('STARTTLS');
  await dialog.getByRole('button', { name: 'Add mail server' }).click();
  await dialog.locator('input[name="host"][aria-invalid="true"]').waitFor();
  await dialog.locator('input[name="host"]').fill('127.0.0.1');
  await dialog.getByLabel('Port').fill('1');
  await dialog.getByLabel('User name').fill('ada@library');
  await dialog.getByLabel('Password').fill('p/w:');
  await dialog.getByRole('button', { name: 'Add mail server' }).click();
  const server = page.getByRole('article', { name: 'Own server' });
  await server.getByText('Connection: error').waitFor();
  await server.getByRole('button', { name: 'Edit' }).click();
  expect(await dialog.getByLabel('URL').inputValue()).toBe('smtp://ada%40library:***@127.0.0.1:1?require_tls=true');
});

it('A mail server and a domain are added, changed and deleted', async () => {
  const { page } = await service.open(browser, '/console/senders');
  await page.getByRole('button', { name: 'Add mail server' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[name="name"]').fill('Postmark of the library');
  await dialog.getByLabel('Provider').selectOption('Postmark');
  expect(await dialog.getByLabel('URL').inputValue()).toBe('postmark://<server token>@default');
  await dialog.getByLabel('URL').fill('postmark://the-token@default');
  await dialog.getByRole('button', { name: 'Add mail server' }).click();
  const transport = page.getByRole('article', { name: 'Postmark of the library' });
  await transport.getByRole('button', { name: 'Edit' }).click();
  expect(await dialog.getByLabel('URL').inputValue()).toBe('postmark://***@default');
  await dialog.getByLabel('From address').fill('books@library.example');
  await dialog.getByRole('button', { name: 'Save changes' }).click();
  await transport.getByText('books@library.example').waitFor();
  await transport.getByRole('button', { name: 'Delete Postmark of the library' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await transport.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Add domain' }).click();
  await dialog.getByLabel('Name').fill('books.example');
  await dialog.getByRole('button', { name: 'Add domain' }).click();
  const domain = page.getByRole('article', { name: 'books.example' });
  // The keys that it has are not active yet.
  expect(await domain.getByRole('button', { name: 'New key' }).count()).toBe(0);
  await domain.getByRole('button', { name: 'Delete books.example' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await domain.waitFor({ state: 'detached' });
});

it('Steps are moved by keyboard and by drag', async () => {
  const { page } = await service.open(browser, '/console/flows/reading');
  const handle = page.getByRole('button', { name: 'Move Cover' });
  await handle.focus();
  await page.keyboard.press('Space');
  await page.getByText('Cover is at place 1 of 4.').waitFor({ state: 'attached' });
  await page.keyboard.press('ArrowDown');
  await page.getByText('Cover is at place 2 of 4.').waitFor({ state: 'attached' });
  await page.keyboard.press('Space');
  await expect.poll(steps).toEqual(['Chapter', 'Cover', 'End', markup]);
  const from = await page.getByRole('button', { name: 'Move Chapter' }).boundingBox();
  const to = await page.getByRole('button', { name: 'Move End' }).boundingBox();
  if (from === null || to === null) throw new Error('the steps are not shown');
  await page.mouse.move(from.x + 8, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 8, from.y + 30, { steps: 4 });
  await page.mouse.move(to.x + 8, to.y + 14, { steps: 8 });
  await page.mouse.up();
  await expect.poll(steps).toEqual(['Cover', 'End', 'Chapter', markup]);
});

it('An administrator sees at which step visitors leave, in a period', async () => {
  const { body } = await service.api.get(`/flows/bindings/?target=${flow.pk}&ordering=order`);
  const [first, second] = body.results.map(({ stage_obj }: any) => stage_obj.name);
  for (const passes of [0, 1, 1, 4]) {
    const visitor = new Visitor(service.url);
    await visitor.see(flow.slug);
    for (let step = 0; step < passes; step += 1) await visitor.answer(flow.slug, {});
  }
  const { page } = await service.open(browser, '/console/');
  await page.getByRole('link', { name: 'Flows', exact: true }).click();
  await page.getByRole('list', { name: 'List of flows' }).getByRole('link', { name: 'Reading' }).first().click();
  await page.getByText('Started: 4 · Finished: 1 (25%)').waitFor();
  const stepOf = (name: string) => page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });
  expect(await stepOf(first).innerText()).toContain('Passed: 3 of 4 · Left: 1 (25%)');
  expect(await stepOf(second).innerText()).toMatch(/Passed: 1 of 3 · Left: 2 \(66.7%\)\s*Most leave here/);
  await service.dataSource.query(`update "flow_statistic" set hour = hour - interval '2 days'`);
  await page.getByRole('link', { name: 'Last 24 hours' }).click();
  await page.getByText('No runs in this period.').waitFor();
  expect(page.url()).toContain('?since=day');
  await page.getByRole('link', { name: 'Last 30 days' }).click();
  await page.getByText('Started: 4').waitFor();
  await expectFewClicks(page);
});

it('The inspector shows where the own run of a flow is', async () => {
  const { page } = await service.open(browser, '/console/flows/reading');
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await inspector.getByRole('button', { name: 'Show my run' }).click();
  await inspector.getByText('There is no run of this flow in this browser.').waitFor();
  const [visit] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('link', { name: 'Try as a visitor' }).click(),
  ]);
  await visit.getByRole('button', { name: 'Continue' }).waitFor();
  await inspector.getByRole('button', { name: 'Show my run' }).click();
  await inspector.getByRole('listitem').filter({ hasText: 'is here' }).waitFor();
  await inspector.getByLabel('What the run knows').waitFor();
});

it('A step and a condition are added to a flow, and removed', async () => {
  const { page } = await service.open(browser, '/console/flows/reading');
  await page.getByRole('button', { name: 'Add step' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Stage').first().fill('Library sign-up');
  await page.getByRole('option', { name: /^Library sign-up/ }).click();
  await dialog.getByRole('button', { name: 'Add step' }).click();
  await expect.poll(async () => (await steps()).at(-1)).toBe('Library sign-up');
  await page.getByRole('button', { name: 'Edit step Library sign-up' }).click();
  await dialog.getByRole('button', { name: 'Remove from flow' }).click();
  await page
    .getByRole('dialog', { name: /^Delete the step/ })
    .getByRole('button', { name: 'Remove from flow' })
    .click();
  await expect.poll(steps).not.toContain('Library sign-up');
  await page.getByRole('button', { name: 'Add condition' }).click();
  await dialog.getByLabel('Group').first().fill('Admins');
  await page
    .getByRole('option', { name: /Admins/ })
    .first()
    .click();
  await dialog.getByRole('button', { name: 'Add condition' }).click();
  await page
    .getByRole('region', { name: 'Who may use it' })
    .getByText(/Admins/)
    .waitFor();
});

it('An administrator exports a flow, and imports it after a look at what changes', async () => {
  const { page } = await service.open(browser, '/console/');
  await page.getByRole('link', { name: 'Flows', exact: true }).click();
  await page
    .getByRole('list', { name: 'List of flows' })
    .getByRole('link', { name: /^Reading/ })
    .click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export' }).click(),
  ]);
  const file = await download.path();
  await service.api.patch('/flows/instances/reading/', { title: 'Changed since' });
  await page.getByRole('link', { name: 'All flows' }).click();
  await page.getByRole('link', { name: 'Import flow' }).click();
  await page.locator('input[type=file]').setInputFiles({
    name: 'reading.yaml',
    mimeType: 'application/yaml',
    buffer: await import('node:fs/promises').then(({ readFile }) => readFile(file)),
  });
  await page.getByText('Changed since').waitFor();
  expect((await service.api.get('/flows/instances/reading/')).body.title).toBe('Changed since');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('Imported.').waitFor();
  await expectFewClicks(page);
  expect((await service.api.get('/flows/instances/reading/')).body.title).toBe('Read');
});

it('A file with mistakes is not applied, and the mistakes are listed', async () => {
  const { page } = await service.open(browser, '/console/flows/import');
  const entries = [{ model: 'authentik_flows.flow', identifiers: { slug: 'wrong' }, attrs: { name: markup } }];
  await page.locator('input[type=file]').setInputFiles({
    name: 'wrong.yaml',
    mimeType: 'application/yaml',
    buffer: Buffer.from(stringify({ version: 1, entries })),
  });
  await page
    .getByRole('region', { name: 'Nothing can be imported' })
    .getByText(/This field is required/)
    .waitFor();
  expect(await page.getByRole('button', { name: 'Apply' }).count()).toBe(0);
});

it('A user who may only read flows and stages sees no button that changes one', async () => {
  const user = await createPasswordUser(service.api, {
    username: 'alan',
    name: 'Alan Turing',
    email: 'a@readers.example',
  });
  await service.api.post(`/rbac/permissions/assigned_by_users/${user.pk}/assign/`, {
    permissions: [
      'authentik_flows.view_flow',
      'authentik_flows.view_flowstagebinding',
      'authentik_flows.view_stage',
      'authentik_stages_email.view_emailstage',
    ],
  });
  const { page, complaints } = await service.open(browser, '/console/', { user });
  complaints.length = 0;
  for (const path of [
    '/console/flows',
    '/console/flows/reading',
    '/console/stages',
    `/console/stages/${stages['mail']}`,
  ]) {
    await page.goto(path, { waitUntil: 'networkidle' });
    const buttons = page
      .getByRole('main')
      .getByRole('button', { name: /Save|Delete|Add|Move|Edit|Check|Send|Create|Import/ });
    expect(await buttons.count(), path).toBe(0);
  }
  expect(complaints).toEqual([]);
});

it('The screens of flows and stages fit, and are accessible in light and dark mode', async () => {
  const { page, complaints } = await service.open(browser, '/console/');
  complaints.length = 0;
  const screens = {
    flows: '/console/flows',
    flow: '/console/flows/reading',
    'flow-new': '/console/flows/new',
    'flow-import': '/console/flows/import',
    stages: '/console/stages',
    'stage-new': '/console/stages/new',
    'stage-new-email': '/console/stages/new?kind=email',
    stage: `/console/stages/${stages['mail']}`,
  };
  for (const [name, path] of Object.entries(screens)) {
    await page.goto(path, { waitUntil: 'networkidle' });
    await inspectScreen(page, name);
  }
  expect(complaints).toEqual([]);
}, 300_000);

it('With 1,000 stages, the first row is there 300 ms after the answer', async () => {
  await service.dataSource.query(
    `insert into "stage" (stage_uuid, name, kind, throw_error)
     select gen_random_uuid(), 'Many ' || number, 'dummy', false from generate_series(1, 1000) number`,
  );
  const { page } = await service.open(browser, '/console/stages');
  const list = page.getByRole('list', { name: 'List of stages' });
  const rows = { 'many 1': /^Many \d*1\d*$/, 'many 2': /^Many \d*2\d*$/, 'many 3': /^Many \d*3\d*$/ };
  expect(await timeOfFirstRow(page, list, page.getByRole('searchbox'), rows)).toBeLessThanOrEqual(300);
});
