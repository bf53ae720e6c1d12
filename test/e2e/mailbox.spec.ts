import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import { MailboxAccess } from '../../src/mail/mailbox/mailbox-access.js';
import { Mailbox } from '../../src/mail/transport/mailbox/mailbox.js';
import type { OutgoingMail } from '../../src/mail/transport/outgoing-mail.js';
import { enqueue, mailFrom, messageOf } from '../support/mails.js';
import { createPlainUser } from '../support/plain-user.js';
import { signedIn } from '../support/signed-in.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

const link = `http://127.0.0.1:9000/if/flow/recovery/?flow_token=abc&next=%2F`;
const pixel = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64');

let app: TestApp;
let folder: string;
/** Cookie of a browser that has opened the link printed at startup. */
let holder: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailbox-'));
  app = await startLocalTrial();
  holder = { cookie: `email_stage_mailbox=${await keyOf(app)}` };
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true });
});
beforeEach(() => rm(join(folder, 'mailbox'), { recursive: true, force: true }));

/** A service with default settings: the key opens its mailbox. */
function startLocalTrial(environment: Record<string, string> = {}): Promise<TestApp> {
  return startTestApp({ DATA_DIR: folder, DATABASE_URL: '', ...environment });
}

/** The key in the link printed at startup. */
async function keyOf({ nest }: TestApp): Promise<string> {
  const link = await nest.get(MailboxAccess, { strict: false }).link('');
  return /^\/dev\/mailbox\/\?key=([\w-]{64})$/.exec(link)?.[1] ?? '';
}

async function keep(more: Partial<OutgoingMail> = {}): Promise<string> {
  const pk = randomUUID();
  await app.nest.get(Mailbox, { strict: false }).keep({
    pk,
    messageId: `${pk}@example.org`,
    from: { name: 'Wächter', address: 'sender@example.org' },
    to: { name: 'Eve', address: 'eve@example.org' },
    subject: 'Set a new password',
    html: `<h1>Hi</h1><img src="cid:logo"><a href="${link.replaceAll('&', '&amp;')}">Open</a>`,
    text: `Open\n${link}\n`,
    attachments: [{ cid: 'logo', filename: 'logo.gif', contentType: 'image/gif', content: pixel }],
    date: new Date('2026-01-01T12:00:00Z'),
    ...more,
  });
  return pk;
}

async function page(
  path = '',
  headers: Record<string, string> = holder,
  base = app.url,
): Promise<[number, string, Headers]> {
  const response = await fetch(`${base}/dev/mailbox/${path}`, { headers, redirect: 'manual' });
  return [response.status, await response.text(), response.headers];
}

describe('The local mailbox', () => {
  it('captures mails if no mail server is configured, including the link with its token', async () => {
    const [pk] = await enqueue(app, mailFrom(null, 'local@example.org'));
    await expect.poll(async () => (await messageOf(app, pk!)).state, { timeout: 20_000 }).toBe('captured');
    const mail = await simpleParser(await readFile(join(folder, 'mailbox', `${pk}.eml`)));
    expect(mail.text).toMatch(/\/if\/flow\/sign-up\/\?flow_token=[0-9a-f]{64}/);
    const [status, html] = await page(`${pk}/?view=text`);
    expect(status).toBe(200);
    expect(html).toMatch(/flow_token=[0-9a-f]{64}/);
  });

  it('stores a mail as it would be sent, in a file readable only by its owner', async () => {
    const pk = await keep();
    const path = join(folder, 'mailbox', `${pk}.eml`);
    const mail = await simpleParser(await readFile(path));
    expect(mail.messageId).toBe(`<${pk}@example.org>`);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.headers.get('content-type')).toMatchObject({ value: 'multipart/related' });
    expect([(await stat(path)).mode & 0o777, (await stat(join(folder, 'mailbox'))).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
    expect(await readdir(join(folder, 'mailbox'))).toEqual([`${pk}.eml`]);
  });

  it('rejects mails to unsupported addresses', async () => {
    const [pk] = await enqueue(app, mailFrom(null, '"a b"@example.org'));
    await expect.poll(async () => (await messageOf(app, pk!)).state, { timeout: 20_000 }).toBe('failed');
    expect((await messageOf(app, pk!)).reason).toContain('not supported');
    expect((await page(`${pk}/`))[0]).toBe(404);
  });

  it('deletes mails after MAIL_RETENTION days', async () => {
    const [old, fresh] = [await keep(), await keep()];
    const then = new Date(Date.now() - 31 * 24 * 3600 * 1000);
    await utimes(join(folder, 'mailbox', `${old}.eml`), then, then);
    await app.nest.get(Housekeeping).doEverything();
    expect(await readdir(join(folder, 'mailbox'))).toEqual([`${fresh}.eml`]);
  });
});

describe('/dev/mailbox/', () => {
  it('shows instructions while it is empty', async () => {
    const [status, html] = await page();
    expect(status).toBe(200);
    expect(html).toContain('npm run email:test -- you@example.org');
    expect(html).toContain('EMAIL_HOST');
  });

  it('lists the newest mail first, 50 per page', async () => {
    const keys: string[] = [];
    for (let index = 0; index < 51; index += 1) {
      const pk = await keep({ subject: `Number ${index}` });
      const then = new Date(Date.now() - (100 - index) * 1000);
      await utimes(join(folder, 'mailbox', `${pk}.eml`), then, then);
      keys.push(pk);
    }
    const subjectsIn = (html: string): string[] => [...html.matchAll(/Number (\d+)/g)].map(([, number]) => number!);
    const [, first] = await page();
    expect(subjectsIn(first)).toEqual(Array.from({ length: 50 }, (_, index) => String(50 - index)));
    expect(first).toContain(`/dev/mailbox/${keys[50]}/`);
    const [, second] = await page('?page=2');
    expect(subjectsIn(second)).toEqual(['0']);
    expect((await page('?page=999'))[1]).toBe(second);
    expect((await page('?page=x'))[0]).toBe(200);
  });

  it('shows sender and subject of a mail, and its link outside of the sandboxed frame', async () => {
    const pk = await keep();
    const [status, html] = await page(`${pk}/`);
    expect(status).toBe(200);
    expect(html).toContain('Set a new password');
    expect(html).toContain('Wächter');
    const escaped = link.replaceAll('&', '&#38;');
    expect(html).toContain(`<a href="${escaped}" rel="noreferrer noopener">`);
    expect(html).toMatch(/<iframe[^>]*sandbox(?!=)/);
  });

  it('shows the text, the headers and the source of a mail', async () => {
    const pk = await keep();
    expect((await page(`${pk}/?view=text`))[1]).toContain('<pre class="text" tabindex="0">Open\n');
    expect((await page(`${pk}/?view=headers`))[1]).toMatch(/Auto-Submitted[\s\S]*auto-generated/);
    expect((await page(`${pk}/?view=source`))[1]).toContain('Content-Type: multipart/related');
    const [, source, headers] = await page(`${pk}/source/`);
    expect(headers.get('content-type')).toBe('message/rfc822');
    expect(source).toBe((await readFile(join(folder, 'mailbox', `${pk}.eml`))).toString());
  });

  it('shows the HTML with its images in a sandboxed page without scripts', async () => {
    const pk = await keep();
    const [, html, headers] = await page(`${pk}/html/`);
    expect(html).toContain(`<img src="data:image/gif;base64,${pixel.toString('base64')}">`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^sandbox; default-src 'none';/);
    expect(policy).not.toContain('script');
  });

  it('shows a plain-text mail, and answers 404 for its HTML', async () => {
    const pk = randomUUID();
    await app.nest.get(Mailbox, { strict: false }).keep({
      pk,
      messageId: `${pk}@example.org`,
      from: { name: '', address: 'sender@example.org' },
      to: { name: '', address: 'eve@example.org' },
      subject: '',
      text: 'Just text',
      attachments: [],
      date: new Date(),
    });
    const [status, html] = await page(`${pk}/`);
    expect(status).toBe(200);
    expect(html).toContain('Just text');
    expect(html).toContain('(no subject)');
    expect((await page(`${pk}/html/`))[0]).toBe(404);
  });

  it('escapes HTML from mails in its own page', async () => {
    const evil = `"><script>alert(1)</script>`;
    const pk = await keep({
      subject: evil,
      from: { name: evil, address: 'a@example.org' },
      text: `${evil} https://example.org/${evil}`,
      html: `<a href='javascript:alert(1)'>a</a><a href="https://example.org/&quot;&gt;&lt;script&gt;">b</a>`,
    });
    for (const path of [
      '',
      '?q=script',
      `?q=${encodeURIComponent(evil)}`,
      `${pk}/`,
      `${pk}/?view=text`,
      `${pk}/?view=headers`,
      `${pk}/?view=source`,
    ]) {
      const [, html] = await page(path);
      expect(html, path).not.toMatch(/<script(?! src="\/dev\/mailbox\/live-list\.js" defer><)/);
      expect(html, path).not.toContain('href="javascript');
    }
  });

  it('is not cached, sends no referrer, and runs only its own script', async () => {
    const pk = await keep();
    for (const path of ['', `${pk}/`, `${pk}/html/`, `${pk}/source/`]) {
      const [, , headers] = await page(path);
      expect(headers.get('cache-control'), path).toBe('no-store');
      expect(headers.get('referrer-policy'), path).toBe('no-referrer');
      expect(headers.get('content-security-policy'), path).toMatch(/default-src 'none'/);
      expect(headers.get('content-security-policy'), path).not.toMatch(/script-src(?! 'self';)/);
    }
    const [, html] = await page(`${pk}/`);
    expect(html).not.toMatch(/<script|<style|\sstyle=|\son\w+=/);
  });

  it('answers 404 for an unknown mail', async () => {
    for (const path of [randomUUID(), 'x', '..%2f..%2fsecret.key', '%00']) {
      expect((await page(`${path}/`))[0], path).toBe(404);
      expect((await page(`${path}/source/`))[0], path).toBe(404);
    }
  });

  it('is not part of the API', async () => {
    const document = await (await fetch(`${app.url}/api/v3/schema/?format=json`)).text();
    expect(document).not.toContain('/dev/');
    expect((await fetch(`${app.url}/api/v3/dev/mailbox/`)).status).toBe(404);
  });
});

describe('Access to the mailbox', () => {
  it('is refused with 404 if a mail server is configured', async () => {
    const other = await startLocalTrial({ EMAIL_HOST: 'mail.example.org' });
    const pk = await keep();
    const superuser = { authorization: `Bearer ${adminKey}` };
    expect((await page('', holder, other.url))[0]).toBe(404);
    expect((await page('', superuser, other.url))[0]).toBe(404);
    expect((await page(`${pk}/source/`, superuser, other.url))[0]).toBe(404);
    await other.stop();
  });

  it('is refused with 404 without a valid key or superuser, regardless of other headers', async () => {
    const pk = await keep();
    const plain = await createPlainUser(app.dataSource);
    const strangers: Record<string, string>[] = [
      {},
      { host: 'localhost' },
      { 'x-forwarded-for': '127.0.0.1' },
      { forwarded: 'for=127.0.0.1' },
      { authorization: `Bearer ${plain}` },
      { cookie: 'email_stage_mailbox=' },
      { cookie: `email_stage_mailbox=${'x'.repeat(64)}` },
      { cookie: `email_stage_mailbox=${(await keyOf(app)).slice(1)}` },
    ];
    for (const headers of strangers) {
      for (const path of [
        '',
        'style.css',
        `${pk}/`,
        `${pk}/html/`,
        `${pk}/source/`,
        '?key=',
        '?key=x',
        '?key=x&key=y',
      ]) {
        expect((await page(path, headers))[0], `${path} ${JSON.stringify(headers)}`).toBe(404);
      }
    }
  });

  it('is granted to superusers with an API token or a session', async () => {
    const pk = await keep();
    const [admin] = (await app.api.get('/core/users/?username=akadmin')).body.results;
    const { cookies } = await signedIn(app, admin);
    for (const headers of [{ authorization: `Bearer ${adminKey}` }, cookies.headers()]) {
      expect((await page('', headers))[0]).toBe(200);
      expect((await page(`${pk}/`, headers))[0]).toBe(200);
    }
  });

  it('moves the key from the URL of the link into a cookie', async () => {
    const pk = await keep();
    const key = await keyOf(app);
    for (const [path, location] of [
      ['', '/dev/mailbox/'],
      [`${pk}/`, `/dev/mailbox/${pk}/`],
      [`${pk}/?view=text`, `/dev/mailbox/${pk}/?view=text`],
    ] as const) {
      const [status, html, headers] = await page(`${path}${path.includes('?') ? '&' : '?'}key=${key}`, {});
      expect([status, html, headers.get('location')]).toEqual([303, '', location]);
      expect(headers.getSetCookie()).toEqual([`email_stage_mailbox=${key}; Path=/; HttpOnly; SameSite=Strict`]);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
    }
    expect((await page('', holder))[0]).toBe(200);
  });

  it('uses a key in a file that survives restarts, and is revoked when the file is deleted', async () => {
    const file = join(folder, 'mailbox.key');
    const before = await keyOf(app);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const other = await startLocalTrial();
    expect(await keyOf(other)).toBe(before);
    await other.stop();
    await rm(file);
    expect((await page('', holder))[0]).toBe(404);
    const after = await keyOf(app);
    expect(after).not.toBe(before);
    holder = { cookie: `email_stage_mailbox=${after}` };
    expect((await page('', holder))[0]).toBe(200);
  });

  it.each([
    ['a public PUBLIC_URL', { DATABASE_URL: '', PUBLIC_URL: 'https://id.example.org' }, '__Host-email_stage_mailbox'],
    ['TRUST_PROXY', { DATABASE_URL: '', TRUST_PROXY: '127.0.0.1' }, 'email_stage_mailbox'],
    ['DATABASE_URL', {}, 'email_stage_mailbox'],
  ])('has no key, and is granted only to superusers, with %s', async (_, environment, name) => {
    const other = await startTestApp({ DATA_DIR: folder, ...environment });
    const key = await keyOf(app);
    const link = await other.nest.get(MailboxAccess, { strict: false }).link('');
    expect(link).toBe('/dev/mailbox/');
    expect((await page('', { cookie: `${name}=${key}` }, other.url))[0]).toBe(404);
    expect((await page(`?key=${key}`, {}, other.url))[0]).toBe(404);
    expect((await page('', { authorization: `Bearer ${adminKey}` }, other.url))[0]).toBe(200);
    await other.stop();
  });
});
