import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { mailRenderer } from '../../../test/support/mail-renderer.js';
import { languages } from '../../templating/language/locale.js';
import { type MailData, statedExpiry } from './mail-data.js';
import { type RenderedMail, shippedFolder } from './mail-renderer.js';
import { defaultSubjects } from './subject.js';

const renderer = mailRenderer(join(shippedFolder, 'none'));
const url = 'https://id.example.com/if/flow/recovery/?flow_token=0123456789abcdef&next=%2Fapp';
const full: MailData = {
  url,
  choices: [
    { username: 'ada', url },
    { username: 'countess', url },
  ],
  code: '482913',
  user: { username: 'ada', name: 'Ada Lovelace', email: 'ada@example.com' },
  expires: statedExpiry(new Date(Date.now() + 30 * 60_000)),
  title: 'New sign-in',
  body: 'first line\nsecond line',
  key_value: { Browser: 'Firefox', Address: '192.0.2.7' },
  source: { from: 'Alerts' },
  host: 'id.example.com',
};
const names = [
  'password_reset',
  'account_confirmation',
  'event_notification',
  'setup',
  'invitation',
  'account_exists',
  'account_choice',
  'address_change',
  'password_changed',
  'address_changed',
  'further_address',
  'token_created',
  'link_confirmed_elsewhere',
  'account_locked',
  'verification',
  'address_verification',
] as const;
const all = names.flatMap((name) => languages.map((language) => [name, language] as const));

async function mail(name: string, locale = 'en', data: MailData = full): Promise<RenderedMail> {
  return renderer.render({ template: `email/${name}.html`, subject: '', locale, data });
}

function textIn(html: string): string {
  return html
    .replace(/<\/?bdi>/g, '')
    .replace(/<style>.*?<\/style>|<!--.*?-->|<[^>]*>/gs, ' ')
    .replace(/\s+/g, ' ');
}

it('all shipped templates have an HTML version, a text version and a subject', async () => {
  const files = await readdir(join(shippedFolder, 'email'));
  for (const name of names) expect(files).toEqual(expect.arrayContaining([`${name}.html`, `${name}.txt`]));
  expect(Object.keys(defaultSubjects).sort()).toEqual(names.map((name) => `email/${name}.html`).sort());
});

describe.each(all)('%s in %s', (name, language) => {
  it('renders its link without warnings and unfilled placeholders', async () => {
    const { html, text, subject, warnings, locale } = await mail(name, language);
    expect(warnings).toEqual([]);
    expect(locale).toBe(language);
    expect(subject).not.toBe('');
    const english = (await mail(name)).subject;
    const isSameWord = language === 'fr' && name === 'event_notification';
    if (language !== 'en' && !isSameWord) expect(subject).not.toBe(english);
    expect(html).toContain(`href="${url.replace('&', '&amp;')}"`);
    expect(text).toContain(`\n${url}\n`);
    for (const part of [html, text]) expect(part).not.toMatch(/undefined|null|NaN|\[object|\{[{%]|%\(/);
    expect(text).not.toMatch(/\n{3}| \n/);
  });

  it('declares its language and direction for screen readers', async () => {
    const { html } = await mail(name, language);
    const direction = language === 'ar' ? 'rtl' : 'ltr';
    expect(html).toMatch(new RegExp(`^<!doctype html>\n<html lang="${language}" dir="${direction}"`));
    expect(html).toContain(`<div lang="${language}" dir="${direction}">`);
    expect(html).toContain(`align="${direction === 'rtl' ? 'right' : 'left'}"`);
    expect(html).not.toMatch(/<table(?! role="presentation"| class="[\w ]+" role="presentation")/);
    expect(html).not.toMatch(/<img(?![^>]*alt=")/);
    expect(html.match(/<h1/g)).toHaveLength(1);
  });

  it('has balanced tags and stays below the size at which mail clients clip', async () => {
    const { html } = await mail(name, language);
    const open: string[] = [];
    for (const [, close, tag = '', rest = ''] of html
      .replace(/<!--.*?-->/gs, '')
      .matchAll(/<(\/?)([a-z]\w*)([^>]*)>/g)) {
      if (['meta', 'img', 'br'].includes(tag) || rest.endsWith('/')) continue;
      if (close === '') open.push(tag);
      else expect(open.pop()).toBe(tag);
    }
    expect(open).toEqual([]);
    expect(Buffer.byteLength(html)).toBeLessThan(12 * 1024);
  });

  it('loads no external resources', async () => {
    const { html, attachments } = await mail(name, language);
    expect(html).not.toMatch(
      /<(?:script|link|iframe|object|form|input|video|audio|svg)\b|@import|url\(|srcset|javascript:/i,
    );
    expect([...html.matchAll(/src="([^"]*)"/g)].map(([, source]) => source)).toEqual(['cid:logo']);
    expect([...html.matchAll(/href="([^"]*)"/g)].every(([, href]) => href === url.replace('&', '&amp;'))).toBe(true);
    expect(attachments).toHaveLength(1);
    expect(attachments[0]).toMatchObject({ cid: 'logo', filename: 'logo.png', contentType: 'image/png' });
    expect(attachments[0]?.content.length).toBeLessThan(10 * 1024);
  });

  it('starts with a hidden preview text', async () => {
    const { html } = await mail(name, language);
    const [, style, preheader = ''] = /<div class="preheader" style="([^"]*)">([^&<]*)/.exec(html) ?? [];
    expect(style).toMatch(/display: none;.*mso-hide: all/);
    expect(preheader.trim().length).toBeGreaterThan(3);
  });

  it('has the same content in HTML and text', async () => {
    const { html, text } = await mail(name, language);
    const shown = textIn(html);
    const lines = text.split('\n').filter((line) => line !== '' && line !== url && !/[:：]/.test(line));
    for (const line of lines) expect(shown).toContain(line.replace(/[\u2068\u2069]/g, '').slice(0, 15));
  });

  it('renders without any values', async () => {
    const { html, text, warnings } = await mail(name, language, {});
    expect(warnings).toEqual([]);
    expect(`${html}${text}`).not.toMatch(/undefined|null|NaN|Invalid/);
  });
});

it('shows the code, if any, large, left to right and selectable at once', async () => {
  for (const name of ['password_reset', 'account_confirmation', 'invitation']) {
    const { html, text } = await mail(name, 'ar');
    expect(html).toMatch(
      /<span class="code strong" dir="ltr" style="font: 600 32px[^>]*user-select: all;[^>]*>482913<\/span>/,
    );
    expect(text).toContain('482913');
    const { code: _, ...others } = full;
    const without = await mail(name, 'en', others);
    expect(without.html).not.toContain('class="code');
    expect(without.text).not.toContain('code');
  }
});

it('states the validity of link and invitation, even after minutes in the queue', async () => {
  const expires = statedExpiry(new Date(Date.now() + 90 * 60_000));
  expect((await mail('password_reset', 'en', { ...full, expires })).text).toContain(
    'valid for 1\u00a0hour, 30\u00a0minutes.',
  );
  expect((await mail('invitation', 'de', { ...full, expires })).text).toContain(
    'noch 1\u00a0Stunde, 30\u00a0Minuten gültig.',
  );
  expect((await mail('password_reset', 'ar')).text).toMatch(/30\sدقيقة/);
  expect((await mail('password_reset', 'en', { url })).text).not.toContain('valid');
});

it('contains no user input if a mail goes to an unproved address', async () => {
  const { html, text } = await mail('account_confirmation');
  for (const part of [html, text]) expect(part).not.toMatch(/ada|Lovelace/);
});

it('keeps line breaks and the order of details of a notification', async () => {
  const { html, text } = await mail('event_notification');
  expect(html).toContain('first line<br>second line');
  expect(html).toMatch(/Browser.*Firefox.*Address.*192\.0\.2\.7/s);
  expect(text).toContain('first line\nsecond line\n\nBrowser: Firefox\nAddress: 192.0.2.7\n');
});

it('supports Outlook, dark mode and small screens', async () => {
  const { html } = await mail('password_reset');
  expect(html).toContain('<meta name="color-scheme" content="light dark">');
  expect(html).toContain('<meta name="supported-color-schemes" content="light dark">');
  expect(html).toContain('@media (prefers-color-scheme: dark)');
  expect(html).toContain('@media (max-width: 479px)');
  expect(html.match(/<!--\[if mso\]>/g)?.length).toBe(html.match(/<!\[endif\]-->/g)?.length);
  expect(html).toMatch(/bgcolor="#2450c8"[^>]*><a href="[^"]*"[^>]*background-color: #2450c8/);
});
