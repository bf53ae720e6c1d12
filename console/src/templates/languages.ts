import { currentFormats } from '../texts/texts';

/** The languages that mails are translated to. */
export const mailLanguages = ['en', 'de', 'fr', 'es', 'zh-Hans', 'ar'] as const;

/** Returns the name of a language in the language of the console. */
export function languageName(language: string): string {
  return new Intl.DisplayNames(currentFormats(), { type: 'language' }).of(language) ?? language;
}
