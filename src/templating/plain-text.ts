/**
 * Characters that are removed from values: control characters except tab and line feed, and those that reorder the text
 * around them (bidirectional embeddings, overrides and isolates).
 */
const forbidden = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu;

/** Everything that a reader may treat as a line break: CR LF, CR, VT, FF, NEL, LINE and PARAGRAPH SEPARATOR. */
const lineBreaks = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;

/** Returns the text without control characters and bidirectional overrides, with `\n` as the line break. */
export function multiLine(text: string): string {
  return text.toWellFormed().replace(lineBreaks, '\n').replace(forbidden, '');
}

/** Returns the text on one line, without control characters and bidirectional overrides. */
export function singleLine(text: string): string {
  return multiLine(text)
    .replace(/[\n\t ]+/g, (blanks) => (blanks.includes('\n') ? ' ' : blanks.replaceAll('\t', ' ')))
    .trim();
}

/** Truncates to at most `length` UTF-16 units, with `…` at the end; never splits a grapheme. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const firstLost = graphemes.segment(text).containing(length - 1)?.index ?? 0;
  return `${text.slice(0, firstLost).trimEnd()}…`;
}

/**
 * Normalizes a text part: no trailing blanks except that of a signature's separator (RFC 3676, 4.3), at most one empty line in
 * a row, one line feed at the end.
 */
export function tidyText(text: string): string {
  const lines = text.split('\n').map((line) => (/^--\s+$/.test(line) ? '-- ' : line.trimEnd()));
  const kept = lines.filter((line, index) => line !== '' || lines[index - 1] !== '');
  return `${kept.join('\n').trim()}\n`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
