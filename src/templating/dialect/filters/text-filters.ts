import { reprOf } from '../python-text.js';
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
  title: ofText(titled),
  truncatechars: withCount((text, count) => truncated(text, count)),
  truncatewords: withCount((text, count) => {
    const words = text.split(/\s+/).filter((word) => word !== '');
    if (count <= 0) return '';
    return words.length <= count ? words.join(' ') : `${words.slice(0, count).join(' ')} …`;
  }),
  striptags: ofText(withoutTags),
  ljust: withCount((text, count) => text.padEnd(Math.min(widest, count))),
  rjust: withCount((text, count) => text.padStart(Math.min(widest, count))),
  center: withCount((text, count) => {
    const width = Math.min(widest, count);
    const blanks = Math.max(0, width - text.length);
    // Python puts an odd blank before the text if the width is odd, else after it.
    const before = Math.floor(blanks / 2) + (blanks % 2 === 1 && width % 2 === 1 ? 1 : 0);
    return text.padStart(text.length + before).padEnd(width);
  }),
  wordwrap: withCount((text, count) => wrapped(text, Math.max(1, count))),
  /** From authentik's library for mails: every line but the first is indented. */
  indent: (value, argument, { rendering: { formats, budget } }) => {
    const width = Math.min(widest, Math.max(0, Math.trunc(numberOf(argument) ?? 4)));
    const lines = textOf(value, formats).split('\n');
    // Counted before joining, so that many lines with many blanks are refused early.
    budget.use(lines.length * width);
    return lines.join(`\n${' '.repeat(width)}`);
  },
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
  phone2numeric: ofText((text) =>
    text.toLowerCase().replace(/[a-z]/g, (letter) => '22233344455566677778889999'[letter.charCodeAt(0) - 97] ?? letter),
  ),
  pprint: (value) => reprOf(value),
};

/** As Python's `title`, without capitals after an apostrophe that follows a small letter, or after a digit. */
function titled(text: string): string {
  return text
    .toLowerCase()
    .replace(/(?<![\p{Ll}\p{Lu}\p{Lt}])\p{L}/gu, (letter) => letter.toUpperCase())
    .replace(/[a-z]'[A-Z]|\d[A-Z]/g, (match) => match.toLowerCase());
}

/** Truncates to `count` UTF-16 units, the last of which is `…`; never splits a grapheme. */
function truncated(text: string, count: number): string {
  if (count <= 0) return '';
  if (text.length <= count) return text;
  return `${text.slice(0, graphemes.segment(text).containing(count - 1)?.index ?? 0)}…`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

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
