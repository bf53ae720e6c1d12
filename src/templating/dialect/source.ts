/** A comment or a verbatim block without its end. */
export class UnclosedBlock extends Error {
  constructor(
    tag: string,
    /** Where the block starts, from 1. */
    readonly line: number,
    readonly column: number,
  ) {
    super(`{% ${tag} %} is not closed by {% end${tag} %}`);
  }
}

/**
 * Converts a Django template to one that LiquidJS can parse: removes `{# … #}`, removes the content of `{% comment %}`
 * except line breaks (so that errors have the right line), and replaces `{% verbatim %}` with LiquidJS's `{% raw %}`. Time
 * and memory are linear in the length of the source.
 *
 * @throws UnclosedBlock if a comment or a verbatim block is not closed
 */
export function withoutComments(source: string): string {
  const output: string[] = [];
  const find = { comment: finder(source, '#}'), value: finder(source, '}}'), tag: finder(source, '%}') };
  let copied = 0;
  let at = source.indexOf('{');
  while (at >= 0) {
    let next = at + 1;
    const opener = source[at + 1];
    if (opener === '#') {
      const end = find.comment(at + 2);
      // As in Django, a comment ends on its line; `{#` may also be an id in a style sheet.
      if (end >= 0 && !source.slice(at, end).includes('\n')) {
        output.push(source.slice(copied, at));
        next = copied = end + 2;
      }
    } else if (opener === '{') {
      next = Math.max(next, find.value(at + 2) + 2);
    } else if (opener === '%') {
      const end = find.tag(at + 2);
      const [tag = '', name = ''] =
        end < 0
          ? []
          : source
              .slice(at + 2, end)
              .trim()
              .split(/\s+/, 2);
      next = Math.max(next, end + 2);
      if (tag === 'comment' || tag === 'verbatim') {
        const close = closingTag(source, at, next, tag, name);
        const body = source.slice(next, close.begin);
        output.push(source.slice(copied, at), tag === 'comment' ? emptied(body) : `{% raw %}${body}{% endraw %}`);
        next = copied = close.end;
      }
    }
    at = source.indexOf('{', next);
  }
  output.push(source.slice(copied));
  return output.join('');
}

/** Returns a tag that renders nothing and has the same number of lines as the text. */
function emptied(text: string): string {
  return `{% comment ${text.replace(/[^\n]+/g, '')} %}`;
}

/** Returns a search for the next occurrence of the mark, or -1; for rising positions it scans the source only once. */
function finder(source: string, mark: string): (from: number) => number {
  let found = source.indexOf(mark);
  return (from) => {
    if (found >= 0 && found < from) found = source.indexOf(mark, from);
    return found;
  };
}

function closingTag(
  source: string,
  opened: number,
  from: number,
  tag: string,
  name: string,
): { begin: number; end: number } {
  const pattern = new RegExp(`\\{%-?\\s*end${tag}(?:\\s+([\\w-]+))?\\s*-?%\\}`, 'g');
  pattern.lastIndex = from;
  for (const match of source.matchAll(pattern)) {
    // A named verbatim block ends only at its own name.
    if (tag === 'comment' || (match[1] ?? '') === name) {
      return { begin: match.index, end: match.index + match[0].length };
    }
  }
  const before = source.slice(0, opened).split('\n');
  throw new UnclosedBlock(tag, before.length, (before.at(-1) ?? '').length + 1);
}
