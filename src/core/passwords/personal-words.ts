/** Limits on characters per value and on words, because values are user input. */
const maxValueLength = 200;
const maxWords = 50;

/** Shorter words occur in too many other words. */
const minWordLength = 3;

/** Common substitutes for letters. */
const letterSubstitutes: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/**
 * Returns the lower-case words of names and addresses: each value as one word, and its parts. For
 * `ada.lovelace@example.org` they are `adalovelaceexampleorg`, `adalovelace`, `ada`, `lovelace`, `example` and `org`.
 */
export function personalWords(values: readonly string[]): string[] {
  const words = values.flatMap((value) => {
    const text = normalize(value.slice(0, maxValueLength));
    const [local = ''] = text.split('@');
    return [alphanumericOf(text), alphanumericOf(local), ...text.split(/[^\p{L}\p{N}]+/u)];
  });
  return [...new Set(words)].filter((word) => [...word].length >= minWordLength).slice(0, maxWords);
}

/**
 * Whether a password is one of these words, ignoring letter case, symbols, surrounding digits, substituted letters and
 * direction.
 *
 * @param words of `personalWords`
 */
export function isPersonal(password: string, words: readonly string[]): boolean {
  const text = normalize(password);
  const inner = text.replace(/^\P{L}+|\P{L}+$/gu, '');
  const forms = [text, inner].flatMap((spelling) => [spelling, replaceSubstitutes(spelling)]).map(alphanumericOf);
  const known = new Set(words);
  return forms.some((form) => known.has(form) || known.has([...form].reverse().join('')));
}

function replaceSubstitutes(text: string): string {
  return text.replace(/[0134579@$!]/g, (sign) => letterSubstitutes[sign] ?? sign);
}

function normalize(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function alphanumericOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '');
}
