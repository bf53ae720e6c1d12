import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';
import { parse } from 'yaml';

import { languages } from '../../src/templating/language/locale.js';

type Texts = Readonly<Record<string, string>>;

const folder = new URL('../../console/src/texts/', import.meta.url);

/** Returns the catalog of a language of the console. */
async function textsIn(language: string): Promise<Texts> {
  // By a name that TypeScript does not follow: the console is compiled with settings of its own.
  const module = (await import(fileURLToPath(new URL(`${language}.ts`, folder)))) as Readonly<Record<string, Texts>>;
  return module[language.replace('-', '')] ?? {};
}

const english = await textsIn('en');
const catalogs = await Promise.all(languages.map(async (language) => ({ language, texts: await textsIn(language) })));

/** What the forms of a text with a number have in common, such as `mails.attempts`. */
const counted = Object.keys(english)
  .filter((key) => key.endsWith('.one') && key.replace(/one$/, 'other') in english)
  .map((key) => key.slice(0, -'.one'.length));

/** The keys of every text in a language, with the plural forms that this language has. */
function keysIn(language: string): string[] {
  const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
  const plain = Object.keys(english).filter((key) => !counted.includes(key.replace(/\.(?:one|other)$/, '')));
  return [...plain, ...counted.flatMap((key) => pluralCategories.map((form) => `${key}.${form}`))].sort();
}

const namesIn = (text = ''): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

it('The console has the languages of mails and pages', async () => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && file !== 'texts.ts');
  expect(files.sort()).toEqual(languages.map((language) => `${language}.ts`).sort());
});

it.each(catalogs)('The texts in $language are complete, in all plural forms of the language', ({ language, texts }) => {
  expect(Object.keys(texts).sort()).toEqual(keysIn(language));
  expect(Object.keys(texts).filter((key) => texts[key]?.trim() === '')).toEqual([]);
});

it.each(catalogs)('The texts in $language have the names in braces of the English ones', ({ texts }) => {
  const wrong = Object.keys(texts).filter((key) => {
    const start = counted.find((one) => key.startsWith(`${one}.`));
    if (start === undefined) return namesIn(texts[key]).join() !== namesIn(english[key]).join();
    // "One mail" and "no mails" need no figure.
    const canBeWords = /\.(?:zero|one|two)$/.test(key);
    const wanted = namesIn(english[`${start}.other`]);
    const names = namesIn(texts[key]);
    return canBeWords && !names.includes('{count}')
      ? names.join() !== wanted.filter((name) => name !== '{count}').join()
      : names.join() !== wanted.join();
  });
  expect(wrong).toEqual([]);
});

it('Each name of a field in the texts is one of a request of the API', async () => {
  const document = parse(await readFile(new URL('../../schema.yml', import.meta.url), 'utf8')) as {
    readonly components: { readonly schemas: Readonly<Record<string, { readonly properties?: object }>> };
  };
  const fields = Object.entries(document.components.schemas)
    .filter(([name]) => name.endsWith('Request'))
    .flatMap(([, { properties = {} }]) => Object.keys(properties));
  const named = Object.keys(english).filter((key) => key.startsWith('field.'));
  expect(named).not.toEqual([]);
  expect(named.filter((key) => !fields.includes(key.replace('field.', '')))).toEqual([]);
});
