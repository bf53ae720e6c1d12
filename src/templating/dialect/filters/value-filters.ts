import type { RenderContext } from '../context.js';
import { elementsOf, isTruthy, lengthOf, numberOf, order, SafeText, textOf } from '../values.js';
import type { Filter } from './filter.js';

/** Filters that select, count and calculate. */
export const valueFilters: Readonly<Record<string, Filter>> = {
  default: (value, argument) => (isTruthy(value) ? value : argument),
  default_if_none: (value, argument) => value ?? argument,
  yesno: (value, argument) => {
    const words = (argument === undefined ? 'yes,no,maybe' : textOf(argument)).split(',');
    const [yes = '', no = '', none = no] = words;
    if (words.length < 2) return value;
    return (value ?? null) === null ? none : isTruthy(value) ? yes : no;
  },
  pluralize: (value, argument) => {
    const endings = (argument === undefined ? 's' : textOf(argument)).split(',');
    const [singular = '', plural = ''] = endings.length === 1 ? ['', ...endings] : endings;
    return (numberOf(value) ?? lengthOf(value)) === 1 ? singular : plural;
  },
  length: (value) => lengthOf(value),
  wordcount: (value) =>
    textOf(value)
      .split(/\s+/)
      .filter((word) => word !== '').length,
  first: (value) => elementsOf(value)[0],
  last: (value) => elementsOf(value).at(-1),
  join: (value, argument, context) => joined(elementsOf(value), argument, context),
  slice: (value, argument) => {
    const [from, to] = textOf(argument)
      .split(':')
      .map((bound) => (bound.trim() === '' ? undefined : Number(bound)));
    if (Number.isNaN(from ?? 0) || Number.isNaN(to ?? 0)) return value;
    const elements = elementsOf(value).slice(from ?? 0, to);
    return Array.isArray(value) ? elements : elements.map((part) => textOf(part)).join('');
  },
  add: (value, argument) => {
    const [left, right] = [numberOf(value), numberOf(argument)];
    if (left !== undefined && right !== undefined) return left + right;
    if (Array.isArray(value) && Array.isArray(argument)) return [...(value as unknown[]), ...(argument as unknown[])];
    return textOf(value) + textOf(argument);
  },
  dictsort: (value, argument, context) => sortedBy(value, argument, context),
  dictsortreversed: (value, argument, context) => sortedBy(value, argument, context).reverse(),
  make_list: (value) => Array.from(textOf(value)),
  get_digit: (value, argument) => {
    const [number, place] = [numberOf(value), numberOf(argument)];
    if (number === undefined || place === undefined || !Number.isFinite(number) || place < 1) return value;
    return Number(
      BigInt(Math.trunc(Math.abs(number)))
        .toString()
        .at(-place) ?? 0,
    );
  },
  divisibleby: (value, argument) => (numberOf(value) ?? NaN) % (numberOf(argument) ?? NaN) === 0,
  floatformat: (value, argument, context) => floatFormatted(value, argument, context),
  filesizeformat: (value, _, { rendering: { formats } }) => {
    const bytes = numberOf(value) ?? 0;
    const power = Math.min(sizes.length - 1, Math.max(0, Math.floor(Math.log2(Math.abs(bytes)) / 10)));
    const digits = power === 0 ? 0 : 1;
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
    const unit = bytes === 1 ? 'byte' : (sizes[power] ?? '');
    return `${formats.number(bytes / 1024 ** power, options)}\u00a0${unit}`;
  },
  intword: (value, _, { rendering: { formats } }) => {
    const number = numberOf(value);
    if (number === undefined || Math.abs(number) < 1_000_000) return value;
    return formats.number(number, {
      notation: 'compact',
      compactDisplay: 'long',
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    });
  },
  ordinal: (value, _, { rendering: { catalog } }) => {
    const number = wholeNumber(value);
    if (number === undefined || number < 0) return value;
    const language = catalog.locale.slice(0, 2);
    if (language !== 'en') return (ordinals[language] ?? ((each: number) => String(each)))(number);
    const isTeen = number % 100 >= 11 && number % 100 <= 13;
    return `${number}${isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')}`;
  },
  /** Numbers from one to nine as words, in English only. */
  apnumber: (value, _, { rendering: { catalog } }) => {
    const number = wholeNumber(value);
    return number === undefined || !catalog.locale.startsWith('en') ? value : (digitWords[number - 1] ?? value);
  },
  // Only filters made for it localize numbers; there is no setting.
  localize: (value) => value,
  unlocalize: (value) => value,
  intcomma: (value, _, { rendering: { formats } }) => {
    const number = numberOf(value);
    return number === undefined ? value : formats.number(number, { maximumFractionDigits: 20 });
  },
};

/** Ordinal numbers of other languages, as in the translations of Django's `humanize`. */
const ordinals: Readonly<Record<string, (number: number) => SafeText | string>> = {
  de: (number) => `${number}.`,
  fr: (number) => new SafeText(`${number}<sup>${number === 1 ? 'er' : 'e'}</sup>`),
  es: (number) => `${number}º`,
  zh: (number) => `第${number}`,
};

const digitWords = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

function wholeNumber(value: unknown): number | undefined {
  const number = numberOf(value);
  return number === undefined || !Number.isFinite(number) ? undefined : Math.trunc(number);
}

/** Units of size, each 1024 times the previous one, as in Django. */
const sizes = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** Sorts elements by a property path: `name`, `team.name`, `0`. */
function sortedBy(value: unknown, argument: unknown, context: RenderContext): unknown[] {
  const path = textOf(argument).split('.');
  const keyOf = (element: unknown): unknown =>
    path.reduce((holder: unknown, name) => context.readProperty(holder, name), element);
  const keyed = elementsOf(value).map((element) => ({ element, key: keyOf(element) }));
  context.rendering.budget.use(keyed.length * path.length);
  return keyed.sort((a, b) => order(a.key, b.key) ?? 0).map(({ element }) => element);
}

function joined(elements: readonly unknown[], argument: unknown, context: RenderContext): SafeText {
  const separator = context.written(argument);
  // Counted before joining, so that long separators between many elements are refused early.
  context.rendering.budget.use(elements.length * separator.length);
  return new SafeText(elements.map((element) => context.written(element)).join(separator));
}

/** As in Django: `2` two decimals, `-2` two decimals unless they are zeros; `g` at the end groups the digits. */
function floatFormatted(value: unknown, argument: unknown, { rendering: { formats } }: RenderContext): string {
  const number = numberOf(value);
  const [, places = '-1', group = ''] = /^(-?\d{1,2})?(g?)u?$/.exec(textOf(argument)) ?? [];
  if (number === undefined) return '';
  const digits = Math.min(20, Math.abs(Number(places)));
  const isWhole = places.startsWith('-') && Number(number.toFixed(digits)) === Math.trunc(number);
  const fraction = isWhole ? 0 : digits;
  const options = { minimumFractionDigits: fraction, maximumFractionDigits: fraction, useGrouping: group === 'g' };
  return formats.number(number, options);
}
