import { en } from './en';

type EnglishKey = keyof typeof en;

/** The texts that have a form for a number, by what their forms have in common. */
type Counted = {
  [Key in EnglishKey]: Key extends `${infer Start}.one` ? (`${Start}.other` extends EnglishKey ? Start : never) : never;
}[EnglishKey];

/** A text that every language has. */
export type TextKey = Exclude<EnglishKey, `${Counted}.one`>;

/** Every text in one language, with the plural forms that this language has: Chinese has one, Arabic six. */
export type Catalog = Readonly<Record<TextKey, string> & Partial<Record<`${Counted}.${Intl.LDMLPluralRule}`, string>>>;

/** The languages of the console. A further one is one file like `en.ts` and one line here and in `languageNames`. */
const languages = {
  en: (): Promise<Catalog> => Promise.resolve(en),
  de: (): Promise<Catalog> => import('./de').then(({ de }) => de),
  fr: (): Promise<Catalog> => import('./fr').then(({ fr }) => fr),
  es: (): Promise<Catalog> => import('./es').then(({ es }) => es),
  'zh-Hans': (): Promise<Catalog> => import('./zh-Hans').then(({ zhHans }) => zhHans),
  ar: (): Promise<Catalog> => import('./ar').then(({ ar }) => ar),
} as const;
type Language = keyof typeof languages;

/** Every language by its own name. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  'zh-Hans': '简体中文',
  ar: 'العربية',
};

const chosenKey = 'console-language';

let catalog: Catalog = en;
let language: Language = 'en';
let plurals = new Intl.PluralRules('en');

/** Loads the texts in the language that the visitor chose, or the best one for what the browser asks for. */
export async function loadTexts(): Promise<void> {
  language = chooseFrom([localStorage.getItem(chosenKey) ?? '', ...navigator.languages]);
  catalog = await languages[language]();
  plurals = new Intl.PluralRules(language);
  document.documentElement.lang = language;
  document.documentElement.dir = direction();
}

/**
 * Returns the language for choices, best first. As on the pages, the first choice wins that matches in language and script:
 * `zh-CN` gets `zh-Hans`. If none does, the first that matches in language alone wins: `zh-TW` gets `zh-Hans` too.
 */
function chooseFrom(choices: readonly string[]): Language {
  const wanted = choices.map(localeOf).filter((locale) => locale !== undefined);
  const known = Object.keys(languages) as Language[];
  const find = (matches: (wanted: Intl.Locale, known: Intl.Locale) => boolean): Language | undefined =>
    wanted.flatMap((locale) => known.filter((tag) => matches(locale, new Intl.Locale(tag).maximize())))[0];
  return (
    find((one, other) => one.language === other.language && one.script === other.script) ??
    find((one, other) => one.language === other.language) ??
    'en'
  );
}

/** Returns a language tag with its usual script and region; undefined if it is invalid. */
function localeOf(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag).maximize();
  } catch {
    return undefined;
  }
}

/** In which direction the language is written. */
export function direction(): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr';
}

/** The language of the texts. */
export function currentLanguage(): Language {
  return language;
}

/** How numbers and times are written: in the language of the texts, as the browser's region has it. */
export function currentFormats(): string {
  return navigator.languages.find((tag) => tag.split('-')[0] === language.split('-')[0]) ?? language;
}

/** Remembers another language, and shows it. */
export function chooseLanguage(chosen: string): void {
  localStorage.setItem(chosenKey, chosen);
  window.location.reload();
}

/** Whether the catalog has a text that is looked up by a name of the API. */
export function catalogHas(key: string): boolean {
  return Object.hasOwn(catalog, key);
}

/** Returns a text of the catalog with values in the place of `{names}`. */
export function t(
  key: Exclude<TextKey, `${Counted}.one`>,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return filled(catalog[key], values);
}

/** Puts values in the place of `{names}`. */
function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (mark, name: string) => String(values[name] ?? mark));
}

/** As `t`, in the form for a number, which the text can show as `{count}`. */
export function counted(key: Counted, count: number, values: Readonly<Record<string, string | number>> = {}): string {
  const text = catalog[`${key}.${plurals.select(count)}`] ?? catalog[`${key}.other`];
  return filled(text, { count: new Intl.NumberFormat(currentFormats()).format(count), ...values });
}
