/** How Python, in which authentik is written, reads and prints JSON values. */

/** What `str.strip()` removes: unlike `trim()` the separators U+001C to U+001F and U+0085, and not U+FEFF. */
const blanks = '[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const leading = new RegExp(`^${blanks}+`);
const blank = new RegExp(blanks);

/** Removes whitespace from both ends, as `str.strip()` does. */
export function pythonTrim(text: string): string {
  let end = text.length;
  while (blank.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end).replace(leading, '');
}

/** Returns Python's name for the type of a JSON value. */
export function pythonType(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'dict';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return isInteger(value) ? 'int' : 'float';
  return 'str';
}

/** Whether Python would parse it as an int: literals above 64 bits count as float. */
function isInteger(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 64;
}

/** Returns a JSON value as `str()` prints it. */
export function pythonText(value: unknown): string {
  return typeof value === 'string' ? value : repr(value);
}

/** Returns a JSON value as `repr()` prints it. */
function repr(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value === 'number') return numberText(value);
  const entries = Object.entries(value as object).map(([key, entry]) => `${quoted(key)}: ${repr(entry)}`);
  return `{${entries.join(', ')}}`;
}

/** An exponent has at least two digits. */
function numberText(value: number): string {
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Single quotes, unless the text has some and no double quotes; characters that cannot be printed are escaped. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text.replace(/[\\'"]|(?! )[\p{C}\p{Z}]/gu, (character) => {
    if (character === quote) return `\\${character}`;
    if (character === "'" || character === '"') return character;
    return escapes[character] ?? escaped(character.codePointAt(0) ?? 0);
  });
  return quote + inner + quote;
}

function escaped(code: number): string {
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
