/** Longest user name, in characters; the column holds as many. */
const longest = 150;

/** Characters that IdentifierClass allows although their category does not, some only in context (RFC 8264, 9.6). */
const exceptions = '\u00b7\u00df\u0375\u03c2\u05f3\u05f4\u06fd\u06fe\u0f0b\u3007\u30fb';

/** Letters and marks that IdentifierClass does not allow: exceptions, and jamo of Old Hangul (RFC 8264, 9.6 and 9.9). */
const disallowed =
  /[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]|\p{Default_Ignorable_Code_Point}/u;

const letterOrDigit = /^[\p{Ll}\p{Lu}\p{Lo}\p{Nd}\p{Lm}\p{Mn}\p{Mc}]$/u;

/** Places where characters with a rule of context do not belong (RFC 5892, appendix A). */
const outOfContext = [
  /(?<!l)\u00b7|\u00b7(?!l)/iu,
  /\u0375(?!\p{Script=Greek})/u,
  /(?<!\p{Script=Hebrew})[\u05f3\u05f4]/u,
  // One script of Arabic digits at most.
  /[\u0660-\u0669].*[\u06f0-\u06f9]|[\u06f0-\u06f9].*[\u0660-\u0669]/u,
];

/** Blocks whose letters are written from right to left; marks and extended digits in them are neutral. */
const rightToLeft =
  /(?![\p{Mn}\u06f0-\u06f9])[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const arabicDigit = /[\u0660-\u0669\u{10d30}-\u{10d39}]/u;

/**
 * Prepares a user name as RFC 8265, section 3.4 (UsernameCasePreserved) says: full-width and half-width characters
 * become ordinary ones, the rest is put together (NFC). Parts between blanks are of IdentifierClass (RFC 8264, section
 * 4.2), and the bidi rule holds (RFC 5893, section 2). Letter case is kept, and compared by `foldedName`.
 *
 * Joiners (U+200C, U+200D) are refused everywhere: JavaScript does not know the joining types that their rule needs.
 *
 * @returns undefined for a name that the profile refuses
 */
export function preparedUsername(name: string): string | undefined {
  if (!name.isWellFormed()) return undefined;
  const prepared = name.replace(/[\uff01-\uffee]/g, (wide) => wide.normalize('NFKC')).normalize('NFC');
  const characters = [...prepared];
  const isOfClass = characters.every((character) => character === ' ' || isIdentifier(character));
  const isShort = characters.length > 0 && characters.length <= longest;
  const isInContext = !outOfContext.some((pattern) => pattern.test(prepared)) && isJapanese(prepared);
  if (!isShort || !isOfClass || !isInContext || prepared !== prepared.trim() || !keepsDirection(characters)) {
    return undefined;
  }
  return prepared;
}

function isIdentifier(character: string): boolean {
  if (/^[!-~]$/.test(character) || exceptions.includes(character)) return true;
  if (disallowed.test(character) || !letterOrDigit.test(character)) return false;
  // A character with a compatibility variant would be another one in every comparison.
  return character.normalize('NFKC') === character.normalize('NFC');
}

/** The middle dot of katakana stands among Japanese or Chinese characters (RFC 5892, A.7). */
function isJapanese(name: string): boolean {
  return !name.includes('\u30fb') || /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(name);
}

/** The bidi rule, for names that have a character written from right to left. */
function keepsDirection(characters: readonly string[]): boolean {
  if (!characters.some((character) => rightToLeft.test(character))) return true;
  const [first = ''] = characters;
  const last = characters.findLast((character) => !/\p{Mn}/u.test(character)) ?? '';
  const begins = rightToLeft.test(first) && !arabicDigit.test(first);
  const ends = rightToLeft.test(last) || /[0-9\u06f0-\u06f9]/.test(last);
  const hasOtherLetters = characters.some(
    (character) => /[\p{L}\p{Mc}]/u.test(character) && !rightToLeft.test(character),
  );
  const hasEuropeanDigits = characters.some((character) => /[0-9\u06f0-\u06f9]/.test(character));
  const hasArabicDigits = characters.some((character) => arabicDigit.test(character));
  return begins && ends && !hasOtherLetters && !(hasEuropeanDigits && hasArabicDigits);
}
