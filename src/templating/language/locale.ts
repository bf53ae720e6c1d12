/** Languages that there is a catalog for (`locale/<language>.po` of mails and of pages), as BCP 47. */
export const languages = ['en', 'de', 'fr', 'es', 'zh-Hans', 'ar'] as const;

/** The language that messages are written in, and that every missing translation falls back to. */
export const sourceLanguage = 'en';

/** Working out what a tag stands for takes longer than everything else here, so that is done once for ours. */
const known = languages.map((language) => ({ language, locale: new Intl.Locale(language).maximize() }));

/**
 * The language that suits a reader best.
 *
 * The first choice that matches in language and script wins: `de-AT` gets `de`, `zh-CN` gets `zh-Hans`. Only if no
 * choice does, one that matches in language alone is taken: `zh-TW` gets `zh-Hans`, because whoever reads Traditional
 * Chinese reads that rather than a foreign language.
 *
 * @param choices BCP 47, best first; also as authentik writes them (`de_AT`, `zh-hans`). What cannot be read is left out
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

/** Which way the language is written. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  const { script = '' } = ours(locale) ?? new Intl.Locale(locale).maximize();
  return ['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo', 'Adlm'].includes(script) ? 'rtl' : 'ltr';
}

/** What templates know of the language that they are rendered in. */
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
