import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Catalogs } from './catalog.js';

describe('a catalog', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'catalog-'));
    await writeFile(
      join(folder, 'xx.po'),
      [
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"',
        '"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n<5 ? 1 : 2);\\n"\n',
        'msgid "yes"\nmsgstr "tak"\n',
        'msgctxt "button"\nmsgid "yes"\nmsgstr "Tak!"\n',
        'msgid "one day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "dzień"\nmsgstr[1] "%(n)s dni"\nmsgstr[2] ""\n',
        '#, fuzzy\nmsgid "maybe"\nmsgstr "na pewno"\n',
        'msgid "no"\nmsgstr ""\n',
      ].join('\n'),
    );
  });

  afterAll(() => rm(folder, { recursive: true }));

  it('falls back to the message for missing, empty and fuzzy translations', async () => {
    const catalog = await new Catalogs(folder).get('xx');
    expect(['yes', 'no', 'maybe', 'other', ''].map((id) => catalog.translate({ id }))).toEqual([
      'tak',
      'no',
      'maybe',
      'other',
      '',
    ]);
    expect(catalog.translate({ id: 'yes', context: 'button' })).toBe('Tak!');
    expect(catalog.translate({ id: 'yes', context: 'elsewhere' })).toBe('yes');
    expect(catalog.translate({ id: 'constructor' })).toBe('constructor');
  });

  it('uses the plural form of its language, or the English one if it is missing', async () => {
    const catalog = await new Catalogs(folder).get('xx');
    const message = { id: 'one day', plural: '%(n)s days' };
    expect([1, 2, 5, -1, 0].map((count) => catalog.translatePlural(message, count))).toEqual([
      'dzień',
      '%(n)s dni',
      '%(n)s days',
      'dzień',
      '%(n)s dni',
    ]);
    expect(catalog.translatePlural({ id: 'a', plural: 'b' }, 1)).toBe('a');
    expect(catalog.translatePlural({ id: 'a', plural: 'b' }, 0)).toBe('b');
  });

  it('that could not be read is read again', async () => {
    const catalogs = new Catalogs(folder);
    await expect(catalogs.get('yy')).rejects.toThrow('ENOENT');
    await writeFile(join(folder, 'yy.po'), 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n');
    expect((await catalogs.get('yy')).translate({ id: 'a' })).toBe('a');
  });
});
