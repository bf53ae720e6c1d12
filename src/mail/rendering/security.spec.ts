import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { mailRenderer } from '../../../test/support/mail-renderer.js';
import { TemplateError } from '../../templating/template-error.js';
import type { MailData } from './mail-data.js';
import type { MailRenderer, RenderedMail } from './mail-renderer.js';

const hostileNames = {
  html: '<a href="https://evil.example/">click</a><script>alert(1)</script>',
  attribute: '" onmouseover="alert(1)',
  lines: 'Eve\r\nBcc: victim@example.com\r\n\r\nYour account is locked: https://evil.example/',
  separators: 'Eve\u2028two\u2029three\u0085four\vfive\ffive',
  controls: 'Eve\u0000\u0007\u001b[31m\u009b\u007f',
  overrides: 'Eve\u202e\u202d\u202a\u202b\u202c\u2066\u2067\u2068\u2069moc.live',
  template: '{{ url }}{% include "email/setup.html" %}{% now "Y" %}',
  placeholder: '%(url)s %(name)s %%',
  replacement: "$& $1 $` $'",
  surrogate: 'Eve\ud800',
};

let folder: string;
let renderer: MailRenderer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'security-'));
  renderer = mailRenderer(join(folder, 'templates'));
});

afterAll(() => rm(folder, { recursive: true }));

async function put(name: string, source: string): Promise<void> {
  const path = join(folder, 'templates', name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, source);
}

async function render(source: string, data: MailData = {}): Promise<RenderedMail> {
  await put('mail.html', source);
  return renderer.render({ template: 'mail.html', subject: '', locale: 'en', data });
}

async function failure(source: string, data: MailData = {}): Promise<TemplateError> {
  const error: unknown = await render(source, data).catch((thrown: unknown) => thrown);
  if (!(error instanceof TemplateError)) throw new Error(`Not a TemplateError: ${String(error)}`);
  return error;
}

function user(username: string): Required<Pick<MailData, 'user'>> {
  return { user: { username, name: username, email: 'eve@example.com', attributes: { note: username } } };
}

describe('a hostile name', () => {
  const url = 'https://id.example.com/?token=1';
  const templates = ['password_reset', 'account_confirmation', 'event_notification', 'setup', 'invitation'];

  it.each(Object.entries(hostileNames))('does not change the structure of any mail (%s)', async (_, name) => {
    for (const template of templates) {
      const request = { template: `email/${template}.html`, subject: '', locale: 'en' };
      const values = (name: string): MailData => ({
        ...user(name),
        url,
        title: name,
        key_value: { [name]: name },
        source: { from: name },
        host: name,
        code: name,
      });
      const [hostile, harmless] = await Promise.all(
        [name, 'Eve'].map((name) => renderer.render({ ...request, data: values(name) })),
      );
      const tags = (html: string | undefined): string[] => html?.match(/<[^>]*>/g) ?? [];
      expect(tags(hostile?.html)).toEqual(tags(harmless?.html));
      expect(hostile?.text.split('\n')).toHaveLength(harmless?.text.split('\n').length ?? 0);
      expect(hostile?.warnings).toEqual([]);
      for (const part of [hostile?.html, hostile?.text]) {
        expect(part).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066\u2067]/u);
        expect(part?.isWellFormed()).toBe(true);
      }
    }
  });

  it('is reduced to one line everywhere except in body', async () => {
    const data = { ...user('a\nb'), title: 'a\r\nb', body: 'a\r\nb', key_value: { 'a\nb': 'a\nb' }, host: 'a\rb' };
    const source = '{{ user.name }}|{{ user.attributes.note }}|{{ title }}|{{ key_value }}|{{ host }}|{{ body }}';
    expect((await render(source, data)).html).toBe('a b|a b|a b|a b: a b|a b|a\nb');
  });

  it('is not escaped in the text part', async () => {
    await put('mail.txt', '{% autoescape off %}{{ user.name }}{% endautoescape %} {{ user.name }}');
    const { text, warnings } = await render('x', user(hostileNames.html));
    await rm(join(folder, 'templates', 'mail.txt'));
    expect(text).toBe(`${hostileNames.html} ${hostileNames.html}\n`);
    expect(warnings).toEqual([]);
  });

  it('is escaped in HTML even with autoescape off, with a warning', async () => {
    const { html, warnings } = await render('\n{% autoescape off %}{{ user.name }}{% endautoescape %}', user('<b>'));
    expect(html).toBe('&lt;b&gt;');
    expect(warnings).toEqual([
      'mail.html, line 2: {% autoescape off %} has no effect in HTML; use |safe on the values that are HTML',
    ]);
  });

  it('is not expanded as a template, even within a translation', async () => {
    const { html } = await render(
      '{{ user.name }}{% blocktrans with a=user.name %}{{ a }}{% endblocktrans %}{% trans user.name %}',
      user('{{ url }}%(a)s'),
    );
    expect(html).toBe('{{ url }}%(a)s'.repeat(3));
  });
});

describe('a subject', () => {
  const request = { template: 'email/setup.html', locale: 'en', data: { ...user('ada'), url: 'https://a.example/' } };

  it('is not expanded as a template', async () => {
    const subject = '{{ user.username }} {% now "Y" %} {{ url }}';
    expect((await renderer.render({ ...request, subject })).subject).toBe(subject);
  });

  it('is one line of at most 250 characters, without control characters', async () => {
    const subject = `Hello\r\nBcc: victim@example.com\u0000\u202e\u2028${'x'.repeat(400)}`;
    const rendered = await renderer.render({ ...request, subject });
    expect(rendered.subject).toMatch(/^Hello Bcc: victim@example\.com x+…$/);
    expect(rendered.subject).toHaveLength(250);
  });

  it('is escaped in the title of the HTML', async () => {
    const { html } = await renderer.render({ ...request, subject: '</title><script>' });
    expect(html).toContain('<title>&lt;/title&gt;&lt;script&gt;</title>');
  });
});

describe('a link', () => {
  it.each([
    'javascript:alert(1)',
    '/relative',
    'data:text/html,x',
    'https://',
    ' \u0000java\nscript:x',
    'ftp://a.example/',
  ])('is omitted if it is not an absolute web URL: %s', async (url) => {
    const { html, warnings } = await render('<a href="{{ url }}">', { url });
    expect(html).toBe('<a href="">');
    expect(warnings).toEqual(['url is not an absolute http or https URL and is omitted']);
  });

  it('cannot break out of its attribute', async () => {
    const { html } = await render('<a href="{{ url }}">', { url: 'https://a.example/?"onclick="x&<b>\'' });
    expect(html).toBe('<a href="https://a.example/?&quot;onclick=&quot;x&amp;&lt;b&gt;&#x27;">');
  });
});

describe('undeclared values', () => {
  it('do not reach the template', async () => {
    const data = { token: 'secret', password: 'secret', ...user('ada') };
    Object.assign(data.user, { password: 'secret', pk: 7 });
    const source = '{{ token }}{{ password }}{{ user.password }}{{ user.pk }}{{ user }}';
    const { html, warnings } = await render(source, data);
    expect(html).not.toContain('secret');
    expect(warnings).toEqual(['there is no variable "token"', 'there is no variable "password"']);
  });

  it.each([
    'constructor',
    '__proto__',
    'prototype',
    'toString',
    'valueOf',
    'hasOwnProperty',
    'length',
    'size',
    'then',
    'constructor.constructor',
    '__proto__.polluted',
    'toString.call',
    '__defineGetter__',
  ])('cannot be reached through %s', async (path) => {
    const data: MailData = { ...user('ada'), key_value: { list: ['a'], text: 'b', number: 1 }, expires: new Date() };
    for (const root of [
      'user',
      'user.username',
      'key_value',
      'key_value.list',
      'key_value.number',
      'expires',
      'forloop',
    ]) {
      const source = `{% for x in "a" %}[{{ ${root}.${path} }}{{ ${root}["${path}"] }}]{% endfor %}[{{ ${path} }}]`;
      expect((await render(source, data)).html).toBe('[][]');
    }
  });

  it('do not appear under inherited property names', async () => {
    const polluting = JSON.parse(
      '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}',
    ) as object;
    const data = { key_value: { ...polluting, toString: 'own', nested: polluting } };
    const source =
      '{{ key_value.toString }}{{ key_value.polluted }}{{ key_value.nested.constructor.prototype.polluted }}';
    expect((await render(source, data)).html).toBe('own1');
    expect({}).not.toHaveProperty('polluted');
  });

  it('are not called, and getters, methods and prototypes are not copied', async () => {
    let called = 0;
    class Account {
      readonly own = 'own';
      get secret(): string {
        called += 1;
        return 'secret';
      }
      reveal(): string {
        called += 1;
        return 'secret';
      }
    }
    const list: unknown = Object.assign(['a'], { hidden: 'secret' });
    const data = { key_value: { account: new Account(), call: () => 'secret', list, symbol: Symbol('secret') } };
    const source =
      '{{ key_value.account.own }}{{ key_value.account.secret }}{{ key_value.account.reveal }}{{ key_value }}';
    expect((await render(`${source}{{ key_value.list.hidden }}`, data)).html).not.toContain('secret');
    expect(called).toBe(0);
  });

  it('may be named like built-in properties', async () => {
    const names = ['next', 'throw', 'return', 'then', 'toLiquid', 'liquidMethodMissing', 'super', 'render', 'content'];
    const data = { key_value: { inner: Object.fromEntries(names.map((name) => [name, name])) } };
    const source = '{{ key_value.inner }}{% for a, b in key_value.inner.items %}{{ b }},{% endfor %}';
    const expected = names.map((name) => `${name}: ${name}`).join(', ') + names.map((name) => `${name},`).join('');
    expect((await render(source, data)).html).toBe(expected);
  });

  it('may have any type and size', async () => {
    const cyclic: Record<string, unknown> = { a: 1 };
    cyclic['self'] = cyclic;
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, index]));
    const odd = {
      user: 'no object',
      expires: 'no date',
      body: { a: 1 },
      code: 123456,
      title: null,
      source: 7,
      url: [],
    };
    for (const [data, warning] of [
      [{ key_value: cyclic }, 'key_value is nested deeper than 8 levels; deeper values are omitted'],
      [{ key_value: wide }, 'key_value has more than 5000 values; the last ones are omitted'],
      [{ body: 'x'.repeat(1_000_000) }, 'body has more than 65536 characters and is truncated'],
      [odd, 'expires is not a valid time and is omitted'],
    ] as [MailData, string][]) {
      const { warnings } = await render('{{ key_value }}{{ body|truncatechars:9 }}{{ user.name }}{{ code }}', data);
      expect(warnings).toContain(warning);
    }
  });
});

describe('files', () => {
  it.each([
    '../../etc/passwd',
    '/etc/passwd',
    'email/../../etc/passwd',
    '..',
    '.',
    '',
    'email//base.html',
    'email\\..\\base.html',
    'mail.html\u0000.txt',
    '....//....//etc/passwd',
  ])('outside of the template folders cannot be read: %j', async (path) => {
    const { reason } = await failure(`{% include ${JSON.stringify(path).replace('\\u0000', '\u0000')} %}`);
    expect(reason).toMatch(/leaves the folder|there is no template/);
    await expect(renderer.render({ template: path, subject: '', locale: 'en', data: {} })).rejects.toThrow(
      TemplateError,
    );
  });

  it('outside cannot be read through symbolic links', async () => {
    await put('sub/x.html', 'x');
    await writeFile(join(folder, 'secret.html'), 'secret');
    await mkdir(join(folder, 'templates-evil'));
    await writeFile(join(folder, 'templates-evil', 'a.html'), 'secret');
    await symlink(join(folder, 'secret.html'), join(folder, 'templates', 'link.html'));
    await symlink(folder, join(folder, 'templates', 'up'));
    await symlink(join(folder, 'templates-evil'), join(folder, 'templates', 'twin'));
    for (const name of ['link.html', 'up/secret.html', 'twin/a.html']) {
      expect((await failure(`{% include "${name}" %}`)).reason).toBe(
        'the file is a link that leaves the folder of templates',
      );
    }
    await symlink(join(folder, 'templates', 'sub', 'x.html'), join(folder, 'templates', 'inside.html'));
    expect((await render('{% include "inside.html" %}')).html).toBe('x');
  });

  it('named by data do not appear in messages', async () => {
    const error = await failure('{% include user.name %}', user('secret/../../name'));
    expect(error.message).toBe('mail.html, line 1: the template that the variable names cannot be used');
  });
});

describe('messages and warnings', () => {
  it.each([
    '{{ user.name|nonsense }}',
    '{% include user.name %}',
    '{% for a in user.name %}{% include "missing.html" %}{% endfor %}',
    '{{ user.name|floatformat:user.name }}{% missing %}',
    '{{ nothing }}{% load i18n %}{{ user.name|date:user.name }}{% endif %}',
  ])('never contain data: %s', async (source) => {
    const error = await failure(source, user('top-secret-name'));
    expect(`${error.message} ${error.reason} ${error.template}`).not.toContain('top-secret');
  });
});
