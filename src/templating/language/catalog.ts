import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { po } from 'gettext-parser';

import { sourceLanguage } from './locale.js';
import { englishPlural, type PluralRule, readPluralForms } from './plural-forms.js';

/** A translatable message: its text, its plural, and a context where the text alone is ambiguous. */
export interface Message {
  readonly id: string;
  readonly plural?: string;
  readonly context?: string;
}

/** The translations of one language. */
export class Catalog {
  /**
   * @param locale BCP 47
   * @param translations the plural forms of each message by `keyOf`; an empty form counts as missing
   */
  constructor(
    readonly locale: string,
    private readonly translations: ReadonlyMap<string, readonly string[]>,
    private readonly pluralRule: PluralRule = englishPlural,
  ) {}

  /** Returns the translation, or the message itself (English) if there is none. */
  translate(message: Message): string {
    return this.formOf(message, 0) ?? message.id;
  }

  /** Returns the plural form for a number; English if that form is missing. */
  translatePlural(message: Message & { readonly plural: string }, count: number): string {
    const amount = Math.abs(Math.trunc(count));
    const form = this.formOf(message, this.pluralRule(amount));
    return form ?? (englishPlural(amount) === 0 ? message.id : message.plural);
  }

  /** Whether the message is translated. */
  has(message: Message): boolean {
    return this.formOf(message, 0) !== undefined;
  }

  private formOf(message: Message, index: number): string | undefined {
    const form = this.translations.get(keyOf(message))?.[index];
    return form === '' ? undefined : form;
  }
}

/** Reads the gettext catalogs `<language>.po` of a folder, each once. */
export class Catalogs {
  private readonly loaded = new Map<string, Promise<Catalog>>();

  constructor(private readonly folder: string) {}

  /** @param language one of `languages` */
  async get(language: string): Promise<Catalog> {
    const known = this.loaded.get(language);
    if (known !== undefined) return known;
    const loading = this.load(language);
    this.loaded.set(language, loading);
    // A failed read, for example for lack of file handles, is retried by the next caller.
    loading.catch(() => this.loaded.delete(language));
    return loading;
  }

  private async load(language: string): Promise<Catalog> {
    const { headers, translations } = po.parse(await readFile(join(this.folder, `${language}.po`)));
    const forms = new Map<string, readonly string[]>();
    for (const messages of Object.values(translations)) {
      for (const { msgid: id, msgctxt: context = '', msgstr, comments } of Object.values(messages)) {
        // A fuzzy translation is an unreviewed guess (gettext manual, section 8.3.6).
        if (id !== '' && !comments?.flag?.includes('fuzzy')) forms.set(keyOf({ id, context }), msgstr);
      }
    }
    const header = headers['Plural-Forms'] ?? headers['plural-forms'];
    const rule = header === undefined ? englishPlural : readPluralForms(header).rule;
    return new Catalog(language, forms, rule);
  }
}

/** A catalog without translations. */
export const sourceCatalog = new Catalog(sourceLanguage, new Map());

/** Key of a message and its context, joined as gettext does. */
function keyOf({ id, context = '' }: Message): string {
  return context === '' ? id : `${context}\u0004${id}`;
}
