import type { Browser, FrameLocator, Locator, Page, Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';

import { filters, tags, variables } from '../../console/src/templates/words.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createMailTemplate } from '../factories/mail-template.js';
import { createPasswordUser } from '../factories/password-user.js';
import { closeContexts, inspectScreen, launchBrowser } from './browser.js';
import { type ConsoleService, expectFewClicks, markup, startConsoleService } from './console-service.js';

let browser: Browser;
let service: ConsoleService;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startConsoleService()]);
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});
beforeEach(() => service.dataSource.query('delete from "request_limit"'));
afterEach(() => closeContexts(browser));

const mailIn = (page: Page): FrameLocator => page.frameLocator('.mail-frame').frameLocator('iframe');
const editorOf = (page: Page): Locator => page.locator('.code .cm-content');

/** Replaces what the editor has. */
async function write(page: Page, source: string): Promise<void> {
  await editorOf(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(source);
}

/** A template that was changed once. */
async function changedTemplate(fields: { name?: string } = {}): Promise<{ name: string; pk: string; path: string }> {
  const html = '<p>The first version {{ url }}</p>';
  const { pk, name } = await createMailTemplate(service.api, { html, ...fields });
  await service.api.patch(`/mail/templates/${pk}/`, { html: '<p>The second version {{ url }}</p>' });
  return { pk, name, path: `/console/templates/edit/${name}` };
}

/** What broke the policy or failed, but for the question who the visitor is before the sign-in. */
const faults = (complaints: readonly string[]): string[] => complaints.filter((text) => !/40[34]/.test(text));

it('An administrator finds in few clicks what a template looks like in German on a phone', async () => {
  const { page, complaints } = await service.open(browser, '/console/');
  await page.getByRole('link', { name: 'Templates', exact: true }).click();
  await page.getByRole('list', { name: 'List of templates' }).getByRole('link', { name: 'Password reset' }).click();
  await page.getByRole('button', { name: 'Phone', exact: true }).click();
  await page.getByLabel('Language of the mail').selectOption({ label: 'German' });
  await mailIn(page).getByRole('heading', { name: 'Neues Passwort festlegen' }).waitFor();
  expect((await page.locator('.device').boundingBox())?.width).toBe(375);
  expect(await page.locator('.preview-subject').innerText()).toContain('Neues Passwort festlegen');
  expect(faults(complaints)).toEqual([]);
  await expectFewClicks(page);
});

it('An administrator restores an earlier version in few clicks, after seeing what differs', async () => {
  const { pk, name } = await changedTemplate();
  const { page } = await service.open(browser, '/console/');
  await page.getByRole('link', { name: 'Templates', exact: true }).click();
  await page.getByRole('list', { name: 'List of templates' }).getByRole('link', { name }).click();
  await page.getByRole('button', { name: 'Versions' }).click();
  const version = page.getByRole('region', { name: 'Version 1' });
  await version.getByText('The first version').waitFor();
  await version.getByText('The second version').waitFor();
  await version.getByRole('button', { name: 'Restore' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
  await page.getByText('The version is restored.').waitFor();
  await expectFewClicks(page);
  await mailIn(page).getByText('The first version').waitFor();
  expect((await service.api.get(`/mail/templates/${pk}/`)).body).toMatchObject({
    html: '<p>The first version {{ url }}</p>',
    version: 3,
  });
});

it('A shipped template is changed, seen while it is typed, sent to oneself, saved, and mails use it', async () => {
  const { page, complaints } = await service.open(browser, '/console/templates/edit/email/invitation.html');
  await mailIn(page).getByText('You have been invited').first().waitFor();
  await write(page, '<p>Hello {{ user.username }}, {{ url }} {{ code }}</p>');
  await mailIn(page).getByText('Hello jane.doe').waitFor();
  await page.getByText('Not saved yet').waitFor();
  await page.getByRole('button', { name: 'Send to me' }).click();
  await page.getByText('The mail to grace@library.example is on its way.').waitFor();
  await editorOf(page).click();
  await page.keyboard.press('Control+s');
  await page.getByText('Saved as version 1.').waitFor();
  expect(await page.getByText('Not saved yet').count()).toBe(0);
  const { body } = await service.api.get('/mail/templates/?name=email/invitation.html');
  expect(body.results[0]).toMatchObject({ html: '<p>Hello {{ user.username }}, {{ url }} {{ code }}</p>' });
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Mails use the shipped one again.').waitFor();
  await mailIn(page).getByText('You have been invited').first().waitFor();
  expect(faults(complaints)).toEqual([]);
});

it('An error is shown at its line, and findings in a list', async () => {
  const { name } = await createMailTemplate(service.api);
  const { page } = await service.open(browser, `/console/templates/edit/${name}`);
  await write(page, '<p>{{ url }}</p>\n{% nonsense %}');
  await page.getByText('line 2, column 1: tag "nonsense" not found').waitFor();
  await page.locator('.cm-lint-marker-error').waitFor();
  await write(page, '<p>{{ url }} {{ code }}</p>\n<img src="x.png"><div style="display:flex">x</div>');
  await page.getByText('An image has no alt text').first().waitFor();
  await page.getByText('display:flex is not supported by Outlook.').first().waitFor();
  await page.locator('.cm-lint-marker-warning').waitFor();
});

it('Variables, tags and filters are completed, and the service knows all of them', async () => {
  const { name } = await createMailTemplate(service.api);
  const { page } = await service.open(browser, `/console/templates/edit/${name}`);
  await write(page, '');
  await page.keyboard.type('{{ user.na');
  await page.getByRole('option', { name: /^user\.name/ }).click();
  expect(await editorOf(page).innerText()).toContain('{{ user.name');
  const html = [
    ...variables.map(([word]) => `{{ ${word} }}`),
    ...filters
      .filter(([word]) => !['join', 'timezone', 'pluralize', 'yesno'].includes(word))
      .map(([word, detail]) => `{{ title|${word}${/^["\d]/.test(detail) ? `:${detail}` : ''} }}`),
  ].join('\n');
  const { body } = await service.api.post('/mail/templates/preview/', { name: 'email/words.html', html, text: 'x' });
  expect(body.problem).toBeNull();
  expect(body.findings.filter(({ code }: { code: string }) => code === 'warning')).toEqual([]);
  expect(tags.length).toBeGreaterThan(20);
});

it('What is typed is not lost: the page asks before it is left, and the tab keeps it', async () => {
  const { path } = await changedTemplate();
  const { page } = await service.open(browser, path);
  await write(page, '<p>Typed and not saved {{ url }}</p>');
  await page.getByRole('link', { name: 'All templates' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stay here' }).click();
  await page.getByRole('link', { name: 'All templates' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('list', { name: 'List of templates' }).waitFor();
  await page.goto(path);
  await page.getByText('These are your changes from before').waitFor();
  expect(await editorOf(page).innerText()).toContain('Typed and not saved');
  await page.getByRole('button', { name: 'Discard them' }).click();
  await page
    .getByRole('dialog', { name: 'Discard your changes?' })
    .getByRole('button', { name: 'Discard changes' })
    .click();
  await expect.poll(() => editorOf(page).innerText()).toContain('The second version');
});

it('What is typed survives a session that ends', async () => {
  const { path } = await changedTemplate();
  const { page } = await service.open(browser, path);
  await write(page, '<p>Typed before the end {{ url }}</p>');
  await page.getByText('Not saved yet').waitFor();
  page.on('dialog', (dialog) => void dialog.accept());
  await service.dataSource.query('delete from session');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByLabel('Email or username').fill('grace');
  await page.keyboard.press('Enter');
  await page.getByLabel('Password', { exact: true }).fill(service.administrator.password);
  await page.keyboard.press('Enter');
  await page.getByText('These are your changes from before').waitFor();
  expect(await editorOf(page).innerText()).toContain('Typed before the end');
});

it('A change of someone else is not overwritten: the editor says so, and saves on top of it when asked again', async () => {
  const { pk, path } = await changedTemplate();
  const { page } = await service.open(browser, path);
  await write(page, '<p>Mine {{ url }}</p>');
  await service.api.patch(`/mail/templates/${pk}/`, { html: '<p>Theirs</p>' });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('This was changed meanwhile: version 3 is current.').waitFor();
  expect((await service.api.get(`/mail/templates/${pk}/`)).body.html).toBe('<p>Theirs</p>');
  expect(await editorOf(page).innerText()).toContain('Mine');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved as version 4.').waitFor();
  expect((await service.api.get(`/mail/templates/${pk}/versions/3/`)).body.html).toBe('<p>Theirs</p>');
});

it('A mail runs no script and loads nothing from elsewhere in its preview, and is shown with its styles', async () => {
  const html = `<p id="a" style="width: 123px" onclick="top.document.title='hacked'">${markup}{{ url }}</p>
    <script>top.document.title = 'hacked'</script><img src="https://example.org/x.png" alt="">
    <form action="https://example.org/"><button id="b">Send</button></form>`;
  const { name } = await createMailTemplate(service.api, { html });
  const { page } = await service.open(browser, '/console/templates');
  const requests: Request[] = [];
  page.on('request', (request) => requests.push(request));
  await page.goto(`/console/templates/edit/${name}`);
  const text = mailIn(page).locator('#a');
  await text.click();
  await mailIn(page).locator('#b').click();
  expect((await text.boundingBox())?.width).toBe(123);
  expect(await page.title()).not.toContain('hacked');
  const elsewhere = requests.filter((one) => !one.url().startsWith(service.url) && !/^(data|about):/.test(one.url()));
  // Chromium may announce a request before its policy refuses it.
  await expect
    .poll(() => elsewhere.map((one) => one.failure()?.errorText ?? one.url()))
    .toEqual(elsewhere.map(() => 'csp'));
});

it('The preview is dark when asked, also in a light console', async () => {
  const html = `<style>#a { width: 111px; } @media (prefers-color-scheme: dark) { #a { width: 222px; } }</style>
    <p id="a">{{ url }}</p>`;
  const { name } = await createMailTemplate(service.api, { html });
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await service.open(browser, `/console/templates/edit/${name}`, { options: { colorScheme } });
    const width = async (): Promise<number | undefined> => (await mailIn(page).locator('#a').boundingBox())?.width;
    await expect.poll(width, { timeout: 10_000 }).toBe(111);
    await page.getByRole('button', { name: 'Dark' }).click();
    await expect.poll(width, { timeout: 10_000 }).toBe(222);
  }
});

it('A user who may only view templates sees no button that changes one', async () => {
  const user = await createPasswordUser(service.api, {
    username: 'katherine',
    name: 'Katherine Johnson',
    email: 'katherine@readers.example',
  });
  await service.api.post(`/rbac/permissions/assigned_by_users/${user.pk}/assign/`, {
    permissions: ['authentik_mail.view_mailtemplate'],
  });
  const { path } = await changedTemplate();
  const { page, complaints } = await service.open(browser, '/console/', { user });
  complaints.length = 0;
  await page.getByRole('link', { name: 'Templates', exact: true }).click();
  await page.getByRole('list', { name: 'List of templates' }).waitFor();
  expect(await page.getByRole('button', { name: 'New template' }).count()).toBe(0);
  await page.goto(path);
  await mailIn(page).getByText('The second version').waitFor();
  expect(await page.getByRole('button', { name: /Save|Send to me|Delete/ }).count()).toBe(0);
  await page.getByRole('button', { name: 'Versions' }).click();
  await page.getByRole('region', { name: 'Version 1' }).getByText('The first version').waitFor();
  expect(await page.getByRole('button', { name: 'Restore' }).count()).toBe(0);
  expect(complaints).toEqual([]);
});

it('Every screen of templates fits, breaks no policy and is accessible in light and dark mode', async () => {
  await service.dataSource.query('delete from "mail_template"');
  const { path, name } = await changedTemplate({ name: 'email/welcome.html' });
  await createEmailStage(service.api, { name: 'Welcome', template: name });
  const { page, complaints } = await service.open(browser, '/console/templates');
  complaints.length = 0;
  await page.getByRole('list', { name: 'List of templates' }).waitFor();
  await inspectScreen(page, 'templates');
  await page.goto('/console/templates/edit/email/password_reset.html');
  await page.getByText('Nothing to mend').waitFor();
  await mailIn(page).getByRole('heading').first().waitFor();
  await inspectScreen(page, 'template');
  // On a phone, the preview is a tab.
  await page.setViewportSize({ width: 375, height: 820 });
  await page.getByRole('button', { name: 'Preview', exact: true }).click();
  await page.getByRole('button', { name: 'Phone', exact: true }).click();
  await mailIn(page).getByRole('heading').first().waitFor();
  await inspectScreen(page, 'template-phone-preview');
  await page.getByRole('button', { name: 'Headers' }).click();
  await inspectScreen(page, 'template-headers');
  await page.goto(path);
  await page.getByRole('button', { name: 'Versions' }).click();
  await page.locator('.compare').waitFor();
  await inspectScreen(page, 'template-versions');
  expect(complaints).toEqual([]);
}, 300_000);
