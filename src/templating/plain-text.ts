/**
 * Characters that a value must not bring along: controls (a NUL, an escape sequence, a backspace) and those that
 * reorder or hide the text around them (bidirectional embeddings, overrides and isolates). Tab and line feed stay.
 */
const forbidden = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu;

/** All that a reader may take for the end of a line: CR LF, CR, VT, FF, NEL, LINE and PARAGRAPH SEPARATOR. */
const lineBreaks = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;

/** The text without control characters and bidirectional overrides, its lines separated by `\n`. */
export function multiLine(text: string): string {
  return text.toWellFormed().replace(lineBreaks, '\n').replace(forbidden, '');
}

/** The text on one line, without control characters and bidirectional overrides. */
export function singleLine(text: string): string {
  return multiLine(text)
    .replace(/[\n\t ]+/g, (blanks) => (blanks.includes('\n') ? ' ' : blanks.replaceAll('\t', ' ')))
    .trim();
}

/** At most `length` UTF-16 units, ending in `…` if something is missing; never cuts a character in two. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const firstLost = graphemes.segment(text).containing(length - 1)?.index ?? 0;
  return `${text.slice(0, firstLost).trimEnd()}…`;
}

/** A finished text part: no blanks at the end of lines, at most one empty line in a row, one line feed at the end. */
export function tidyText(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const kept = lines.filter((line, index) => line !== '' || lines[index - 1] !== '');
  return `${kept.join('\n').trim()}\n`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
