import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

import { closeContexts, launchBrowser } from './browser.js';
import { type ConsoleService, startConsoleService } from './console-service.js';

let browser: Browser;
let service: ConsoleService;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startConsoleService()]);
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});
afterEach(() => closeContexts(browser));

it('A file from another service is imported without the transport that it has there, which the preview says', async () => {
  const { api } = service;
  const { body: relay } = await api.post('/mail/transports/', { name: 'Only there', url: 'smtp://127.0.0.1:1025' });
  const { body: stage } = await api.post('/stages/email/', { name: 'By relay', transport: relay.pk });
  const request = { name: 'Mailing', slug: 'mailing', title: 'Mail', designation: 'enrollment' };
  const { body: mailing } = await api.post('/flows/instances/', request);
  await api.post('/flows/bindings/', { target: mailing.pk, stage: stage.pk, order: 0 });
  const file = (await api.get<string>('/flows/instances/mailing/export/')).body;
  const paths = ['/flows/instances/mailing/', `/stages/email/${stage.pk}/`, `/mail/transports/${relay.pk}/`];
  for (const path of paths) expect((await api.delete(path)).status).toBe(204);
  const { page } = await service.open(browser, '/console/flows/import');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'mailing.yaml', mimeType: 'application/yaml', buffer: Buffer.from(file) });
  const note = 'transport is empty: no namedtransport here has the name “Only there”';
  const entry = page.getByRole('region', { name: 'What would change' }).getByRole('listitem').nth(1);
  await entry.getByText(note).waitFor();
  expect(await entry.textContent()).toContain('By relay');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('Imported.').waitFor();
  await page.getByRole('region', { name: 'What was changed' }).getByText(note).waitFor();
  expect((await api.get('/stages/email/?name=By%20relay')).body.results).toMatchObject([{ transport: null }]);
});
