/** Languages with a catalog (`locale/<language>.po` of mails and of pages), as BCP 47. */
export const languages = ['en', 'de', 'fr', 'es', 'zh-Hans', 'ar'] as const;

/** The language of the messages themselves, and the fallback for missing translations. */
export const sourceLanguage = 'en';

/** Maximized once, because that takes longer than everything else here. */
const known = languages.map((language) => ({ language, locale: new Intl.Locale(language).maximize() }));

/**
 * Returns the best supported language for a reader.
 *
 * The first choice that matches in language and script wins: `de-AT` gets `de`, `zh-CN` gets `zh-Hans`. If none does, the
 * first that matches in language alone wins: `zh-TW` gets `zh-Hans`, because readers of Traditional Chinese prefer it to a
 * foreign language.
 *
 * @param choices BCP 47, best first; also as authentik writes them (`de_AT`, `zh-hans`). Invalid tags are ignored
 * @param fallback the language if nothing matches
 */
export function negotiateLanguage(choices: readonly string[], fallback: string = sourceLanguage): string {
  const wanted = choices.flatMap((choice) => likelyLocale(choice) ?? []);
  const find = (matches: (a: Intl.Locale, b: Intl.Locale) => boolean): string | undefined => {
    for (const choice of wanted) {
      const found = known.find(({ locale }) => matches(choice, locale));
      if (found !== undefined) return found.language;
    }
    return undefined;
  };
  return (
    find((a, b) => a.language === b.language && a.script === b.script) ??
    find((a, b) => a.language === b.language) ??
    fallback
  );
}

/** The writing direction of the language. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  const { script = '' } = ours(locale) ?? new Intl.Locale(locale).maximize();
  return ['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo', 'Adlm'].includes(script) ? 'rtl' : 'ltr';
}

/** Variables about the current language for templates. */
export function languageValues(locale: string): Readonly<Record<'locale' | 'direction' | 'align', string>> {
  const direction = directionOf(locale);
  return { locale, direction, align: direction === 'rtl' ? 'right' : 'left' };
}

function ours(tag: string): Intl.Locale | undefined {
  return known.find(({ language }) => language === tag)?.locale;
}

function likelyLocale(tag: string): Intl.Locale | undefined {
  try {
    return ours(tag) ?? new Intl.Locale(tag.trim().replaceAll('_', '-')).maximize();
  } catch {
    return undefined;
  }
}
