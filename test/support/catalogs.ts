import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { po } from 'gettext-parser';
import { describe, expect, it } from 'vitest';

import { TemplateEngine } from '../../src/templating/dialect/template-engine.js';
import type { Message } from '../../src/templating/language/catalog.js';
import { languages } from '../../src/templating/language/locale.js';
import { readPluralForms } from '../../src/templating/language/plural-forms.js';
import { TemplateFolders } from '../../src/templating/template-files.js';

/** Returns all messages of the templates in a folder. */
export async function messagesOfTemplates(folder: string): Promise<Message[]> {
  const files = await new TemplateFolders(join(folder, 'none'), folder).open();
  const engine = new TemplateEngine();
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.(html|txt)$/.test(name));
  const compiled = await Promise.all(
    names.map(async (name) => {
      const file = await files.find(name);
      if (file === undefined) throw new Error(`${name} is missing`);
      return engine.compile(file);
    }),
  );
  return compiled.flatMap(({ messages }) => messages);
}

/** Defines the tests of a folder of catalogs. `usedMessages` returns the messages that the code uses. */
export function describeCatalogs(folder: string, usedMessages: () => Promise<readonly Message[]>): void {
  const read = async (language: string): Promise<ReturnType<typeof po.parse>> =>
    po.parse(await readFile(join(folder, `${language}.po`)), { validation: true });

  it('has exactly one catalog per language', async () => {
    expect((await readdir(folder)).sort()).toEqual(languages.map((language) => `${language}.po`).sort());
  });

  describe.each(languages)('the catalog for %s', (language) => {
    it('has exactly the messages that are used', async () => {
      const { translations } = await read(language);
      const known = Object.values(translations).flatMap((messages) => Object.values(messages));
      const keys = known.filter(({ msgid }) => msgid !== '').map(({ msgid, msgctxt = '' }) => `${msgctxt}|${msgid}`);
      const used = (await usedMessages()).map(({ id, context = '' }) => `${context}|${id}`);
      expect(keys.sort()).toEqual([...new Set(used)].sort());
    });

    it('translates every message, with the same placeholders and without HTML', async () => {
      const { translations, headers } = await read(language);
      expect(headers['Language']).toBe(language);
      const { forms } = readPluralForms(headers['Plural-Forms'] ?? '');
      const messages = Object.values(translations).flatMap((inContext) => Object.values(inContext));
      for (const { msgid, msgid_plural: plural, msgstr, comments } of messages) {
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
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/%\(\w+\)s|%%|%/g)].map(([placeholder]) => placeholder).sort();
}
