import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { mailRenderer } from '../../../test/support/mail-renderer.js';
import { TemplateEngine } from '../../templating/dialect/template-engine.js';
import { TemplateError } from '../../templating/template-error.js';
import type { MailRenderer, RenderedMail } from './mail-renderer.js';

let folder: string;
let renderer: MailRenderer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
  renderer = mailRenderer(folder);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(name: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), content);
}

async function render(template: string): Promise<RenderedMail> {
  const data = { url: 'https://a.example/?x=1&y=2', user: { username: 'ada', name: '', email: 'a@example.com' } };
  return renderer.render({ template, subject: '', locale: 'en', data });
}

describe('a custom template', () => {
  it('replaces the shipped template of the same name immediately', async () => {
    expect((await render('email/setup.html')).html).toContain('Your email settings work');
    await put('email/setup.html', 'mine');
    expect((await render('email/setup.html')).html).toBe('mine');
    await rm(join(folder, 'email/setup.html'));
    expect((await render('email/setup.html')).html).toContain('Your email settings work');
  });

  it('can replace the shared base template', async () => {
    await put('email/base.html', '<main>{% block content %}{% endblock %}</main>');
    expect((await render('email/setup.html')).html).toMatch(/^<main>\s*<tr>/);
  });

  it('can replace the base template of account notices', async () => {
    await put('email/notice.html', '<main>{% block notice %}{% endblock %}</main>');
    expect((await render('email/password_changed.html')).html).toMatch(/^<main>\s*<tr>[^]*Your password was changed/);
  });

  it('can extend a shipped notice and replace one of its blocks', async () => {
    const changed = '{% extends "email/password_changed.html" %}{% block notice %}<tr><td>mine</td></tr>{% endblock %}';
    await put('email/password_changed.html', changed);
    const { html } = await render('email/password_changed.html');
    expect(html).toMatch(/<td>mine<[^]*This was not me/);
    expect(html).not.toContain('You are signed out on other devices');
  });

  it('is reloaded when its file changes, even within the same second and with the same size', async () => {
    await put('a.html', 'one');
    expect((await render('a.html')).html).toBe('one');
    await put('a.html', 'three');
    expect((await render('a.html')).html).toBe('three');
    await put('a.html', 'seven');
    await utimes(join(folder, 'a.html'), 1, 1);
    expect((await render('a.html')).html).toBe('seven');
  });

  it('is reloaded after a mistake is fixed', async () => {
    await put('a.html', '{% if %}');
    await expect(render('a.html')).rejects.toThrow('a.html, line 1: the condition is not complete');
    await put('a.html', 'mended');
    expect((await render('a.html')).html).toBe('mended');
  });

  it('may start with a UTF-8 byte order mark', async () => {
    await put('a.html', '\uFEFFgrün');
    expect((await render('a.html')).html).toBe('grün');
  });

  it('that is missing, invalid or a folder is an error with its name', async () => {
    await mkdir(join(folder, 'folder.html'));
    await put('logo.svg', '<svg/>');
    await expect(render('nothing.html')).rejects.toThrow('nothing.html: there is no such template');
    await expect(render('folder.html')).rejects.toThrow('folder.html: there is no such template');
    await expect(render('logo.svg')).rejects.toThrow('logo.svg: the name must end in .html or .txt');
    await expect(render('a.html/b.html')).rejects.toThrow('a.html/b.html: there is no such template');
  });
});

it('does not report system errors as template errors, and compiles again after them', async () => {
  const engine = new TemplateEngine();
  const path = join(folder, 'late.html');
  const file = { name: 'late.html', origin: 'custom', path, version: '1', size: 4 } as const;
  const error: unknown = await engine.compile(file).catch((thrown: unknown) => thrown);
  expect(error).not.toBeInstanceOf(TemplateError);
  expect(error).toMatchObject({ code: 'ENOENT', syscall: 'open' });
  await put('late.html', 'here');
  expect((await engine.compile(file)).nodes).toHaveLength(1);
});

describe('the text part', () => {
  it('is rendered from the .txt template beside the HTML, unescaped', async () => {
    await put('a.html', '{{ url }}');
    await put('a.txt', '{{ url }}  \n\n\n\nend\n\n');
    expect(await render('a.html')).toMatchObject({
      html: 'https://a.example/?x=1&amp;y=2',
      text: 'https://a.example/?x=1&y=2\n\nend\n',
    });
  });

  it('may be at authentik’s path, with txt instead of html in folder and name', async () => {
    await put('html/a.html', 'HTML');
    await put('txt/a.txt', 'TEXT');
    expect((await render('html/a.html')).text).toBe('TEXT\n');
    await put('html/a.txt', 'NEARER');
    expect((await render('html/a.html')).text).toBe('NEARER\n');
  });

  it('of a shipped template is not used with custom HTML', async () => {
    await put('email/setup.html', '<p>Mine</p>');
    expect((await render('email/setup.html')).text).toBe('Mine\n');
    await rm(join(folder, 'email/setup.html'));
    await put('email/setup.txt', 'my text');
    expect(await render('email/setup.html')).toMatchObject({
      html: expect.stringContaining('Your email settings work'),
      text: 'my text\n',
    });
  });

  it('is converted from the HTML without a .txt template: links with URL, no images, wrapped lines', async () => {
    const paragraph = 'All the words of this paragraph are here to see where a line of the text ends. '.repeat(3);
    await put(
      'a.html',
      `<html><head><title>no</title><style>p { color: red }</style></head><body><div class="preheader">no</div>
      <!-- no --><h1>Head &amp; line</h1><img src="cid:logo" alt="no"><p>${paragraph}</p>
      <table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table><ul><li>item</li></ul>
      <a href="{{ url }}">Go on</a> <a href="{{ url }}">{{ url }}</a><script>no</script></body></html>`,
    );
    const { text } = await render('a.html');
    expect(text).not.toMatch(/\bno\b|red|img|cid/);
    expect(text).toContain('Head & line\n\nAll the words');
    expect(text).toContain('a b\n\nc\n');
    expect(text).toContain(' * item');
    expect(text).toContain('Go on <https://a.example/?x=1&y=2>');
    expect(text).toMatch(/\nhttps:\/\/a\.example\/\?x=1&y=2\n$|> https:\/\/a\.example\/\?x=1&y=2\n$/);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('is the only part for a .txt template', async () => {
    await put('plain.txt', 'Hello {{ user.username }}');
    for (const name of ['plain.txt', 'plain.html']) {
      expect(await render(name)).toMatchObject({ html: '', text: 'Hello ada\n', attachments: [] });
    }
  });
});

describe('the logo', () => {
  it('is attached only if the HTML references it, with that Content-ID', async () => {
    await put('none.html', 'logo');
    await put('new.html', '<img src="cid:logo">');
    await put('old.html', '<img src="cid:logo.png">');
    await put('other.html', '<img src="cid:logotype">');
    const cids = async (name: string): Promise<string[]> => (await render(name)).attachments.map(({ cid }) => cid);
    expect(await cids('none.html')).toEqual([]);
    expect(await cids('new.html')).toEqual(['logo']);
    expect(await cids('old.html')).toEqual(['logo.png']);
    expect(await cids('other.html')).toEqual([]);
  });

  it('can be replaced by an image in another format', async () => {
    const content = Buffer.from('ffd8ffe000104a464946', 'hex');
    await put('email/logo.png', content);
    expect((await render('email/setup.html')).attachments).toEqual([
      { cid: 'logo', filename: 'logo.jpg', contentType: 'image/jpeg', content },
    ]);
  });

  it('is omitted with a warning if it is not an image or too large', async () => {
    for (const content of ['<svg/>', Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(300_000)])]) {
      await put('email/logo.png', content);
      const { attachments, warnings } = await render('email/setup.html');
      expect(attachments).toEqual([]);
      expect(warnings).toEqual(['email/logo.png is not a PNG, JPEG or GIF of at most 262144 bytes and is omitted']);
    }
  });
});

describe('the subject', () => {
  const subjectOf = async (subject: string, locale: string, template = 'email/setup.html'): Promise<string> =>
    (await renderer.render({ template, subject, locale, data: {} })).subject;

  it('is the stage’s, translated if the catalog has it', async () => {
    expect(await subjectOf('authentik', 'de')).toBe('authentik');
    expect(await subjectOf('Password reset', 'de')).toBe('Passwort zurücksetzen');
    expect(await subjectOf('Something else', 'de')).toBe('Something else');
  });

  it('is the template’s default with the name of the service if the stage has no subject', async () => {
    expect(await subjectOf('', 'de')).toBe('Test-E-Mail – email-stage');
    expect(await subjectOf(' \n', 'es', 'email/invitation.html')).toBe('Ha recibido una invitación – email-stage');
    await put('mine.html', 'x');
    expect(await subjectOf('', 'en', 'mine.html')).toBe('Notification – email-stage');
  });
});
