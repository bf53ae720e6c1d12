import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import { isFromHere } from '../../src/mail/mailbox/mailbox.guard.js';
import { Mailbox } from '../../src/mail/mailbox/mailbox.js';
import type { OutgoingMail } from '../../src/mail/transport/outgoing-mail.js';
import { enqueue, mailFrom, messageOf } from '../support/mails.js';
import { createPlainUser } from '../support/plain-user.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

const ownUrl = 'http://127.0.0.1:9000';
const link = `${ownUrl}/if/flow/recovery/?flow_token=abc&next=%2F`;
const pixel = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64');

let app: TestApp;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailbox-'));
  app = await startTestApp({ DATA_DIR: folder });
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true });
});
beforeEach(() => rm(join(folder, 'mailbox'), { recursive: true, force: true }));

async function keep(more: Partial<OutgoingMail> = {}): Promise<string> {
  const pk = randomUUID();
  await app.nest.get(Mailbox, { strict: false }).keep(pk, {
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
  headers: Record<string, string> = {},
  base = app.url,
): Promise<[number, string, Headers]> {
  const response = await fetch(`${base}/dev/mailbox/${path}`, { headers });
  return [response.status, await response.text(), response.headers];
}

describe('The local mailbox', () => {
  it('gets the mails that no server is set for, with the link as a reader would have it', async () => {
    const [pk] = await enqueue(app, mailFrom(null, 'local@example.org'));
    await expect.poll(async () => (await messageOf(app, pk!)).state, { timeout: 20_000 }).toBe('captured');
    const mail = await simpleParser(await readFile(join(folder, 'mailbox', `${pk}.eml`)));
    expect(mail.text).toMatch(/\/if\/flow\/sign-up\/\?flow_token=[0-9a-f]{64}/);
    const [status, html] = await page(`${pk}/?view=text`);
    expect(status).toBe(200);
    expect(html).toMatch(/flow_token=[0-9a-f]{64}/);
  });

  it('keeps a mail as it would have been sent, readable by its owner alone', async () => {
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

  it('takes no mail that a server would not get either', async () => {
    const [pk] = await enqueue(app, mailFrom(null, '"a b"@example.org'));
    await expect.poll(async () => (await messageOf(app, pk!)).state, { timeout: 20_000 }).toBe('failed');
    expect((await messageOf(app, pk!)).reason).toContain('not supported');
    expect((await page(`${pk}/`))[0]).toBe(404);
  });

  it('forgets mails after MAIL_RETENTION days', async () => {
    const [old, fresh] = [await keep(), await keep()];
    const then = new Date(Date.now() - 31 * 24 * 3600 * 1000);
    await utimes(join(folder, 'mailbox', `${old}.eml`), then, then);
    await app.nest.get(Housekeeping).doEverything();
    expect(await readdir(join(folder, 'mailbox'))).toEqual([`${fresh}.eml`]);
  });
});

describe('/dev/mailbox/', () => {
  it('tells how to send a mail while there is none', async () => {
    const [status, html] = await page();
    expect(status).toBe(200);
    expect(html).toContain('npm run email:test -- somebody@example.org');
    expect(html).toContain('EMAIL_HOST');
  });

  it('lists the newest mail first, 50 on a page', async () => {
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

  it('shows a mail: who, what, and the link to follow outside of the frame', async () => {
    const pk = await keep();
    const [status, html] = await page(`${pk}/`);
    expect(status).toBe(200);
    expect(html).toContain('Set a new password');
    expect(html).toContain('Wächter');
    const escaped = link.replaceAll('&', '&#38;');
    expect(html).toContain(`<a href="${escaped}" rel="noreferrer noopener">`);
    expect(html).toMatch(/<iframe[^>]*sandbox(?!=)/);
  });

  it('shows the text, the headers and the source', async () => {
    const pk = await keep();
    expect((await page(`${pk}/?view=text`))[1]).toContain('<pre class="text">Open\n');
    expect((await page(`${pk}/?view=headers`))[1]).toMatch(/Auto-Submitted[\s\S]*auto-generated/);
    expect((await page(`${pk}/?view=source`))[1]).toContain('Content-Type: multipart/related');
    const [, source, headers] = await page(`${pk}/source/`);
    expect(headers.get('content-type')).toBe('message/rfc822');
    expect(source).toBe((await readFile(join(folder, 'mailbox', `${pk}.eml`))).toString());
  });

  it('shows the HTML with its pictures in a page that can do nothing', async () => {
    const pk = await keep();
    const [, html, headers] = await page(`${pk}/html/`);
    expect(html).toContain(`<img src="data:image/gif;base64,${pixel.toString('base64')}">`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^sandbox; default-src 'none';/);
    expect(policy).not.toContain('script');
  });

  it('shows a mail of plain text as text', async () => {
    const pk = randomUUID();
    await app.nest.get(Mailbox, { strict: false }).keep(pk, {
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

  it('takes nothing in a mail for HTML of its own', async () => {
    const evil = `"><script>alert(1)</script>`;
    const pk = await keep({
      subject: evil,
      from: { name: evil, address: 'a@example.org' },
      text: `${evil} https://example.org/${evil}`,
      html: `<a href='javascript:alert(1)'>a</a><a href="https://example.org/&quot;&gt;&lt;script&gt;">b</a>`,
    });
    for (const path of ['', `${pk}/`, `${pk}/?view=text`, `${pk}/?view=headers`, `${pk}/?view=source`]) {
      const [, html] = await page(path);
      expect(html, path).not.toContain('<script');
      expect(html, path).not.toContain('href="javascript');
    }
  });

  it('is kept nowhere, tells nobody where its reader goes, and runs no script', async () => {
    const pk = await keep();
    for (const path of ['', `${pk}/`, `${pk}/html/`, `${pk}/source/`]) {
      const [, , headers] = await page(path);
      expect(headers.get('cache-control'), path).toBe('no-store');
      expect(headers.get('referrer-policy'), path).toBe('no-referrer');
      expect(headers.get('content-security-policy'), path).toMatch(/default-src 'none'/);
    }
    const [, html] = await page(`${pk}/`);
    expect(html).not.toMatch(/<script|<style|\sstyle=|\son\w+=/);
  });

  it('does not know a mail that there is not', async () => {
    for (const path of [randomUUID(), 'x', '..%2f..%2fsecret.key', '%00']) {
      expect((await page(`${path}/`))[0], path).toBe(404);
      expect((await page(`${path}/source/`))[0], path).toBe(404);
    }
  });

  it('is no part of the API', async () => {
    const document = await (await fetch(`${app.url}/api/v3/schema/?format=json`)).text();
    expect(document).not.toContain('/dev/');
    expect((await fetch(`${app.url}/api/v3/dev/mailbox/`)).status).toBe(404);
  });
});

describe('The mailbox is shown', () => {
  it('not when there is a mail server', async () => {
    const other = await startTestApp({ EMAIL_HOST: 'mail.example.org', DATA_DIR: folder });
    const pk = await keep();
    const superuser = { authorization: `Bearer ${adminKey}` };
    expect((await page('', {}, other.url))[0]).toBe(404);
    expect((await page('', superuser, other.url))[0]).toBe(404);
    expect((await page(`${pk}/source/`, superuser, other.url))[0]).toBe(404);
    await other.stop();
  });

  it('not to what comes through a proxy, but to superusers', async () => {
    const pk = await keep();
    const plain = await createPlainUser(app.dataSource);
    for (const path of ['', `${pk}/`, `${pk}/html/`, `${pk}/source/`]) {
      const statusWith = async (headers: Record<string, string>): Promise<number> => (await page(path, headers))[0];
      const proxied = { 'x-forwarded-for': '127.0.0.1' };
      expect(await statusWith({})).toBe(200);
      expect(await statusWith(proxied)).toBe(404);
      expect(await statusWith({ forwarded: 'for=127.0.0.1' })).toBe(404);
      expect(await statusWith({ ...proxied, authorization: `Bearer ${plain}` })).toBe(404);
      expect(await statusWith({ ...proxied, authorization: `Bearer ${adminKey}` })).toBe(200);
    }
  });

  it('through a proxy that TRUST_PROXY names only to people at this machine', async () => {
    const other = await startTestApp({ TRUST_PROXY: '127.0.0.1', DATA_DIR: folder });
    const statusFor = async (address: string): Promise<number> =>
      (await page('', { 'x-forwarded-for': address }, other.url))[0];
    expect(await statusFor('203.0.113.9')).toBe(404);
    expect(await statusFor('127.0.0.1, 203.0.113.9')).toBe(404);
    expect(await statusFor('127.0.0.1')).toBe(200);
    await other.stop();
  });

  it('not to pages of another site whose name leads here', async () => {
    const statusFor = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request(`${app.url}/dev/mailbox/`, { headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await statusFor('evil.example:9000')).toBe(404);
    expect(await statusFor('localhost:9000')).toBe(200);
    expect(await statusFor('[::1]:9000')).toBe(200);
  });

  it.each([
    ['127.0.0.1', true],
    ['127.8.9.10', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['::ffff:10.0.0.1', false],
    ['10.0.0.1', false],
    ['1270.0.0.1', false],
    ['', false],
  ])('to a connection from %s: %s', (remoteAddress, expected) => {
    const origin = { headers: {}, ip: remoteAddress, host: 'localhost', socket: { remoteAddress } };
    expect(isFromHere(origin, ownUrl)).toBe(expected);
  });
});
