import { controlCharacter } from './email-address.js';

/** Maximum length of a word in a header, so that it fits into a line of 998 octets (RFC 5322, 2.1.1). */
const maxWordLength = 500;

/**
 * Returns why this text must not be part of a header line; undefined if it may. Literal encoded words (RFC 2047) are
 * rejected, because mail clients would decode them to characters that are rejected here.
 *
 * @param what the text is, such as `subject`
 */
export function headerTextProblem(what: string, value: string): string | undefined {
  if (controlCharacter.test(value)) return `The ${what} contains a control character.`;
  if (/=\?[^?\s]+\?[bq]\?[^?]*\?=/i.test(value)) return `The ${what} contains an encoded word (=?…?=).`;
  if (value.split(' ').some((word) => word.length > maxWordLength)) {
    return `The ${what} contains a word of more than ${maxWordLength} characters.`;
  }
  return undefined;
}
