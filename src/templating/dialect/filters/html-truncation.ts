import { escapeHtml } from '../values.js';

/** Elements without an end tag (HTML Standard, 13.1.2). */
const voidElements = new Set(
  'area,base,br,col,embed,hr,img,input,link,meta,param,source,track,wbr,frame,spacer'.split(','),
);

/** Entities that stand for one character of the text. */
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/** How much text is kept, and what counts. */
export interface TextMeasure {
  readonly limit: number;
  /** Returns the counted pieces of a text. */
  readonly split: (text: string) => readonly string[];
  /** Joins kept pieces. */
  readonly separator: string;
  /** Marks the end of truncated text. */
  readonly mark: string;
}

/** Truncates HTML to an amount of text; adds a mark and closes the tags that are open there. */
export function truncatedHtml(html: string, { limit, split, separator, mark }: TextMeasure): string {
  const open: string[] = [];
  let output = '';
  let rest = limit;
  // Comments are bounded, so that many unclosed ones are not read to the end each.
  for (const [piece, , slash = '', name = '', selfClosing = ''] of html.matchAll(
    /(<(\/?)([a-z][\w:-]*)[^<>]*?(\/?)>)|<!--[^]{0,2000}?-->|[^<]+|</gi,
  )) {
    const tag = name.toLowerCase();
    if (tag !== '') {
      if (slash === '') {
        output += piece;
        if (!voidElements.has(tag) && selfClosing === '') open.unshift(tag);
      } else if (!voidElements.has(tag)) {
        output += piece;
        if (open[0] === tag) open.shift();
      }
      continue;
    }
    if (piece.startsWith('<!--')) continue;
    const parts = split(decoded(piece));
    if (parts.length > rest) {
      return `${output}${escapeHtml(parts.slice(0, rest).join(separator))}${mark}${open.map((each) => `</${each}>`).join('')}`;
    }
    rest -= parts.length;
    output += escapeHtml(parts.join(separator));
  }
  return output;
}

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (match, decimal, hex, name) => {
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    if (typeof name === 'string') return Object.hasOwn(entities, name) ? (entities[name] ?? match) : match;
    return code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : match;
  });
}
