import type { MessageOrText } from '../rest/messages/messages.js';
import type { Catalog, Message } from '../templating/language/catalog.js';
import { TimeFormats } from '../templating/language/time-formats.js';
import { messageTexts } from './message-texts.js';
import { familiarTexts, texts } from './texts.js';

/** The texts of pages in one language. */
export class Wording {
  constructor(private readonly catalog: Catalog) {}

  /** Returns a text of pages. */
  text(name: keyof typeof texts): string {
    return this.catalog.translate({ id: texts[name] });
  }

  /** Returns a message in the language of the page; a text that an administrator wrote as it is. */
  message(shown: MessageOrText): string {
    if ('written' in shown) return shown.written;
    const text: string | readonly [one: string, many: string] = messageTexts[shown.code];
    const values: Readonly<Record<string, string | number>> = shown.values;
    const form =
      typeof text === 'string'
        ? this.catalog.translate({ id: text })
        : this.catalog.translatePlural({ id: text[0], plural: text[1] }, Number(Object.values(values)[0]));
    return form.replace(/%\((\w+)\)s/g, (_, name: string) =>
      String(name === 'when' ? this.wait(Number(values['minutes']) * 60) : values[name]),
    );
  }

  /** Returns a duration in words, such as `30 minutes`; empty for anything but a number. */
  duration(minutes: unknown): string {
    return typeof minutes === 'number' ? TimeFormats.of(this.catalog.locale).duration(minutes * 60_000) : '';
  }

  /**
   * Returns a title or label that an administrator wrote: translated if it is one of `familiarTexts` or of the pages' own
   * texts, else as it is.
   */
  written(text: string): string {
    return this.catalog.translate({ id: text });
  }

  /** Returns alternatives as the language lists them: `Email or username`. */
  alternatives([first, ...others]: readonly string[]): string {
    const { locale } = this.catalog;
    const words = [...(first === undefined ? [] : [first]), ...others.map((word) => withinSentence(word, locale))];
    return new Intl.ListFormat(locale, { type: 'disjunction' }).format(words);
  }

  /** Returns a wait in words, such as `in 5 minutes`. */
  wait(seconds: number): string {
    return TimeFormats.of(this.catalog.locale).relative(seconds * 1000);
  }
}

/** Returns a label as it is written within a sentence: German keeps the capitals of its nouns. */
function withinSentence(label: string, locale: string): string {
  return locale === 'de' ? label : label.charAt(0).toLocaleLowerCase(locale) + label.slice(1);
}

/** Every text in the code, for the test of the catalogs. */
export const messagesOfCode: readonly Message[] = [
  ...Object.values(texts).map((id) => ({ id })),
  ...familiarTexts.map((id) => ({ id })),
  ...Object.values(messageTexts).map((text) =>
    typeof text === 'string' ? { id: text } : { id: text[0], plural: text[1] },
  ),
];
