import { confusables } from './confusables.js';

/** What each confusable character looks like. */
const prototypes: ReadonlyMap<string, string> = new Map(
  confusables
    .trim()
    .split(/\s+/)
    .flatMap((entry) => {
      const [prototype = '', sources = ''] = entry.split('=');
      const lookalike = prototype.split('+').map(character).join('');
      return sources.split(',').map((source): [string, string] => [character(source), lookalike]);
    }),
);

function character(codePoint: string): string {
  return String.fromCodePoint(Number.parseInt(codePoint, 36));
}

/**
 * The form in which names are compared: without compatibility variants (NFKC) and in lower case. The database does the
 * same with `nameKey`.
 */
export function foldedName(name: string): string {
  return name.toWellFormed().normalize('NFKC').toLowerCase();
}

/**
 * What a name looks like, in any letter case: two names with one skeleton are taken for each other (UTS 39, section 4).
 * Blanks in a row look like one. It is not a name itself, and never shown.
 */
export function skeletonOf(name: string): string {
  const visible = foldedName(name)
    // The one letter with two lower-case forms: case folding makes them one (Unicode, CaseFolding.txt).
    .replaceAll('\u03c2', '\u03c3')
    .normalize('NFD')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  const lookalikes = Array.from(visible, (character) => prototypes.get(character) ?? character).join('');
  return lookalikes.normalize('NFD').replace(/ +/g, ' ').trim();
}
