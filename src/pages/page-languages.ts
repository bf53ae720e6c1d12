import { languages, negotiateLanguage } from '../templating/language/locale.js';

/** What each language calls itself. */
const names: Readonly<Record<(typeof languages)[number], string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  'zh-Hans': '简体中文',
  ar: 'العربية',
};

/** The languages of pages, as their readers call them. */
export const pageLanguages: readonly { readonly code: string; readonly name: string }[] = languages.map((code) => ({
  code,
  name: names[code],
}));

/** What a reader knows of languages, best first; anything that is no language is left out. */
export interface LanguageWishes {
  /** `?locale=` of the page. */
  readonly asked: string | null;
  /** `settings.locale` of who is signed in; nobody else's, or a page would tell strangers of them. */
  readonly setting: unknown;
  /** The header `Accept-Language`. */
  readonly accepted: readonly string[];
}

/** The language of a page, BCP 47. */
export function languageOf({ asked, setting, accepted }: LanguageWishes): string {
  const wishes = [asked, setting, ...accepted];
  return negotiateLanguage(wishes.filter((wish): wish is string => typeof wish === 'string' && wish !== ''));
}
