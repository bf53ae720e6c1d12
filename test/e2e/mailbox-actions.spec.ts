import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { MailboxAccess } from '../../src/mail/mailbox/mailbox-access.js';
import { Mailbox } from '../../src/mail/transport/mailbox/mailbox.js';
import { createUser } from '../factories/user.js';
import { signedIn } from '../support/signed-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let folder: string;
/** Cookie of a browser that has opened the link of the start. */
let holder: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailbox-'));
  app = await startTestApp({ DATA_DIR: folder, DATABASE_URL: '', BRAND_NAME: 'City & Library' });
  const link = await app.nest.get(MailboxAccess, { strict: false }).link('');
  holder = { cookie: `email_stage_mailbox=${new URL(link, app.url).searchParams.get('key')}` };
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true });
});
beforeEach(() => rm(join(folder, 'mailbox'), { recursive: true, force: true }));

interface Mail {
  readonly subject?: string;
  readonly to?: string;
  readonly from?: string;
  readonly text?: string;
  readonly html?: string;
}

async function keep({
  subject = 'Hello',
  to = 'eve@example.org',
  from = 'Sender',
  text = '',
  html,
}: Mail = {}): Promise<string> {
  const pk = randomUUID();
  await app.nest.get(Mailbox, { strict: false }).keep({
    pk,
    messageId: `${pk}@example.org`,
    from: { name: from, address: 'sender@example.org' },
    to: { name: '', address: to },
    subject,
    text,
    ...(html !== undefined && { html }),
    attachments: [],
    date: new Date(),
  });
  return pk;
}

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${app.url}/dev/mailbox/${path}`, { headers: holder, redirect: 'manual', ...init });
}

async function page(path = ''): Promise<string> {
  const response = await ask(path);
  expect(response.status).toBe(200);
  return response.text();
}

async function subjectsAt(query: string): Promise<string[]> {
  return [...(await page(query)).matchAll(/<strong>([^<]*)<\/strong>/g)].map(([, subject]) => subject!).sort();
}

async function formToken(headers = holder): Promise<string> {
  const html = await (await ask('delete/', { headers })).text();
  return /name="csrf" value="(\w{64})"/.exec(html)?.[1] ?? '';
}

function deleteAll(token: string, headers = holder): Promise<Response> {
  return ask('delete/', { method: 'POST', headers, body: new URLSearchParams({ csrf: token }) });
}

const countMails = async (): Promise<number> => (await readdir(join(folder, 'mailbox'))).length;

describe('The pages of the mailbox', () => {
  it('have the styles, the logo and the name of the other pages', async () => {
    const pk = await keep();
    for (const path of ['', `${pk}/`, 'delete/']) {
      const html = await page(path);
      expect(html).toContain('<link rel="stylesheet" href="/static/pages/style.css" />');
      expect(html).toContain('<img src="/static/pages/logo" alt="" /><span>City &#38; Library</span>');
      expect(html).toMatch(/<title>[^<]+ – City &#38; Library<\/title>/);
    }
  });
});

describe('The search', () => {
  it('finds mails by subject, sender and recipient, in any case', async () => {
    await keep({ subject: 'Reset your password', to: 'ada@example.org' });
    await keep({ subject: 'Confirm', to: 'Grace@example.com', from: 'Städtische Bücherei' });
    expect(await subjectsAt('?q=PASSWORD')).toEqual(['Reset your password']);
    expect(await subjectsAt('?q=grace')).toEqual(['Confirm']);
    expect(await subjectsAt(`?q=${encodeURIComponent(' BÜCHEREI ')}`)).toEqual(['Confirm']);
    expect(await subjectsAt('?q=')).toEqual(['Confirm', 'Reset your password']);
    expect(await subjectsAt('?q=a&q=b')).toHaveLength(2);
  });

  it('says that no mail matches, and keeps the term in the field', async () => {
    await keep();
    const html = await page(`?q=${encodeURIComponent('"<b>')}`);
    expect(html).toContain('No mail matches “&#34;&#60;b&#62;”.');
    expect(html).toContain('name="q" value="&#34;&#60;b&#62;"');
  });

  it('keeps the term on further pages', async () => {
    for (let index = 0; index < 51; index += 1) await keep();
    const html = await page('?q=hello');
    expect(html).toContain('Page 1 of 2');
    expect(html).toContain('href="/dev/mailbox/?q=hello&#38;page=2"');
    expect(await subjectsAt('?q=hello&page=2')).toEqual(['Hello']);
  });
});

describe('Deleting all mails', () => {
  it('asks first, and works without a script', async () => {
    await keep();
    await keep();
    expect(await page()).toContain('<a href="/dev/mailbox/delete/">Delete all</a>');
    expect(await page('delete/')).toContain('All 2 mails of the local mailbox will be deleted.');
    expect(await countMails()).toBe(2);
    const response = await deleteAll(await formToken());
    expect([response.status, response.headers.get('location')]).toEqual([303, '/dev/mailbox/']);
    expect(await countMails()).toBe(0);
    expect(await page()).toContain('No mail yet.');
  });

  it('can be sent twice', async () => {
    await keep();
    const token = await formToken();
    const responses = await Promise.all([deleteAll(token), deleteAll(token)]);
    expect(responses.map(({ status }) => status)).toEqual([303, 303]);
    expect(await countMails()).toBe(0);
  });

  it('is refused with 404 without the token of the page, and without access', async () => {
    await keep();
    const token = await formToken();
    for (const [given, headers] of [
      ['', holder],
      ['x'.repeat(64), holder],
      [token, {}],
      [token, { cookie: `email_stage_mailbox=${'x'.repeat(64)}` }],
    ] as const) {
      expect((await deleteAll(given, headers as Record<string, string>)).status).toBe(404);
    }
    expect((await ask('delete/', { method: 'POST' })).status).toBe(404);
    expect((await ask('delete/', { headers: {} })).status).toBe(404);
    expect(await countMails()).toBe(1);
  });

  it('is granted to a superuser with a session, not to another user', async () => {
    await keep();
    const plain = (await signedIn(app, await createUser(app.api))).cookies.headers();
    const [admin] = (await app.api.get('/core/users/?username=akadmin')).body.results;
    const superuser = (await signedIn(app, admin)).cookies.headers();
    const token = await formToken(superuser);
    expect((await deleteAll('wrong', superuser)).status).toBe(404);
    expect((await deleteAll(token, plain)).status).toBe(404);
    expect(await countMails()).toBe(1);
    expect((await deleteAll(token, superuser)).status).toBe(303);
    expect(await countMails()).toBe(0);
  });
});

describe('The version of the mailbox', () => {
  it('changes with the list, which states it', async () => {
    const version = async (): Promise<string> => (await ask('version/')).text();
    const empty = await version();
    await keep();
    const one = await version();
    expect(await page()).toContain(`data-version="${one}"`);
    expect(await version()).toBe(one);
    await keep();
    expect(new Set([empty, one, await version()]).size).toBe(3);
    expect((await ask('version/', { headers: {} })).status).toBe(404);
  });
});

describe('A mail', () => {
  it('shows its code and its link above everything else', async () => {
    const link = 'http://127.0.0.1:9000/if/flow/recovery/?flow_token=123456';
    const pk = await keep({ text: `Open this link:\n\n${link}\n\nOr enter this code: 482913\n` });
    const html = await page(`${pk}/`);
    expect(html).toContain('<p class="code">482913</p>');
    expect(html).toContain(`<a href="${link}" rel="noreferrer noopener">`);
    expect(html.indexOf('482913')).toBeLessThan(html.indexOf('<dl class="facts">'));
  });

  it('shows neither without code and link', async () => {
    const html = await page(`${await keep({ text: 'Call 123456 for help' })}/`);
    expect(html).not.toContain('class="proofs"');
  });
});
