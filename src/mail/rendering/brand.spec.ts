import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { mailRenderer } from '../../../test/support/mail-renderer.js';
import { contrastOf } from '../../templating/accent.js';
import { languages } from '../../templating/language/locale.js';
import type { RenderedMail } from './mail-renderer.js';
import { defaultSubjects } from './subject.js';

const pixel = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64');
const data = { url: 'https://id.example.com/', code: '482913', expires: new Date(Date.now() + 1_800_000) };
const brand = {
  BRAND_NAME: 'Library & <Sons>',
  BRAND_COLOR: '0a7',
  BRAND_FOOTER: 'Library & <Sons>, 1 Main Street\\nhelp@library.example',
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brand-'));
});
afterAll(() => rm(folder, { recursive: true }));

function render(template: string, environment: Record<string, string>, locale = 'en'): Promise<RenderedMail> {
  return mailRenderer(join(folder, 'templates'), environment).render({ template, subject: '', locale, data });
}

const all = Object.keys(defaultSubjects).flatMap((template) => languages.map((locale) => [template, locale] as const));

describe.each(all)('%s in %s', (template, locale) => {
  it('has the name, the colour, the logo and the footer of the brand', async () => {
    const { subject, html, text, attachments, warnings } = await render(template, brand, locale);
    expect(subject).toMatch(/\S – Library & <Sons>$/);
    // In the header, in the sentence at the end, and in the footer.
    expect(html.split('Library &amp; &lt;Sons&gt;').length).toBeGreaterThanOrEqual(4);
    expect(html).not.toContain('<Sons>');
    expect(html).toContain('&lt;Sons&gt;, 1 Main Street<br>help@library.example</div>');
    expect(html).toMatch(/\.btn-primary \{[^}]*background-color: #00aa77; color: #10151c !important/);
    expect(html).not.toContain('#2450c8');
    for (const [, colour] of html.matchAll(/<td align="center" bgcolor="(#\w+)" style="border:/g))
      expect(colour).toBe('#00aa77');
    expect(attachments.map(({ cid }) => cid)).toEqual(['logo']);
    expect(text).toMatch(/Library & <Sons>.*\n\nLibrary & <Sons>, 1 Main Street\nhelp@library\.example\n$/);
    expect(warnings).toEqual([]);
  });
});

describe('The colours of a mail', () => {
  it.each(['2450c8', '000', 'fff', 'ffe600', 'f00', '808080'])('are readable with BRAND_COLOR=%s', async (colour) => {
    const { html } = await render('email/password_reset.html', { BRAND_COLOR: colour });
    const [, ground = '', text = ''] =
      /<td align="center" bgcolor="(#\w{6})".*?<a [^>]*; color: (#\w{6}); text-decoration: none;/.exec(html) ?? [];
    expect(contrastOf(ground, text)).toBeGreaterThanOrEqual(4.5);
    const [, link = ''] = /class="link"[^>]*style="color: (#\w{6});/.exec(html) ?? [];
    expect(contrastOf(link, '#ffffff')).toBeGreaterThanOrEqual(4.5);
    const [, darkLink = ''] = /\.link \{ color: (#\w{6}) !important/.exec(html) ?? [];
    expect(contrastOf(darkLink, '#181f28')).toBeGreaterThanOrEqual(4.5);
    const [, edge = ''] = /border: 1px solid (#\w{6}); border-radius: 8px; background-color/.exec(html) ?? [];
    expect(contrastOf(edge, '#ffffff')).toBeGreaterThanOrEqual(4.5);
  });
});

describe('The logo of a mail', () => {
  it('is BRAND_LOGO', async () => {
    const file = join(folder, 'logo.gif');
    await writeFile(file, pixel);
    const { html, attachments } = await render('email/setup.html', { BRAND_LOGO: file });
    expect(html).toContain('<img src="cid:logo"');
    expect(attachments).toEqual([{ cid: 'logo', filename: 'logo.gif', contentType: 'image/gif', content: pixel }]);
  });

  it.each([
    ['in a format that mail programs do not show', 'logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['too large', 'large.gif', Buffer.concat([pixel, Buffer.alloc(300_000)])],
  ])('is left out if BRAND_LOGO is %s', async (_, name, content) => {
    const file = join(folder, name);
    await writeFile(file, content);
    const { html, attachments, warnings } = await render('email/setup.html', {
      BRAND_LOGO: file,
      BRAND_NAME: 'Library',
    });
    expect(html).not.toMatch(/<img|cid:/);
    expect(html).toContain('<bdi>Library</bdi></td>');
    expect(attachments).toEqual([]);
    expect(warnings).toEqual(['BRAND_LOGO is not a PNG, JPEG or GIF of at most 262144 bytes and is omitted']);
  });

  it('is left out while the file of BRAND_LOGO is gone', async () => {
    await mkdir(join(folder, 'gone'));
    const file = join(folder, 'gone', 'logo.gif');
    await writeFile(file, pixel);
    const renderer = mailRenderer(folder, { BRAND_LOGO: file });
    await rm(join(folder, 'gone'), { recursive: true });
    const mail = await renderer.render({ template: 'email/setup.html', subject: '', locale: 'en', data });
    expect(mail.attachments).toEqual([]);
  });

  it('is the shipped one in the colour of the brand without BRAND_LOGO', async () => {
    const [blue, black] = await Promise.all(
      ['2450c8', '000000'].map(async (colour) => {
        const { attachments } = await render('email/setup.html', { BRAND_COLOR: colour });
        return attachments[0]!.content;
      }),
    );
    const palette = (png: Buffer): string => png.subarray(png.indexOf('PLTE') + 4).toString('hex');
    expect(palette(blue!)).toMatch(/^2450c8(\w{6})*ffffff/);
    expect(palette(black!)).toMatch(/^000000(\w{6})*ffffff/);
    expect(blue!.length).toBe(black!.length);
  });
});
