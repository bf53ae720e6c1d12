import { isCommonPassword } from './common-passwords.js';
import type { StrengthMeter } from './password-strength.js';
import { isPersonal, personalWords } from './personal-words.js';

/** Least number of characters (NIST SP 800-63B-4, section 3.1.1.2; ASVS 5.0, 6.2.1). */
const shortest = 8;

/** Largest number of bytes: passwords are hashed, and a page may send 64 kB. */
const longest = 1024;

/** The lowest score of zxcvbn that is accepted: it takes more than a million guesses. */
const weakest = 2;

/** Problems of new passwords; the texts say what to do. */
export const passwordMessages = {
  tooLong: 'This password is too long. Use at most 1,024 bytes.',
  tooShort: 'Use at least 8 characters.',
  common: 'This is one of the most common passwords. Choose one that nobody else uses.',
  personal: 'Do not use your name, user name or email address, or the name of this service, as the password.',
  weak: 'This password is easy to guess. Make it longer, for example with several words that do not belong together.',
} as const;

/**
 * Checks the rules of every new password, except its strength. Stored passwords stay as they are until their owner
 * chooses another one.
 *
 * @param personal the user's name, user name and address, and the name of the service, as far as they are known
 * @returns a text for each broken rule
 */
export function passwordProblems(password: string, personal: readonly string[]): string[] {
  if (Buffer.byteLength(password) > longest) return [passwordMessages.tooLong];
  const isShort = [...password].length < shortest;
  const guess = isCommonPassword(password)
    ? passwordMessages.common
    : isPersonal(password, personalWords(personal))
      ? passwordMessages.personal
      : undefined;
  return [...(isShort ? [passwordMessages.tooShort] : []), ...(guess === undefined ? [] : [guess])];
}

/**
 * Checks the strength of a new password that keeps the other rules. It takes much more time than they do.
 *
 * @param personal as for `passwordProblems`
 * @returns a text if the password is easy to guess
 * @throws the errors of the meter
 */
export async function passwordWeakness(
  password: string,
  personal: readonly string[],
  strength: StrengthMeter,
): Promise<string[]> {
  return (await strength(password, personalWords(personal))) < weakest ? [passwordMessages.weak] : [];
}
