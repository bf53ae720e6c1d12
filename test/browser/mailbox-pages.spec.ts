import { randomUUID } from 'node:crypto';

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Mailbox } from '../../src/mail/transport/mailbox/mailbox.js';
import { closeContexts, expectAccessible, launchBrowser, openContext, sideways, takePicture } from './browser.js';
import { type DefaultService, startDefaultService } from './default-flows.js';

let browser: Browser;
let service: DefaultService;
let mailbox: Mailbox;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startDefaultService()]);
  mailbox = service.nest.get(Mailbox, { strict: false });
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});
afterEach(() => closeContexts(browser));
beforeEach(() => mailbox.clear());

async function keep(subject: string, html = '<p>Your code:</p><p>482913</p>'): Promise<string> {
  const pk = randomUUID();
  const refusal = await mailbox.keep({
    pk,
    messageId: `${pk}@example.org`,
    from: { name: 'City Library', address: 'books@library.example' },
    to: { name: '', address: 'a.reader.with.a.long.address@a-long-host-name.library.example' },
    subject,
    html,
    text: `Open this link:\n\n${service.url}/if/flow/default-recovery-flow/?flow_token=${'0'.repeat(64)}\n`,
    attachments: [],
    date: new Date(),
  });
  expect(refusal).toBeUndefined();
  return pk;
}

/** Opens the mailbox with its link. */
async function open(options: Parameters<typeof openContext>[1] = {}): Promise<{ page: Page; complaints: string[] }> {
  const { context, complaints } = await openContext(browser, { baseURL: service.url, ...options });
  const page = await context.newPage();
  await page.goto(await service.mailboxLink());
  return { page, complaints };
}

describe('The list of mails', () => {
  it('shows a new mail without reloading, and keeps the focus', async () => {
    await keep('The first mail');
    const { page, complaints } = await open();
    await page.evaluate('document.body.dataset.opened = "once"');
    await page.getByRole('link', { name: 'The first mail' }).focus();
    await keep('The second mail');
    await page.getByRole('status').getByText('1 new mail').waitFor();
    expect(await page.getByRole('listitem').first().innerText()).toContain('The second mail');
    expect(await page.evaluate('document.body.dataset.opened')).toBe('once');
    expect(await page.evaluate('document.activeElement.innerText')).toBe('The first mail');
    expect(await page.getByRole('link', { name: 'Reload' }).isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });

  it('offers to reload when the mailbox does not answer', async () => {
    const { page } = await open();
    await page.route('**/dev/mailbox/version/', (route) => route.abort());
    await page.getByRole('status').getByText('The mailbox does not answer.').waitFor();
    await page.getByRole('link', { name: 'Reload' }).waitFor();
  });
});

describe('Without a script', () => {
  it('mails are searched, reloaded and deleted', async () => {
    await keep('Reset your password');
    await keep('Confirm your email address');
    const { page } = await open({ javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Reload' }).click();
    await page.getByLabel('Search').fill('password');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.getByRole('listitem').count()).toBe(1);
    await page.getByRole('link', { name: 'Delete all' }).click();
    await page.getByRole('link', { name: 'Cancel' }).click();
    expect(await page.getByRole('listitem').count()).toBe(2);
    await page.getByRole('link', { name: 'Delete all' }).click();
    await page.getByRole('button', { name: 'Delete all' }).click();
    await page.getByText('No mail yet.').waitFor();
    expect(new URL(page.url()).pathname).toBe('/dev/mailbox/');
  });
});

it.each([320, 1280])('At %d px, every page fits, and is accessible in light and dark mode', async (width) => {
  const { page, complaints } = await open({ viewport: { width, height: 800 } });
  await expectAccessible(page, 'empty list');
  const pk = await keep('Confirm your email address – City Library');
  await keep('A subject without blanks: ' + 'x'.repeat(100));
  for (const path of ['', '?q=nothing', 'delete/', `${pk}/`, `${pk}/?view=text`, `${pk}/?view=headers`]) {
    await page.goto(`/dev/mailbox/${path}`);
    expect(await sideways(page), path).toBe(0);
    const name = path.replace(pk, 'mail').replaceAll(/\W+/g, '-');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await takePicture(page, `mailbox-${name}${width}-${colorScheme}`);
    }
    // axe-core waits for an answer of the frame, where no script runs.
    await page.evaluate('document.querySelector("iframe[title]")?.remove()');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page, `${path}, ${colorScheme}`);
    }
  }
  expect(complaints).toEqual([]);
});

it('A hostile mail runs nothing and opens nothing', async () => {
  const attack = 'parent.document.title = top.document.title = document.title = "hacked"';
  const pk = await keep(
    `<script>${attack}</script>`,
    `<script>${attack}</script><img src="x" onerror='${attack}'><svg onload='${attack}'></svg>` +
      `<meta http-equiv="refresh" content="0; url=/hacked"><form action="/hacked"><button>Send</button></form>` +
      `<iframe srcdoc="<script>${attack}</script>"></iframe><p>Read me</p>`,
  );
  const { page } = await open();
  const loaded: string[] = [];
  page.context().on('requestfinished', (request) => loaded.push(request.url()));
  for (const path of ['', `${pk}/`, `${pk}/?view=text`, `${pk}/html/`]) {
    await page.goto(`/dev/mailbox/${path}`, { waitUntil: 'networkidle' });
    expect(await page.title()).not.toBe('hacked');
  }
  await page.getByText('Read me').waitFor();
  expect(loaded).toContain(`${service.url}/dev/mailbox/${pk}/html/`);
  expect(loaded.filter((url) => /hacked|\/x$/.test(url))).toEqual([]);
});
