import { languages, negotiateLanguage } from '../templating/language/locale.js';

/** The name of each language in that language. */
const names: Readonly<Record<(typeof languages)[number], string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  'zh-Hans': '简体中文',
  ar: 'العربية',
};

/** The languages of the language menu. */
export const pageLanguages: readonly { readonly code: string; readonly name: string }[] = languages.map((code) => ({
  code,
  name: names[code],
}));

/** Language preferences, best first. Unknown languages are ignored. */
export interface LanguagePreferences {
  /** `?locale=` of the page. */
  readonly requested: string | null;
  /** `settings.locale` of the signed-in user. Never of the pending user: it would reveal that the account exists. */
  readonly setting: unknown;
  /** The header `Accept-Language`. */
  readonly accepted: readonly string[];
}

/** Returns the language of a page, BCP 47. */
export function pageLanguage({ requested, setting, accepted }: LanguagePreferences): string {
  const preferences = [requested, setting, ...accepted];
  return negotiateLanguage(
    preferences.filter((preference): preference is string => typeof preference === 'string' && preference !== ''),
  );
}
