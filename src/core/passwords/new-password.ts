import { type Message, message } from '../../rest/messages/messages.js';
import { isCommonPassword } from './common-passwords.js';
import type { StrengthMeter } from './password-strength.js';
import { isPersonal, personalWords } from './personal-words.js';

/** Least number of characters (NIST SP 800-63B-4, section 3.1.1.2; ASVS 5.0, 6.2.1). */
const shortest = 8;

/** Largest number of bytes: passwords are hashed, and a page may send 64 kB. */
const longest = 1024;

/** The lowest score of zxcvbn that is accepted: it takes more than a million guesses. */
const weakest = 2;

/**
 * Checks the rules of every new password, except its strength. Stored passwords stay as they are until their owner
 * chooses another one.
 *
 * @param personal the user's name, user name and address, and the name of the service, as far as they are known
 * @returns a message for each broken rule
 */
export function passwordProblems(password: string, personal: readonly string[]): Message[] {
  if (Buffer.byteLength(password) > longest) return [message('passwordTooLong')];
  const isShort = [...password].length < shortest;
  const guess = isCommonPassword(password)
    ? message('passwordCommon')
    : isPersonal(password, personalWords(personal))
      ? message('passwordPersonal')
      : undefined;
  return [...(isShort ? [message('passwordTooShort')] : []), ...(guess === undefined ? [] : [guess])];
}

/**
 * Checks the strength of a new password that keeps the other rules. It takes much more time than they do.
 *
 * @param personal as for `passwordProblems`
 * @returns a message if the password is easy to guess
 * @throws the errors of the meter
 */
export async function passwordWeakness(
  password: string,
  personal: readonly string[],
  strength: StrengthMeter,
): Promise<Message[]> {
  return (await strength(password, personalWords(personal))) < weakest ? [message('passwordGuessable')] : [];
}
