import { en } from './en';

/** A text of the catalog. */
export type TextKey = keyof typeof en;

/** The languages of the console. A further one is one file like `en.ts` and one line here. */
const languages = {
  en: () => Promise.resolve(en as Catalog),
  de: () => import('./de').then(({ de }) => de),
} as const;
type Language = keyof typeof languages;
export type Catalog = Readonly<Record<TextKey, string>>;

/** Every language by its own name. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

const chosenKey = 'console-language';

let catalog: Catalog = en;
let language: Language = 'en';
let plurals = new Intl.PluralRules('en');

/** Loads the texts in the language that the visitor chose, or the first known one that the browser asks for. */
export async function loadTexts(): Promise<void> {
  const wanted = [localStorage.getItem(chosenKey) ?? '', ...navigator.languages].map((tag) => tag.split('-')[0]);
  language = wanted.find((tag): tag is Language => tag !== undefined && tag in languages) ?? 'en';
  catalog = await languages[language]();
  plurals = new Intl.PluralRules(language);
  document.documentElement.lang = language;
}

/** The language of the texts. */
export function currentLanguage(): Language {
  return language;
}

/** How numbers and times are written: in the language of the texts, as the browser's region has it. */
export function currentFormats(): string {
  return navigator.languages.find((tag) => tag.split('-')[0] === language) ?? language;
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
export function t(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return catalog[key].replaceAll(/\{(\w+)\}/g, (mark, name: string) => String(values[name] ?? mark));
}

type Counted = { [Key in TextKey]: Key extends `${infer Start}.one` ? Start : never }[TextKey];

/** As `t`, in the form for a number, which the text can show as `{count}`. */
export function counted(key: Counted, count: number, values: Readonly<Record<string, string | number>> = {}): string {
  const form = `${key}.${plurals.select(count)}`;
  const known = (form in catalog ? form : `${key}.other`) as TextKey;
  return t(known, { count: new Intl.NumberFormat(currentFormats()).format(count), ...values });
}
