/**
 * Writes `src/core/users/names/confusables.ts` from `confusables.txt` of UTS 39, whose path is the one argument. The file
 * of a Unicode version is at https://www.unicode.org/Public/security/<version>/confusables.txt.
 */
import { readFile, writeFile } from 'node:fs/promises';

import { format, resolveConfig } from 'prettier';

const target = new URL('../src/core/users/names/confusables.ts', import.meta.url);

/** Characters by what they look like. What NFD takes apart never reaches the table, and is left out. */
function sourcesByPrototype(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [source, prototype] = (line.split('#')[0] ?? '').split(';').map((column) => column.trim());
    if (source === undefined || prototype === undefined) continue;
    const character = String.fromCodePoint(Number.parseInt(source, 16));
    if (character.normalize('NFD') !== character) continue;
    const key = prototype.split(' ').map(short).join('+');
    found.set(key, [...(found.get(key) ?? []), short(source)]);
  }
  return found;
}

function short(codePoint: string): string {
  return Number.parseInt(codePoint, 16).toString(36);
}

/** Joins the words with blanks, to lines of at most 160 characters. */
function lines(words: readonly string[]): string[] {
  const wrapped: string[] = [];
  for (const word of words) {
    const last = wrapped.at(-1);
    if (last !== undefined && last.length + word.length < 160) wrapped[wrapped.length - 1] = `${last} ${word}`;
    else wrapped.push(word);
  }
  return wrapped;
}

const text = await readFile(process.argv[2] ?? 'confusables.txt', 'utf8');
const version = /^# Version: (\S+)$/m.exec(text)?.[1];
if (version === undefined) throw new Error('This is no confusables.txt of UTS 39: it names no version.');
const words = [...sourcesByPrototype(text)].map(([prototype, sources]) => `${prototype}=${sources.join(',')}`);
const source = `/**
 * The characters that look like others, from confusables.txt of Unicode ${version} (UTS 39), as
 * \`scripts/write-confusables.ts\` writes it: what they look like, \`=\`, the characters; code points in base 36.
 * Copyright © 1991-2025 Unicode, Inc., under the Unicode License v3 (docs/unicode-license.txt).
 */
export const confusables = \`
${lines(words).join('\n')}
\`;
`;
await writeFile(target, await format(source, { ...(await resolveConfig(target)), parser: 'typescript' }));
