import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { limits as mailLimits } from '../../src/mail/rendering/limits.js';
import type { MailData } from '../../src/mail/rendering/mail-data.js';
import type { MailRenderer, RenderedMail } from '../../src/mail/rendering/mail-renderer.js';
import { limits as renderLimits } from '../../src/templating/limits.js';
import { TemplateError } from '../../src/templating/template-error.js';
import { mailRenderer } from '../support/mail-renderer.js';

const limits = { ...renderLimits, ...mailLimits };

let folder: string;
let renderer: MailRenderer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limits-'));
  renderer = mailRenderer(folder);
});

afterAll(() => rm(folder, { recursive: true }));

async function put(name: string, source: string): Promise<void> {
  await writeFile(join(folder, name), source);
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

describe('An endless template', () => {
  const long = `"${'x'.repeat(2000)}"`;
  const loop = (body: string, depth: number): string =>
    depth === 0 ? body : `{% for x in ${long} %}${loop(body, depth - 1)}{% endfor %}`;

  it.each([
    ['nested loops', loop('', 6)],
    ['loops with output', loop('x', 3)],
    ['conditions in loops', loop('{% if x == "y" %}{% endif %}', 5)],
    ['loops over generated values', loop(`{% with a=x|add:x %}{% firstof "" a %}{% endwith %}`, 4)],
    ['translations in loops', loop('{% blocktrans with a=x %}{{ a }}{% endblocktrans %}', 3)],
  ])('is stopped in time without blocking other work: %s', async (_, source) => {
    let longest = 0;
    let last = performance.now();
    const tick = (): void => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    };
    const watch = setInterval(tick, 1);
    const started = performance.now();
    const { reason } = await failure(source);
    // If rendering never yielded, the timer has not fired yet.
    tick();
    clearInterval(watch);
    expect(reason).toMatch(/takes more than 1000 ms|has more than 1000000 characters|produces more than/);
    expect(performance.now() - started).toBeLessThan(10 * limits.time);
    expect(longest).toBeLessThan(limits.time / 2);
  });

  it('is stopped if it includes itself', async () => {
    expect((await failure('{% include "mail.html" %}')).reason).toBe('templates include each other more than 20 deep');
    await put('other.html', '{% include "mail.html" %}{% include "mail.html" %}');
    expect((await failure('{% include "other.html" %}{% include "other.html" %}')).reason).toContain('20 deep');
  });

  it('is stopped if its includes grow exponentially', async () => {
    for (let level = 0; level < 19; level += 1) {
      await put(`bomb${level}.html`, `{% include "bomb${level + 1}.html" %}`.repeat(8));
    }
    await put('bomb19.html', '');
    expect((await failure('{% include "bomb0.html" %}')).reason).toContain('takes more than 1000 ms');
  });

  it('is stopped if it extends itself or its blocks contain each other', async () => {
    expect((await failure('{% extends "mail.html" %}')).reason).toBe('there is no template "mail.html"');
    await put('a.html', '{% extends "b.html" %}');
    await put('b.html', '{% extends "a.html" %}');
    expect((await failure('{% extends "a.html" %}')).reason).toContain('there is no template');
    await put('nest.html', '{% block a %}{% block b %}{% endblock %}{% endblock %}');
    const heirs = '{% extends "nest.html" %}{% block b %}{% block a %}{{ block.super }}{% endblock %}{% endblock %}';
    expect((await failure(heirs)).reason).toContain('blocks are nested more than 20 deep');
  });
});

describe('A template that exceeds a limit', () => {
  it.each([
    ['output', '{% for a in body %}{{ body }}{% endfor %}', 'it has more than 1000000 characters'],
    ['doubling', '{% with a=body|add:body %}'.repeat(9).replaceAll(/a=body\|add:body/g, 'body=body|add:body'), ''],
    ['filters', `{{ body${'|upper'.repeat(2000)} }}`, 'it produces more than 20000000 characters'],
    ['joining', `{{ body|join:"${'x'.repeat(10_000)}" }}`, 'it produces more than 20000000 characters'],
    ['tags', '<b>'.repeat(10_001), 'its HTML is too large for conversion to text; add a .txt template'],
    ['source', 'x'.repeat(300_000), 'it has more than 262144 bytes'],
    ['nesting', '{% if url %}'.repeat(20_000), ''],
    ['balanced nesting', '{% if 1 %}'.repeat(9000) + '{% endif %}'.repeat(9000), 'its parts are nested too deep'],
  ])('is refused: %s', async (_, source, expected) => {
    const error = await failure(source, { body: 'x'.repeat(60_000) });
    if (expected !== '') expect(error.reason).toBe(expected);
  });

  it('cannot pad text beyond a limit', async () => {
    const { html } = await render(
      '{{ "a"|ljust:999999999 }}{{ "a"|center:999999999 }}{{ 1|stringformat:"999999999d" }}',
    );
    expect(html.length).toBeLessThan(3000);
    expect((await render('{{ 1|floatformat:999999 }}|{{ 1|floatformat:99 }}')).html.length).toBeLessThan(200);
  });
});

describe('Conversion of HTML to text', () => {
  it.each([
    '<div>',
    '<p>a</p>',
    '<ul><li>',
    '<table><tr><td>',
    '<a href="https://a.example/">x</a>',
    '<!--',
    '<span>a',
  ])('is fast for many %s', async (piece) => {
    const tags = piece.split('<').length - 1;
    const started = performance.now();
    await render(piece.repeat(Math.min(Math.floor(limits.tags / tags), Math.floor(limits.template / piece.length))));
    expect(performance.now() - started).toBeLessThan(limits.time);
  });
});

describe('A single filter', () => {
  const text = (piece: string): MailData => ({ body: piece.repeat(Math.floor(60_000 / piece.length)) });

  it.each(
    ['<', '< ', '>', '&', ' ', '\n', 'a ', "'", '\u0301', '😀', '<a', '<!--', '-', '_-'].flatMap((piece) =>
      [
        'striptags',
        'linebreaks',
        'title',
        'slugify',
        'truncatewords:3',
        'truncatechars:59000',
        'wordwrap:10',
        'urlencode',
        'wordcount',
        'capfirst',
        'addslashes',
        'iriencode',
      ].map((filter) => [filter, piece]),
    ),
  )('is fast: %s of many %j', async (filter, piece) => {
    const started = performance.now();
    await render(`{% spaceless %}{{ body|${filter} }}{% endspaceless %}`, text(piece)).catch(() => undefined);
    expect(performance.now() - started).toBeLessThan(limits.time);
  });
});
