/** Characters of one value, and words of all values, that are looked at: visitors choose both. */
const longestValue = 200;
const mostWords = 50;

/** Shorter words are no names: they are part of too many other words. */
const shortestWord = 3;

/** What is often written for a letter. */
const lookalikes: Readonly<Record<string, string>> = {
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
 * The words that names and addresses are made of, in lower case: each value as one word, and its parts. Of
 * `ada.lovelace@example.org` they are `adalovelaceexampleorg`, `adalovelace`, `ada`, `lovelace`, `example` and `org`.
 */
export function personalWords(values: readonly string[]): string[] {
  const words = values.flatMap((value) => {
    const text = folded(value.slice(0, longestValue));
    const [local = ''] = text.split('@');
    return [lettersOf(text), lettersOf(local), ...text.split(/[^\p{L}\p{N}]+/u)];
  });
  return [...new Set(words)].filter((word) => [...word].length >= shortestWord).slice(0, mostWords);
}

/**
 * Whether a password is one of these words but for letter case, signs in between, digits around it, digits and signs in
 * the place of letters, or the direction in which it is written.
 *
 * @param words of `personalWords`
 */
export function isPersonal(password: string, words: readonly string[]): boolean {
  const text = folded(password);
  const inner = text.replace(/^\P{L}+|\P{L}+$/gu, '');
  const forms = [text, inner].flatMap((spelling) => [spelling, withLetters(spelling)]).map(lettersOf);
  const known = new Set(words);
  return forms.some((form) => known.has(form) || known.has([...form].reverse().join('')));
}

function withLetters(text: string): string {
  return text.replace(/[0134579@$!]/g, (sign) => lookalikes[sign] ?? sign);
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '');
}
