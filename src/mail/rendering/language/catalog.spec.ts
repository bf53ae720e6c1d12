import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { po } from 'gettext-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { TemplateEngine } from '../dialect/template-engine.js';
import { defaultSubjects, knownSubjects } from '../subject.js';
import { shippedFolder, TemplateFolders } from '../template-files.js';
import { catalogFolder, Catalogs, type Message } from './catalog.js';
import { languages } from './locale.js';
import { readPluralForms } from './plural-forms.js';

/** Every message that a shipped template or the code has. */
async function usedMessages(): Promise<Message[]> {
  const files = await new TemplateFolders(join(shippedFolder, 'none')).open();
  const engine = new TemplateEngine();
  const names = (await readdir(shippedFolder, { recursive: true })).filter((name) => /\.(html|txt)$/.test(name));
  const compiled = await Promise.all(
    names.map(async (name) => {
      const file = await files.find(name);
      if (file === undefined) throw new Error(`${name} is missing`);
      return engine.compile(file);
    }),
  );
  const subjects = [...Object.values(defaultSubjects), ...knownSubjects];
  return [...compiled.flatMap(({ messages }) => messages), ...subjects.map((id) => ({ id }))];
}

async function readCatalog(language: string): ReturnType<typeof parse> {
  return parse(language);
}

async function parse(language: string): Promise<ReturnType<typeof po.parse>> {
  return po.parse(await readFile(join(catalogFolder, `${language}.po`)), { validation: true });
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/%\(\w+\)s|%%|%/g)].map(([placeholder]) => placeholder).sort();
}

it('has a catalog for every language, and no other', async () => {
  expect((await readdir(catalogFolder)).sort()).toEqual(languages.map((language) => `${language}.po`).sort());
});

describe.each(languages)('the catalog for %s', (language) => {
  it('has every message that is used, and none that is not', async () => {
    const { translations } = await readCatalog(language);
    const known = Object.values(translations).flatMap((messages) => Object.values(messages));
    const keys = known.filter(({ msgid }) => msgid !== '').map(({ msgid, msgctxt = '' }) => `${msgctxt}|${msgid}`);
    const used = (await usedMessages()).map(({ id, context = '' }) => `${context}|${id}`);
    expect(keys.sort()).toEqual([...new Set(used)].sort());
  });

  it('translates everything, with the same placeholders and nothing that is HTML', async () => {
    const { translations, headers } = await readCatalog(language);
    expect(headers['Language']).toBe(language);
    const { forms } = readPluralForms(headers['Plural-Forms'] ?? '');
    for (const { msgid, msgid_plural: plural, msgstr, comments } of Object.values(translations[''] ?? {})) {
      if (msgid === '') continue;
      expect(comments?.flag ?? '').not.toContain('fuzzy');
      expect(msgid).not.toMatch(/[<>&]/);
      if (language === 'en') {
        expect(msgstr, `${msgid} is its own translation`).toEqual([''].concat(plural === undefined ? [] : ['']));
        continue;
      }
      expect(msgstr).toHaveLength(plural === undefined ? 1 : forms);
      for (const form of msgstr) {
        expect(form, msgid).not.toBe('');
        expect(form).toBe(form.trim());
        expect(form).not.toMatch(/[<>&]|[^\P{Cc}]|[\u202a-\u202e\u2066-\u2069]/u);
        expect(placeholders(form), msgid).toEqual(placeholders(plural ?? msgid));
        if (/[:：,،]$/.test(msgid)) expect(form).toMatch(/[:：,،]$/);
      }
    }
  });
});

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

  it('falls back to the message for what is missing, empty or only guessed', async () => {
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

  it('takes the plural form of its own language, and the English one if that is missing', async () => {
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

  it('that could not be read is tried again', async () => {
    const catalogs = new Catalogs(folder);
    await expect(catalogs.get('yy')).rejects.toThrow('ENOENT');
    await writeFile(join(folder, 'yy.po'), 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n');
    expect((await catalogs.get('yy')).translate({ id: 'a' })).toBe('a');
  });
});
