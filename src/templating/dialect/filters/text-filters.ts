import { cut } from '../../plain-text.js';
import { numberOf, textOf } from '../values.js';
import type { Filter } from './filter.js';

/** Makes a filter of a function from string to string. */
function ofText(change: (text: string, argument: string) => string): Filter {
  return (value, argument, { rendering: { formats } }) => change(textOf(value, formats), textOf(argument, formats));
}

/** Makes a filter of a function from a string and an integer to a string. */
function withCount(change: (text: string, count: number) => string): Filter {
  return (value, argument, { rendering: { formats } }) => {
    const count = numberOf(argument);
    const text = textOf(value, formats);
    return count === undefined ? text : change(text, Math.trunc(count));
  };
}

/** Maximum width of padded text. */
const widest = 1000;

/** String filters that add nothing with a meaning in HTML. */
export const neutralTextFilters: Readonly<Record<string, Filter>> = {
  lower: ofText((text) => text.toLowerCase()),
  capfirst: ofText((text) => text.replace(/^./u, (first) => first.toUpperCase())),
  title: ofText((text) => text.toLowerCase().replace(/(?<![\p{L}\p{N}'’])\p{L}/gu, (letter) => letter.toUpperCase())),
  truncatechars: withCount((text, count) => cut(text, Math.max(1, count))),
  truncatewords: withCount((text, count) => {
    const words = text.split(/\s+/).filter((word) => word !== '');
    return words.length <= count ? words.join(' ') : `${words.slice(0, Math.max(0, count)).join(' ')} …`;
  }),
  striptags: ofText(withoutTags),
  ljust: withCount((text, count) => text.padEnd(Math.min(widest, count))),
  rjust: withCount((text, count) => text.padStart(Math.min(widest, count))),
  center: withCount((text, count) => {
    const width = Math.min(widest, count);
    return text.padStart(text.length + Math.max(0, Math.floor((width - text.length) / 2))).padEnd(width);
  }),
  wordwrap: withCount((text, count) => wrapped(text, Math.max(1, count))),
};

/** String filters that can split HTML, or create it. */
export const textFilters: Readonly<Record<string, Filter>> = {
  upper: ofText((text) => text.toUpperCase()),
  cut: ofText((text, part) => (part === '' ? text : text.replaceAll(part, ''))),
  addslashes: ofText((text) => text.replace(/[\\"']/g, '\\$&')),
  slugify: ofText((text) =>
    text
      .normalize('NFKD')
      .replace(/[^\w\s-]/g, '')
      .toLowerCase()
      .replace(/[-\s]+/g, '-')
      .replace(/^[-_]+|[-_]+$/g, ''),
  ),
  urlencode: (value, argument, { rendering: { formats } }) => {
    const safe = argument === undefined ? '/' : textOf(argument);
    const encode = (character: string): string => (safe.includes(character) ? character : percentEncoded(character));
    return Array.from(textOf(value, formats).toWellFormed(), encode).join('');
  },
  iriencode: ofText((text) => encodeURI(text.toWellFormed()).replace(/%25([\dA-F]{2})/gi, '%$1')),
  stringformat: (value, argument) => stringFormatted(value, textOf(argument)),
};

/** Characters other than letters, digits and `-_.~` (RFC 3986, section 2.3). */
function percentEncoded(character: string): string {
  return encodeURIComponent(character).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Removes everything that looks like an HTML tag or comment, in one pass. */
function withoutTags(text: string): string {
  let kept = '';
  let from = 0;
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', from)) {
    const close = /[a-z/!?]/i.test(text[open + 1] ?? '') ? text.indexOf('>', open) : open;
    if (close < 0) break;
    kept += close === open ? text.slice(from, open + 1) : text.slice(from, open);
    from = close + 1;
  }
  return kept + text.slice(from);
}

function wrapped(text: string, width: number): string {
  const wrapLine = (line: string): string => {
    const lines = [''];
    for (const word of line.split(' ')) {
      const current = lines.at(-1) ?? '';
      if (current !== '' && current.length + 1 + word.length > width) lines.push(word);
      else lines[lines.length - 1] = current === '' ? word : `${current} ${word}`;
    }
    return lines.join('\n');
  };
  return text.split('\n').map(wrapLine).join('\n');
}

/** Python's `%` formats as far as templates use them: `s`, `d`, `05d`, `.2f`, `x`. Others give an empty string. */
function stringFormatted(value: unknown, format: string): string {
  const match = /^(0?)(\d{0,3})(?:\.(\d{1,2}))?([sdifxX])$/.exec(format);
  if (match === null) return '';
  const [, zero, width = '', digits, kind = 's'] = match;
  let text = textOf(value);
  if (kind !== 's') {
    const number = numberOf(value);
    if (number === undefined) return '';
    if (kind === 'f') text = number.toFixed(Number(digits ?? 6));
    else text = Math.trunc(number).toString(kind.toLowerCase() === 'x' ? 16 : 10);
    if (kind === 'X') text = text.toUpperCase();
  } else if (digits !== undefined) {
    text = text.slice(0, Number(digits));
  }
  return text.padStart(Number(width), zero === '0' && kind !== 's' ? '0' : ' ');
}
