import { isCommonPassword, passwordStrength } from './password-strength.js';
import { isPersonal, personalWords } from './personal-words.js';

/** Characters that a password has at least (NIST SP 800-63B-4, section 3.1.1.2; ASVS 5.0, 6.2.1). */
const shortest = 8;

/** Bytes that a password has at most: what is typed is hashed, and a page may send 64 kB. */
const longest = 1024;

/** The lowest score of zxcvbn that is accepted: it takes more than a million guesses. */
const weakest = 2;

/** What is wrong with a new password; the texts say what to do. */
export const passwordMessages = {
  tooLong: 'This password is too long. Use at most 1,024 bytes.',
  tooShort: 'Use at least 8 characters.',
  common: 'This is one of the most common passwords. Choose one that nobody else uses.',
  personal: 'Do not use your name, user name or email address, or the name of this service, as the password.',
  weak: 'This password is easy to guess. Make it longer, for example with several words that do not belong together.',
} as const;

/**
 * The rules that every new password has to keep, whatever policies say. Passwords that are stored already are not asked
 * about: they stay as they are until their owner chooses another one.
 *
 * @param personal the user's name, user name and address, and the name of the service, as far as they are known
 * @returns a text for each rule that is broken; none if the password is accepted
 */
export function passwordProblems(password: string, personal: readonly string[]): string[] {
  if (Buffer.byteLength(password) > longest) return [passwordMessages.tooLong];
  const isShort = [...password].length < shortest;
  const words = personalWords(personal);
  const guess = isCommonPassword(password)
    ? passwordMessages.common
    : isPersonal(password, words)
      ? passwordMessages.personal
      : // A short password is weak anyway: that it is too short says what to do.
        !isShort && passwordStrength(password, words) < weakest
        ? passwordMessages.weak
        : undefined;
  return [...(isShort ? [passwordMessages.tooShort] : []), ...(guess === undefined ? [] : [guess])];
}
